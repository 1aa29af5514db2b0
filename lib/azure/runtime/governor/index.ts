import { randomUUID } from 'node:crypto';
import { app } from '@azure/functions';
import { ContainerClient } from '@azure/storage-blob';
import { azureApi } from '../azure-api';
import { ownVaults } from '../key-vault';
import { log, ownCredential, pause, setting } from '../settings';
import { EVENT_GRID_SCOPE, topicSender } from '../topic';
import { evidenceIn } from './evidence';
import { expectedAgents, expectedSettings } from './expected';
import { makeHandlers } from './handler';

const MANAGEMENT = { address: 'https://management.azure.com', scope: 'https://management.azure.com/.default' };
/** @see https://learn.microsoft.com/en-us/azure/azure-monitor/logs/api/access-api */
const LOGS = { address: 'https://api.loganalytics.azure.com', scope: 'https://api.loganalytics.io/.default' };

const credential = ownCredential();
const fleet = setting('FLEET');
const expected = new ContainerClient(setting('EXPECTED_CONTAINER'), credential);
const { keep, recall, remember } = evidenceIn(new ContainerClient(setting('EVIDENCE_CONTAINER'), credential), fleet);
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
  ...(setting('CLEAN_UP') === 'true' ? { cleanUp: { recall, remember, vaults: ownVaults({ credential, pause }) } } : {}),
  publish: async (event) => {
    // An alert is made of this line.
    log({ message: 'governance', ...event });
    await send([
      { id: randomUUID(), type: 'AgentGovernanceFinding', subject: `${fleet}/${event.agent ?? ''}`, time: event.at, data: event },
    ]);
  },
  keep,
  now: () => new Date(),
});

app.timer('compare', { schedule: '%COMPARE_SCHEDULE%', handler: compare });
app.timer('tidy', { schedule: '%TIDY_SCHEDULE%', handler: tidy });
app.timer('records', { schedule: '%RECORDS_SCHEDULE%', handler: records });
