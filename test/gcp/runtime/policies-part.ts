import type { Grant, PolicyPlace } from '../../../lib/gcp/runtime/policies/grants';
import { failure, type HeardCall, type Part } from './google-server';

interface Policy {
  etag: number;
  /** Roles under their conditions, and who has them. */
  bindings: { role: string; members: string[]; condition?: object }[];
}

/** One thing of each kind, and the path that its policy has in the requests. */
export const PLACES: Readonly<
  Record<PolicyPlace['type'], { readonly fields: Record<string, string>; readonly service: string; readonly path: string }>
> = {
  project: { fields: { project: 'p' }, service: 'cloudresourcemanager', path: '/v3/projects/p' },
  'storage-bucket': { fields: { bucket: 'b' }, service: 'storage', path: '/storage/v1/b/b' },
  'storage-managed-folder': {
    fields: { bucket: 'b', managedFolder: 'in/a/' },
    service: 'storage',
    path: '/storage/v1/b/b/managedFolders/in/a/',
  },
  'bigquery-dataset': { fields: { project: 'p', datasetId: 'd' }, service: 'bigquery', path: '/bigquery/v2/projects/p/datasets/d' },
  'bigquery-table': {
    fields: { project: 'p', datasetId: 'd', tableId: 't' },
    service: 'bigquery',
    path: '/bigquery/v2/projects/p/datasets/d/tables/t',
  },
  'bigtable-table': {
    fields: { project: 'p', instanceName: 'i', table: 't' },
    service: 'bigtableadmin',
    path: '/v2/projects/p/instances/i/tables/t',
  },
  'pubsub-topic': { fields: { project: 'p', topic: 'projects/p/topics/t' }, service: 'pubsub', path: '/v1/projects/p/topics/t' },
  'pubsub-subscription': { fields: { project: 'p', subscription: 's' }, service: 'pubsub', path: '/v1/projects/p/subscriptions/s' },
  'cloud-tasks-queue': {
    fields: { project: 'p', location: 'l', name: 'q' },
    service: 'cloudtasks',
    path: '/v2/projects/p/locations/l/queues/q',
  },
  secret: { fields: { project: 'p', secretId: 'projects/p/secrets/s' }, service: 'secretmanager', path: '/v1/projects/p/secrets/s' },
  'regional-secret': {
    fields: { project: 'p', location: 'europe-west1', secretId: 's' },
    service: 'secretmanager.europe-west1.rep',
    path: '/v1/projects/p/locations/europe-west1/secrets/s',
  },
  'crypto-key': {
    fields: { project: 'p', cryptoKeyId: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' },
    service: 'cloudkms',
    path: '/v1/projects/p/locations/l/keyRings/r/cryptoKeys/k',
  },
  'reasoning-engine': {
    fields: { project: 'p', region: 'europe-west1', reasoningEngine: '1' },
    service: 'europe-west1-aiplatform',
    path: '/v1/projects/p/locations/europe-west1/reasoningEngines/1',
  },
  'cloud-run-service': {
    fields: { project: 'p', location: 'l', name: 's' },
    service: 'run',
    path: '/v2/projects/p/locations/l/services/s',
  },
  'cloud-run-job': { fields: { project: 'p', location: 'l', name: 'j' }, service: 'run', path: '/v2/projects/p/locations/l/jobs/j' },
  'log-view': {
    fields: { project: 'p', parent: 'projects/p', location: 'global', bucket: 'b', name: 'v' },
    service: 'logging',
    path: '/v2/projects/p/locations/global/buckets/b/views/v',
  },
  'service-account': {
    fields: { project: 'p', serviceAccountId: 'projects/p/serviceAccounts/child@p.iam.gserviceaccount.com' },
    service: 'iam',
    path: '/v1/projects/p/serviceAccounts/child@p.iam.gserviceaccount.com',
  },
};

const OLD: Readonly<Record<string, string>> = { 'roles/bigquery.dataViewer': 'READER' };

/** Access policies as Google keeps them: written whole, and only by who read them last. */
export class PoliciesPart {
  private readonly policies = new Map<string, Policy>();
  /** Roles that may not be given or taken by who writes: as a condition on the right narrows it. @default - all may */
  readonly fixed = new Set<string>();
  writes = 0;
  /** Whose token comes; Google does not take it while they are off. */
  caller = '';
  readonly off = new Set<string>();
  /** What roles hold. */
  readonly holds = new Map<string, readonly string[]>();

  constructor(places: readonly PolicyPlace['type'][]) {
    for (const type of places) this.policies.set(keyOf(PLACES[type]), { etag: 1, bindings: [] });
  }

  /** What members have at a place: `ROLE if EXPRESSION: MEMBER` lines, sorted. */
  at(type: PolicyPlace['type']): readonly string[] {
    const { bindings } = this.policy(type);
    return bindings
      .flatMap(({ role, members, condition }) =>
        members.map((member) => `${role}${condition ? ` if ${(condition as { expression: string }).expression}` : ''}: ${member}`),
      )
      .sort();
  }

  give(type: PolicyPlace['type'], member: string, { role, condition }: Grant): void {
    const policy = this.policy(type);
    policy.etag += 1;
    const same = policy.bindings.find((one) => one.role === role && JSON.stringify(one.condition) === JSON.stringify(condition));
    if (same) same.members.push(member);
    else policy.bindings.push({ role, members: [member], ...(condition ? { condition } : {}) });
  }

  remove(type: PolicyPlace['type']): void {
    this.policies.delete(keyOf(PLACES[type]));
  }

  /** All of everybody but one. */
  butFor(member: string): string {
    return JSON.stringify(
      [...this.policies].map(([key, { bindings }]) => [
        key,
        bindings
          .map((one) => ({ ...one, members: one.members.filter((other) => other !== member) }))
          .filter(({ members }) => members.length > 0),
      ]),
    );
  }

  private policy(type: PolicyPlace['type']): Policy {
    const found = this.policies.get(keyOf(PLACES[type]));
    if (!found) throw new Error(`there is no ${type}`);
    return found;
  }

  readonly part: Part = (call) => {
    const { service, path, method } = call;
    const [, base = '', verb] = /^(.*?)(\/iam|:getIamPolicy|:setIamPolicy|:testIamPermissions|\/iam\/testPermissions)$/.exec(path) ?? [];
    const dataset = service === 'bigquery' && path === PLACES['bigquery-dataset'].path;
    if (verb === undefined && !dataset) return undefined;
    const policy = this.policies.get(`${service} ${dataset ? path : base}`);
    const known = Object.values(PLACES).some((one) => keyOf(one) === `${service} ${dataset ? path : base}`);
    if (!policy) return known ? failure(404, 'NOT_FOUND') : undefined;
    if (dataset) return this.dataset(policy, call);
    if (verb?.endsWith('Permissions')) return this.tested(policy, call);
    if (verb === ':setIamPolicy' || method === 'PUT')
      return this.write(policy, (verb === '/iam' ? call.body : call.body['policy']) as PolicyBody);
    const asked = /[rR]equestedPolicyVersion"?[=:]3/.test(`${call.query}${JSON.stringify(call.body)}`);
    // Who does not ask for version 3 is shown no conditions, and writes the policy without.
    const bindings = policy.bindings.map(({ condition, ...one }) => ({ ...one, ...(asked && condition ? { condition } : {}) }));
    return { body: { version: asked ? 3 : 1, etag: String(policy.etag), bindings } };
  };

  /** It answers for who asks. */
  private tested(policy: Policy, { query, body }: HeardCall) {
    if (this.off.has(this.caller)) return failure(401, 'UNAUTHENTICATED');
    const asked = (body['permissions'] as string[] | undefined) ?? new URLSearchParams(query).getAll('permissions');
    const own = policy.bindings.filter(({ members }) => members.includes(this.caller)).flatMap(({ role }) => this.holds.get(role) ?? []);
    const has = asked.filter((one) => own.includes(one));
    return { body: has.length > 0 ? { permissions: has } : {} };
  }

  private dataset(policy: Policy, { method, query, body, etag }: HeardCall) {
    if (new URLSearchParams(query).get('accessPolicyVersion') !== '3') return failure(400, 'INVALID_ARGUMENT');
    if (method === 'PATCH') {
      const access = body['access'] as { role: string; userByEmail?: string; iamMember?: string; condition?: object }[];
      const bindings = access.map(({ role, userByEmail, iamMember, condition }) => ({
        role: Object.keys(OLD).find((name) => OLD[name] === role) ?? role,
        members: [iamMember ?? `serviceAccount:${userByEmail}`],
        ...(condition ? { condition } : {}),
      }));
      return this.write(policy, { bindings, etag: etag ?? '', version: 3 });
    }
    const access = policy.bindings.flatMap(({ role, members, condition }) =>
      members.map((member) => ({
        role: OLD[role] ?? role,
        ...(member.startsWith('serviceAccount:') ? { userByEmail: member.slice('serviceAccount:'.length) } : { iamMember: member }),
        ...(condition ? { condition } : {}),
      })),
    );
    return { body: { etag: String(policy.etag), access } };
  }

  private write(policy: Policy, { bindings, etag, version }: PolicyBody) {
    if (etag !== String(policy.etag)) return failure(409, 'ABORTED');
    if (bindings.some(({ condition }) => condition) && version !== 3) return failure(400, 'INVALID_ARGUMENT');
    const flat = (list: PolicyBody['bindings']) =>
      new Set(list.flatMap(({ role, members, condition }) => members.map((member) => JSON.stringify([role, member, condition]))));
    const [before, after] = [flat(policy.bindings), flat(bindings)];
    const touched = [...before, ...after]
      .filter((one) => before.has(one) !== after.has(one))
      .map((one) => (JSON.parse(one) as string[])[0] ?? '');
    if (touched.some((role) => this.fixed.has(role))) return failure(403, 'PERMISSION_DENIED');
    policy.etag += 1;
    policy.bindings = structuredClone(bindings) as Policy['bindings'];
    this.writes += 1;
    return { body: { etag: String(policy.etag), bindings } };
  }
}

interface PolicyBody {
  readonly bindings: readonly { readonly role: string; readonly members: string[]; readonly condition?: object }[];
  readonly etag: string;
  readonly version?: number;
}

const keyOf = ({ service, path }: { readonly service: string; readonly path: string }): string => `${service} ${path}`;
