import { randomUUID } from 'node:crypto';
import { app } from '@azure/functions';
import { ContainerClient } from '@azure/storage-blob';
import { azureApi } from '../azure-api';
import { log, ownCredential, pause, setting } from '../settings';
import { EVENT_GRID_SCOPE, topicSender } from '../topic';
import { expectedAgents, expectedSettings } from './expected';
import { makeHandlers } from './handler';

const MANAGEMENT = { address: 'https://management.azure.com', scope: 'https://management.azure.com/.default' };
/** @see https://learn.microsoft.com/en-us/azure/azure-monitor/logs/api/access-api */
const LOGS = { address: 'https://api.loganalytics.azure.com', scope: 'https://api.loganalytics.io/.default' };

const credential = ownCredential();
const fleet = setting('FLEET');
const expected = new ContainerClient(setting('EXPECTED_CONTAINER'), credential);
const evidence = new ContainerClient(setting('EVIDENCE_CONTAINER'), credential);
const send = topicSender(
  azureApi({ address: setting('TOPIC_ENDPOINT'), scope: EVENT_GRID_SCOPE }, { credential, pause }),
  `/agentic-iam/${fleet}`,
);

const { compare, tidy, records } = makeHandlers({
  fleet,
  repair: setting('REPAIR') === 'true',
  unusedDays: Number(setting('UNUSED_DAYS')),
  secretDays: Number(setting('SECRET_DAYS')),
  arm: azureApi(MANAGEMENT, { credential, pause }),
  logs: azureApi(LOGS, { credential, pause }),
  workspace: setting('WORKSPACE_ID'),
  agents: () => expectedAgents(expected, fleet),
  settings: () => expectedSettings(expected, fleet),
  publish: async (event) => {
    // An alert is made of this line.
    log({ message: 'governance', ...event });
    await send([
      { id: randomUUID(), type: 'AgentGovernanceFinding', subject: `${fleet}/${event.agent ?? ''}`, time: event.at, data: event },
    ]);
  },
  keep: async (kind, body, at) => {
    const text = JSON.stringify(body);
    const name = `governance/${fleet}/${at.slice(0, 10)}/${kind}-${at.slice(11).replace(/[:.]/g, '')}-${randomUUID().slice(0, 8)}.json`;
    await evidence.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: '*' } });
  },
  now: () => new Date(),
});

app.timer('compare', { schedule: '%COMPARE_SCHEDULE%', handler: compare });
app.timer('tidy', { schedule: '%TIDY_SCHEDULE%', handler: tidy });
app.timer('records', { schedule: '%RECORDS_SCHEDULE%', handler: records });
