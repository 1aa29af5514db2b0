import type { AzureApi } from '../azure-api';
import type { AgentWork } from './agent';

interface State {
  readonly properties?: { readonly state?: string; readonly runningStatus?: string };
  readonly statuses?: readonly { readonly code?: string }[];
}

interface Kind {
  readonly version: string;
  readonly stop: string;
  /** Where its state is, below its id. */
  readonly state: string;
  readonly isStopped: (state: State) => boolean;
}

const KINDS: { readonly [K in AgentWork['kind']]: Kind } = {
  // https://learn.microsoft.com/en-us/rest/api/appservice/web-apps/stop
  'web-app': { version: '2024-04-01', stop: 'stop', state: '', isStopped: ({ properties }) => properties?.state === 'Stopped' },
  // https://learn.microsoft.com/en-us/rest/api/resource-manager/containerapps/container-apps/stop
  'container-app': {
    version: '2025-01-01',
    stop: 'stop',
    state: '',
    isStopped: ({ properties }) => properties?.runningStatus === 'Stopped',
  },
  // https://learn.microsoft.com/en-us/rest/api/compute/virtual-machines/deallocate
  'virtual-machine': {
    version: '2024-07-01',
    stop: 'deallocate',
    state: '/instanceView',
    isStopped: ({ statuses = [] }) => statuses.some(({ code }) => code === 'PowerState/deallocated' || code === 'PowerState/deallocating'),
  },
};

/** Stops what works for an agent. */
export async function stopWork(arm: AzureApi, { kind, id }: AgentWork): Promise<string> {
  await arm({ method: 'POST', path: `${id}/${KINDS[kind].stop}?api-version=${KINDS[kind].version}` });
  return `${id} is stopped`;
}

/** Lets it work again. */
export async function startWork(arm: AzureApi, { kind, id }: AgentWork): Promise<string> {
  await arm({ method: 'POST', path: `${id}/start?api-version=${KINDS[kind].version}` });
  return `${id} is started`;
}

/** Whether it is stopped now. */
export async function isWorkStopped(arm: AzureApi, { kind, id }: AgentWork): Promise<boolean> {
  const { version, state, isStopped } = KINDS[kind];
  return isStopped(await arm<State>({ method: 'GET', path: `${id}${state}?api-version=${version}` }));
}
