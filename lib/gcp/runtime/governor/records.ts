import { type Drift, putBackAll, type RecordPorts } from '../../../core/governance/look-after';
import { type GoogleApi, orNone } from '../google-api';
import type { ExpectedRecords } from './expected';

const CONTROL = 'tampering-answered';
const KINDS = ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'];

interface Sink {
  readonly name: string;
  readonly destination?: string;
  readonly filter?: string;
  readonly disabled?: boolean;
  readonly exclusions?: readonly { readonly disabled?: boolean }[];
}
interface Policy {
  readonly auditConfigs?: readonly {
    readonly service: string;
    readonly auditLogConfigs?: readonly { readonly logType?: string; readonly exemptedMembers?: readonly string[] }[];
  }[];
}

/**
 * Sinks and data access logs, compared with what was synthesised. Sinks are written again; what data is logged stands in the policy of the project, which only a
 * deployment writes.
 * @see https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks/update
 */
export function recordPorts(api: GoogleApi, expected: () => Promise<ExpectedRecords | undefined>): RecordPorts {
  return {
    drift: async () => {
      const records = await expected();
      if (!records) return [{ what: 'what is recorded', problem: 'missing', control: CONTROL }];
      const found: Drift[] = [];
      for (const wanted of records.sinks) {
        const sink = await orNone(api.service('logging').call<Sink>('GET', pathOf(records, wanted.name)));
        if (!sink) found.push({ what: `sink ${wanted.name}`, problem: 'missing', control: CONTROL });
        else if (!same(sink, wanted)) found.push({ what: `sink ${wanted.name}`, problem: 'changed', control: CONTROL });
      }
      return [...found, ...(await unlogged(api, records))];
    },
    putBack: async (found) => {
      const records = await expected();
      return putBackAll(found, {
        rank: () => 0,
        putBack: async ({ what, problem }) => {
          const wanted = records?.sinks.find(({ name }) => what === `sink ${name}`);
          if (!records || !wanted) throw new Error('who may write a policy may write anything into it, so that only a deployment does');
          // A sink that is made again writes with an account of a new name, which a deployment lets in.
          if (problem === 'missing') throw new Error('only a deployment makes it again');
          const { destination, filter, name } = wanted;
          const mask = 'destination,filter,disabled,exclusions';
          await api.service('logging').call('PUT', `${pathOf(records, name)}?uniqueWriterIdentity=true&updateMask=${mask}`, {
            name,
            destination,
            filter,
            disabled: false,
            exclusions: [],
          });
          return 'it records again';
        },
      });
    },
  };
}

const pathOf = ({ project }: ExpectedRecords, name: string): string => `/v2/projects/${project}/sinks/${name}`;

const same = (sink: Sink, { destination, filter }: ExpectedRecords['sinks'][number]): boolean =>
  sink.destination === destination &&
  sink.filter === filter &&
  sink.disabled !== true &&
  (sink.exclusions ?? []).every(({ disabled }) => disabled === true);

async function unlogged(api: GoogleApi, { project, services }: ExpectedRecords): Promise<readonly Drift[]> {
  const { auditConfigs = [] } = await api
    .service('cloudresourcemanager')
    .call<Policy>('POST', `/v3/projects/${project}:getIamPolicy`, { options: { requestedPolicyVersion: 3 } });
  const logged = (service: string, kind: string): boolean =>
    auditConfigs.some(
      (one) =>
        [service, 'allServices'].includes(one.service) &&
        (one.auditLogConfigs ?? []).some(({ logType, exemptedMembers = [] }) => logType === kind && exemptedMembers.length === 0),
    );
  return services
    .filter((service) => !KINDS.every((kind) => logged(service, kind)))
    .map((service) => ({ what: `log of ${service}`, problem: 'changed', control: CONTROL }));
}
