import type { GoogleApi } from '../google-api';
import type { AgentWork } from './agent';

interface Switch {
  readonly isStopped: (api: GoogleApi, name: string) => Promise<boolean>;
  readonly stop: (api: GoogleApi, name: string) => Promise<string>;
  readonly start: (api: GoogleApi, name: string) => Promise<string>;
}

interface Scaling {
  readonly scaling?: { readonly scalingMode?: string; readonly manualInstanceCount?: number };
}

const SCALING = '?updateMask=scaling.scalingMode,scaling.manualInstanceCount';

const SWITCHES: { readonly [K in AgentWork['kind']]: Switch } = {
  // https://docs.cloud.google.com/run/docs/configuring/services/manual-scaling
  'cloud-run-service': {
    isStopped: async (api, name) => {
      const { scaling } = await api.service('run').call<Scaling>('GET', `/v2/${name}`);
      return scaling?.scalingMode === 'MANUAL' && (scaling.manualInstanceCount ?? 0) === 0;
    },
    stop: async (api, name) => {
      await api.service('run').call('PATCH', `/v2/${name}${SCALING}`, { scaling: { scalingMode: 'MANUAL', manualInstanceCount: 0 } });
      return `${name} has no instance`;
    },
    start: async (api, name) => {
      await api.service('run').call('PATCH', `/v2/${name}${SCALING}`, { scaling: { scalingMode: 'AUTOMATIC' } });
      return `${name} gets instances again`;
    },
  },
  'compute-instance': {
    isStopped: async (api, name) =>
      ['TERMINATED', 'STOPPING'].includes(
        (await api.service('compute').call<{ readonly status?: string }>('GET', `/compute/v1/${name}`)).status ?? '',
      ),
    stop: async (api, name) => {
      await api.service('compute').call('POST', `/compute/v1/${name}/stop`, {});
      return `${name} is stopped`;
    },
    start: async (api, name) => {
      await api.service('compute').call('POST', `/compute/v1/${name}/start`, {});
      return `${name} is started`;
    },
  },
  'scheduler-job': {
    isStopped: async (api, name) =>
      (await api.service('cloudscheduler').call<{ readonly state?: string }>('GET', `/v1/${name}`)).state === 'PAUSED',
    stop: async (api, name) => {
      await api.service('cloudscheduler').call('POST', `/v1/${name}:pause`, {});
      return `${name} starts nothing`;
    },
    start: async (api, name) => {
      await api.service('cloudscheduler').call('POST', `/v1/${name}:resume`, {});
      return `${name} starts work again`;
    },
  },
};

/** Stops what works for an agent. */
export const stopWork = (api: GoogleApi, { kind, name }: AgentWork): Promise<string> => SWITCHES[kind].stop(api, name);

/** Lets it work again. */
export const startWork = (api: GoogleApi, { kind, name }: AgentWork): Promise<string> => SWITCHES[kind].start(api, name);

/** Whether it is stopped now. */
export const isWorkStopped = (api: GoogleApi, { kind, name }: AgentWork): Promise<boolean> => SWITCHES[kind].isStopped(api, name);
