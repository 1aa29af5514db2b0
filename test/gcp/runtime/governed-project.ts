import type { GovernanceEvent } from '../../../lib/core/governance/look-after';
import type { JsonObject } from '../../../lib/core/json';
import { evidenceIn } from '../../../lib/gcp/runtime/governor/evidence';
import type { ExpectedAgent, ExpectedRecords } from '../../../lib/gcp/runtime/governor/expected';
import { makeHandler } from '../../../lib/gcp/runtime/governor/handler';
import type { FunctionResponse } from '../../../lib/gcp/runtime/request';
import { failure, GoogleServer, type HeardCall, objectsPart } from './google-server';

export const PROJECT = 'example-finance';
export const EMAIL = `main--reader@${PROJECT}.iam.gserviceaccount.com`;
export const MEMBER = `serviceAccount:${EMAIL}`;
export const BUCKET = '//storage.googleapis.com/projects/_/buckets/invoices';
export const TOPIC = `//pubsub.googleapis.com/projects/${PROJECT}/topics/approvals`;
export const ROLE = `projects/${PROJECT}/roles/reader`;
export const SECRET = `projects/${PROJECT}/secrets/erp`;
export const USER = 'roles/iam.workloadIdentityUser';
export const GITHUB = 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/github';
export const CALLER = `scheduler@${PROJECT}.iam.gserviceaccount.com`;
const CONDITION = 'resource.name.startsWith("in/")';
export const NOW = new Date('2026-11-26T12:00:00Z');
export const DAY = 86_400_000;

export const AGENT: ExpectedAgent = {
  name: 'reader',
  fleet: 'main',
  owner: 'team@example.com',
  project: PROJECT,
  member: MEMBER,
  email: EMAIL,
  bindings: [
    { resource: BUCKET, role: ROLE, condition: CONDITION },
    { resource: TOPIC, role: 'roles/pubsub.publisher' },
    { role: 'roles/aiplatform.user' },
  ],
  roles: [{ name: ROLE, permissions: ['storage.objects.get', 'storage.objects.list'] }],
  trust: [{ role: USER, member: GITHUB }],
  secrets: [SECRET],
  grants: [
    { capability: 'objects:read invoices', index: 0, actions: ['storage.objects.get', 'storage.objects.list'] },
    { capability: 'queues:send approvals', index: 1, actions: ['pubsub.topics.publish'] },
    { capability: 'models:invoke gemini', index: 2, actions: [] },
  ],
  calls: `protoPayload.authenticationInfo.principalEmail="${EMAIL}"`,
};
export const SINK = {
  name: 'agentic-iam-main',
  destination: `pubsub.googleapis.com/projects/${PROJECT}/topics/calls`,
  filter: 'protoPayload:*',
};
const RECORDS: ExpectedRecords = { project: PROJECT, log: `projects/${PROJECT}`, sinks: [SINK], services: ['storage.googleapis.com'] };

interface Binding {
  role: string;
  members: string[];
  condition?: { expression: string };
}

/** A project as the deployment leaves it, and as somebody may change it. Two results to a page, so that whoever reads but the first is found out. */
export class Project {
  account: { disabled?: boolean } | undefined = {};
  /** Policies of things, by their full names: Google writes the number of a project where it was given its id. */
  readonly policies = new Map<string, Binding[]>([
    [BUCKET, [{ role: ROLE, members: [MEMBER, 'user:somebody@example.com'], condition: { expression: CONDITION } }]],
    [TOPIC.replace(PROJECT, '123456'), [{ role: 'roles/pubsub.publisher', members: [MEMBER] }]],
    ['//cloudresourcemanager.googleapis.com/projects/123456', [{ role: 'roles/aiplatform.user', members: [MEMBER] }]],
  ]);
  readonly trust: Binding[] = [{ role: USER, members: [GITHUB] }];
  readonly roles = new Map<string, { includedPermissions: string[]; deleted?: boolean }>([
    [ROLE, { includedPermissions: ['storage.objects.list', 'storage.objects.get'] }],
  ]);
  /** Whether a key is disabled, by its name. */
  readonly keys = new Map<string, boolean>();
  readonly sinks = new Map<string, Record<string, unknown>>([[SINK.name, { ...SINK }]]);
  auditConfigs: object[] = [
    { service: 'storage.googleapis.com', auditLogConfigs: ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'].map((logType) => ({ logType })) },
  ];
  accounts: { email: string; displayName: string; disabled?: boolean }[] = [
    { email: EMAIL, displayName: 'reader of main' },
    { email: `deploy@${PROJECT}.iam.gserviceaccount.com`, displayName: 'deploys' },
  ];
  /** Versions of the secret: when they were made, and whether they can be read. */
  readonly versions = new Map<string, { created: Date; enabled: boolean }>();
  secretChanged = new Date(NOW.getTime() - 10 * DAY);
  /** Permissions that the log has calls of. */
  used: string[] = [];

  readonly part = ({ service, method, path, query, body }: HeardCall) => {
    const account = `/v1/projects/${PROJECT}/serviceAccounts`;
    const from = Number(new URLSearchParams(query).get('pageToken') ?? 0);
    const page = <T>(all: readonly T[]) => ({ two: all.slice(from, from + 2), next: from + 2 < all.length ? `${from + 2}` : '' });
    switch (`${service} ${method} ${path}`) {
      case `iam GET ${account}/${EMAIL}`:
        return this.account ? { body: this.account } : failure(404, 'NOT_FOUND');
      case `iam GET ${account}/${EMAIL}/keys`:
        return { body: { keys: [...this.keys].map(([name, disabled]) => ({ name, disabled })) } };
      case `iam POST ${account}/${EMAIL}:getIamPolicy`:
        return { body: { bindings: this.trust } };
      case `iam GET ${account}`: {
        const { two, next } = page(this.accounts);
        return { body: { accounts: two, nextPageToken: next } };
      }
      case `cloudasset GET /v1/projects/${PROJECT}:searchAllIamPolicies`: {
        const asked = new URLSearchParams(query).get('query') ?? '';
        const found = [...this.policies].map(([resource, bindings]) => ({ resource, policy: { bindings } }));
        const { two, next } = page(found.filter(({ policy }) => policy.bindings.some(({ members }) => asked === `policy:"${members[0]}"`)));
        return { body: { results: two, nextPageToken: next } };
      }
      case `cloudresourcemanager POST /v3/projects/${PROJECT}:getIamPolicy`:
        return { body: { auditConfigs: this.auditConfigs } };
      case 'logging POST /v2/entries:list': {
        const hit = this.used.some((permission) => String(body['filter']).includes(`"${permission}"`));
        return { body: hit ? { entries: [{ logName: 'l' }] } : {} };
      }
      case `secretmanager GET /v1/${SECRET}/versions`: {
        const { two, next } = page([...this.versions].filter(([, { enabled }]) => enabled));
        return { body: { versions: two.map(([name, { created }]) => ({ name, createTime: created.toISOString() })), nextPageToken: next } };
      }
      case `secretmanager GET /v1/${SECRET}/versions/latest`:
        return { body: { createTime: this.secretChanged.toISOString() } };
    }
    if (service === 'iam' && path.startsWith('/v1/projects/') && path.includes('/roles/')) {
      const role = this.roles.get(path.slice('/v1/'.length));
      return role ? { body: role } : failure(404, 'NOT_FOUND');
    }
    const version = this.versions.get(/^\/v1\/(.*\/versions\/.*):disable$/.exec(path)?.[1] ?? '');
    if (service === 'secretmanager' && version) {
      version.enabled = false;
      return { body: {} };
    }
    const [, email, verb] = /\/serviceAccounts\/([^/]+):(disable|enable)$/.exec(path) ?? [];
    const listed = this.accounts.find((one) => one.email === email);
    if (service === 'iam' && method === 'POST' && listed) {
      listed.disabled = verb === 'disable';
      if (email === EMAIL && this.account) this.account.disabled = listed.disabled;
      return { body: {} };
    }
    const key = /^\/v1\/(projects\/.*\/keys\/[^:]+):disable$/.exec(path)?.[1];
    if (service === 'iam' && method === 'POST' && key !== undefined) {
      this.keys.set(key, true);
      return { body: {} };
    }
    const name = /^\/v2\/projects\/[^/]+\/sinks\/(.+)$/.exec(path)?.[1];
    if (service !== 'logging' || name === undefined) return undefined;
    if (method === 'PUT') {
      const named = new URLSearchParams(query).get('updateMask')?.split(',') ?? [];
      this.sinks.set(name, { ...this.sinks.get(name), ...Object.fromEntries(named.map((field) => [field, body[field]])) });
    }
    const sink = this.sinks.get(name);
    return sink ? { body: { name, ...sink } } : failure(404, 'NOT_FOUND');
  };
}

const servers: GoogleServer[] = [];
/** Ends what tests made; throws where one made a request that Google would not know. */
export const stopAll = (): Promise<unknown> => Promise.all(servers.splice(0).map((server) => server.stop()));

export const tokenOf = (claims: object): string => `Bearer h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
export const SCHEDULER = tokenOf({ email: CALLER, email_verified: true, sub: '1' });

export async function made({ repair = true, cleanUp = false, agents: given = [AGENT], writtenDown = true } = {}) {
  const project = new Project();
  const agents = [...given];
  const objects = new Map<string, string>();
  const server = new GoogleServer([project.part, objectsPart(objects, 'evidence')]);
  servers.push(server);
  const api = await server.start();
  const published: GovernanceEvent[] = [];
  const kept: { readonly kind: string; readonly body: JsonObject }[] = [];
  const lines: object[] = [];
  let hours = 0;
  const handler = makeHandler({
    fleet: 'main',
    project: PROJECT,
    repair,
    unusedDays: 90,
    secretDays: 90,
    api,
    agents: async () => agents,
    ...(cleanUp ? { cleanUp: evidenceIn(api, 'evidence', 'main') } : {}),
    records: async () => (writtenDown ? RECORDS : undefined),
    caller: CALLER,
    publish: async (event) => void published.push(event),
    keep: async (kind, body) => void kept.push({ kind, body }),
    log: (line) => void lines.push(line),
    now: () => new Date(NOW.getTime() + hours * 3_600_000),
    pause: async () => {},
  });
  return {
    project,
    agents,
    objects,
    server,
    published,
    kept,
    lines,
    call: async (path: string, authorization = SCHEDULER, body: object = {}): Promise<number> => {
      let code = 0;
      const response: FunctionResponse = {
        status: (status) => {
          code = status;
          return response;
        },
        json: () => undefined,
      } as FunctionResponse;
      await handler({ method: 'POST', path, headers: { authorization }, body } as never, response);
      return code;
    },
    wait: (more: number) => {
      hours += more;
    },
  };
}

export const KEY = `projects/${PROJECT}/serviceAccounts/${EMAIL}/keys/abc`;
