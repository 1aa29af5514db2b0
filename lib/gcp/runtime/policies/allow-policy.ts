import type { JsonObject } from '../../../core/json';
import type { Held } from './held';
import type { PolicyCalls } from './place';
import type { Grant } from './types';

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/Policy */
interface Policy {
  readonly version?: number;
  readonly etag?: string;
  readonly bindings?: readonly Binding[];
}
interface Binding {
  readonly role: string;
  readonly members?: readonly string[];
  readonly condition?: JsonObject & { readonly title: string; readonly expression: string };
}

/** Of versions below 3 conditions are no part: a policy that was read so and written again would lose them. */
const VERSION = 3;

/** What a member has by the allow policy of a thing, and how to write it with something else. */
export async function heldByPolicy(calls: PolicyCalls, member: string): Promise<Held> {
  const policy = await read(calls);
  const bindings = policy.bindings ?? [];
  return {
    grants: bindings.filter(({ members = [] }) => members.includes(member)).map(grantOf),
    write: (grants) => write(calls, { ...policy, bindings: withGrants(bindings, member, grants) }),
  };
}

const grantOf = ({ role, condition }: Binding): Grant =>
  condition ? { role, condition: { title: condition.title, expression: condition.expression } } : { role };

const isSame = (binding: Binding, { role, condition }: Grant): boolean =>
  binding.role === role && binding.condition?.expression === condition?.expression && binding.condition?.title === condition?.title;

/** Nothing of anybody else is touched: bindings stay as they are but for the one member. */
function withGrants(bindings: readonly Binding[], member: string, grants: readonly Grant[]): readonly Binding[] {
  const known = bindings.map((binding): Binding => {
    const others = (binding.members ?? []).filter((one) => one !== member);
    return { ...binding, members: grants.some((grant) => isSame(binding, grant)) ? [...others, member] : others };
  });
  const added = grants
    .filter((grant) => !bindings.some((binding) => isSame(binding, grant)))
    .map((grant) => ({ ...grant, members: [member] }));
  return [...known, ...added].filter(({ members = [] }) => members.length > 0);
}

function read({ service, path, read: method, version }: PolicyCalls): Promise<Policy> {
  if (version === 'storage') return service.call<Policy>(method, `${path}/iam?optionsRequestedPolicyVersion=${VERSION}`);
  if (version === 'body') return service.call<Policy>(method, `${path}:getIamPolicy`, { options: { requestedPolicyVersion: VERSION } });
  return service.call<Policy>(method, `${path}:getIamPolicy?options.requestedPolicyVersion=${VERSION}`);
}

/** The etag goes with it, so that what somebody else wrote meanwhile is not written over. */
async function write({ service, path, version }: PolicyCalls, policy: Policy): Promise<void> {
  const conditional = policy.bindings?.some(({ condition }) => condition !== undefined);
  const body = conditional ? { ...policy, version: VERSION } : policy;
  if (version === 'storage') await service.call('PUT', `${path}/iam`, body);
  else await service.call('POST', `${path}:setIamPolicy`, { policy: body });
}
