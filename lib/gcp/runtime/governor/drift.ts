import type { Drift } from '../../../core/governance/look-after';
import { type GoogleApi, orNone } from '../google-api';
import type { Marks } from './evidence';
import type { ExpectedAgent, ExpectedBinding } from './expected';

interface Found {
  readonly results?: readonly {
    readonly resource: string;
    readonly policy?: { readonly bindings?: readonly Binding[] };
  }[];
  readonly nextPageToken?: string;
}
interface Binding {
  readonly role: string;
  readonly members?: readonly string[];
  readonly condition?: { readonly expression?: string };
}
interface Role {
  readonly includedPermissions?: readonly string[];
  readonly deleted?: boolean;
}
interface Keys {
  readonly keys?: readonly { readonly name: string; readonly disabled?: boolean }[];
}

const ACCESS = 'access-as-declared';
const OWN = 'own-identity';

/** Projects are named by id here and by number there; what is asked is one project's anyway. */
const placeOf = (resource: string): string => resource.replace(/\/projects\/[^/]+/g, '/projects/-').toLowerCase();
const keyOf = ({ resource = '', role, condition = '' }: ExpectedBinding): string => JSON.stringify([placeOf(resource), role, condition]);
const textOf = ({ resource, role }: ExpectedBinding): string => `binding ${role}${resource === undefined ? '' : ` on ${resource}`}`;

/**
 * What of an agent is not as it was synthesised: its account, its keys, who may become it, the roles it was given, by whomever, and what these roles hold.
 * `contained` where its account is disabled, and not by the governor: then nothing is compared.
 * @see https://docs.cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/searchAllIamPolicies
 */
export async function driftOf(
  api: GoogleApi,
  agent: ExpectedAgent,
  {
    ended = false,
    marks,
    now = () => new Date(),
  }: {
    /** Whether its time is over. */
    readonly ended?: boolean;
    /** @default - whoever disabled it was containment */
    readonly marks?: Marks | undefined;
    readonly now?: () => Date;
  } = {},
): Promise<readonly Drift[] | 'contained'> {
  const found: Drift[] = [];
  if (agent.email !== undefined) {
    const path = `/v1/projects/${agent.project}/serviceAccounts/${agent.email}`;
    const account = await orNone(api.service('iam').call<{ readonly disabled?: boolean }>('GET', path));
    if (!account) return [{ what: 'account', problem: 'missing', control: OWN }];
    const away = (await marks?.isAway(agent.email)) ?? false;
    if (account.disabled && !away) return 'contained';
    if (account.disabled && !ended) return [{ what: 'account', problem: 'changed', control: OWN }];
    // Somebody enabled it: who disables it from now on is not the governor.
    if (!account.disabled && away) await marks?.set(agent.email, 'back', now().toISOString());
    const { keys = [] } = await api.service('iam').call<Keys>('GET', `${path}/keys?keyTypes=USER_MANAGED`);
    const open = keys.filter(({ disabled }) => disabled !== true);
    found.push(...open.map(({ name }) => ({ what: `key ${name}`, problem: 'undeclared' as const, control: OWN })));
    found.push(
      ...trusted(agent, await api.service('iam').call<PolicyBody>('POST', `${path}:getIamPolicy?options.requestedPolicyVersion=3`)),
    );
  }
  found.push(...bound(agent, await bindingsOf(api, agent)));
  for (const { name, permissions } of agent.roles) {
    const role = await orNone(api.service('iam').call<Role>('GET', `/v1/${name}`));
    const now = [...(role?.includedPermissions ?? [])].sort().join();
    if (!role || role.deleted) found.push({ what: `role ${name}`, problem: 'missing', control: ACCESS });
    else if (now !== [...permissions].sort().join()) found.push({ what: `role ${name}`, problem: 'changed', control: ACCESS });
  }
  return found;
}

interface PolicyBody {
  readonly bindings?: readonly Binding[];
}

function trusted(agent: ExpectedAgent, { bindings = [] }: PolicyBody): readonly Drift[] {
  const key = (role: string, member: string, condition = ''): string => JSON.stringify([role, member, condition]);
  const wanted = new Set(agent.trust.map(({ role, member, condition }) => key(role, member, condition)));
  const there = bindings.flatMap(({ role, members = [], condition }) =>
    members.map((member) => ({ role, member, key: key(role, member, condition?.expression) })),
  );
  const now = new Set(there.map((one) => one.key));
  const drift = (role: string, member: string, problem: Drift['problem']): Drift => ({
    what: `trust ${role} of ${member}`,
    problem,
    control: OWN,
  });
  return [
    ...there.filter((one) => !wanted.has(one.key)).map(({ role, member }) => drift(role, member, 'undeclared')),
    ...agent.trust
      .filter(({ role, member, condition }) => !now.has(key(role, member, condition)))
      .map(({ role, member }) => drift(role, member, 'missing')),
  ];
}

/** Roles that were given to the agent anywhere in its project. Policies that changed in the last minutes may not be among them yet. */
async function bindingsOf(api: GoogleApi, { project, member }: ExpectedAgent): Promise<readonly ExpectedBinding[]> {
  const found: ExpectedBinding[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({
      query: `policy:"${member}"`,
      pageSize: '500',
      ...(token === undefined ? {} : { pageToken: token }),
    });
    const { results = [], nextPageToken } = await api
      .service('cloudasset')
      .call<Found>('GET', `/v1/projects/${project}:searchAllIamPolicies?${query}`);
    for (const { resource, policy } of results)
      for (const { role, members = [], condition } of policy?.bindings ?? [])
        if (members.includes(member)) found.push({ resource, role, ...(condition?.expression ? { condition: condition.expression } : {}) });
    token = nextPageToken === '' ? undefined : nextPageToken;
  } while (token !== undefined);
  return found;
}

function bound(agent: ExpectedAgent, there: readonly ExpectedBinding[]): readonly Drift[] {
  const seen = agent.bindings.filter(({ resource }) => resource !== undefined);
  const wanted = new Set(seen.map(keyOf));
  const now = new Set(there.map(keyOf));
  // What the inventory names otherwise than the template is told by its role and condition alone.
  const loose = new Set(agent.bindings.filter(({ resource }) => resource === undefined).map(keyOf));
  return [
    ...there
      .filter(
        (one) => !wanted.has(keyOf(one)) && !loose.has(keyOf({ role: one.role, ...(one.condition ? { condition: one.condition } : {}) })),
      )
      .map((one): Drift => ({ what: textOf(one), problem: 'undeclared', control: ACCESS })),
    ...seen.filter((one) => !now.has(keyOf(one))).map((one): Drift => ({ what: textOf(one), problem: 'missing', control: ACCESS })),
  ];
}
