import { TableClient } from '@azure/data-tables';
import { app } from '@azure/functions';
import { ContainerClient } from '@azure/storage-blob';
import { Responder } from '../../../core/containment/responder';
import { courier, type PeerAddress } from '../../../peers/courier';
import { azureApi } from '../azure-api';
import { ownVaults } from '../key-vault';
import { log, ownCredential, pause, setting } from '../settings';
import { EVENT_GRID_SCOPE, topicSender } from '../topic';
import { makeHandlers } from './handler';
import { recordEntities } from './record-entities';
import { blobAgents } from './registry';
import { CONTAIN, RESTORE, stepHandlers } from './steps';

const CLOUD = 'azure';
const MANAGEMENT = { address: 'https://management.azure.com', scope: 'https://management.azure.com/.default' };
const GRAPH = { address: 'https://graph.microsoft.com', scope: 'https://graph.microsoft.com/.default' };

const credential = ownCredential();
const fleet = setting('FLEET');
const agent = blobAgents(new ContainerClient(setting('REGISTRY_CONTAINER'), credential));
const send = topicSender(
  azureApi({ address: setting('TOPIC_ENDPOINT'), scope: EVENT_GRID_SCOPE }, { credential, pause }),
  `/agentic-iam/${fleet}`,
);
const carry = courier(JSON.parse(setting('PEERS')) as readonly PeerAddress[], {
  token: async (audience) => (await credential.getToken(`${audience}/.default`))?.token ?? '',
  pause,
});
const canary = process.env['CANARY'];

const responder = new Responder(
  {
    agent,
    store: recordEntities(new TableClient(setting('TABLE_ENDPOINT'), setting('RECORD_TABLE'), credential)),
    contain: CONTAIN,
    restore: RESTORE,
    handlers: stepHandlers({
      arm: azureApi(MANAGEMENT, { credential, pause }),
      ...(process.env['DIRECTORY'] === 'yes' ? { graph: azureApi(GRAPH, { credential, pause }) } : {}),
      vaults: ownVaults({ credential, pause }),
      evidence: new ContainerClient(setting('EVIDENCE_CONTAINER'), credential),
      tellOthers: async (data) => {
        await send([
          { id: `${data.id} ${data.stage}`, type: 'AgentContainment', subject: `${data.fleet}/${data.agent}`, time: data.at, data },
        ]);
        return carry(data);
      },
      pause,
      now: () => new Date(),
    }),
    tell: async (text) => {
      const time = new Date().toISOString();
      await send([{ id: `${time} ${text.length}`, type: 'AgentContainmentNotice', subject: fleet, time, data: { fleet, text } }]);
      // An alert is made of this line.
      log({ message: 'told', fleet, text });
    },
    now: () => Date.now() / 1000,
    pause: (length) => pause(length * 1000),
  },
  JSON.parse(setting('SETTINGS')) as object,
);
const { heard, asked, sweep, drill } = makeHandlers({ responder, agent, now: () => new Date(), log, cloud: CLOUD });

app.storageQueue('heard', { connection: 'AzureWebJobsStorage', queueName: setting('EVENT_QUEUE'), handler: (message) => heard(message) });
app.timer('sweep', { schedule: '0 * * * * *', handler: () => sweep() });
if (canary) app.timer('drill', { schedule: setting('DRILL_SCHEDULE'), handler: () => drill({ fleet, agent: canary }) });
app.http('asked', {
  methods: ['POST'],
  // The app itself lets nobody in without a token; keys would tell no persons apart.
  authLevel: 'anonymous',
  route: 'containment',
  handler: async (request) => {
    const { code, body } = await asked(await request.text(), (name) => request.headers.get(name));
    return { status: code, jsonBody: body, headers: { 'cache-control': 'no-store' } };
  },
});
