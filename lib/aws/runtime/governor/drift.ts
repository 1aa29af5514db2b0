import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Drift } from '../../../core/governance/look-after';
import type { JsonObject } from '../../../core/json';
import { normalText } from './documents';
import { documentsOf, type ExpectedAgent } from './expected';

/** A brake that is on says so: then containment has the role, and its trust may be frozen. */
const RELEASED = 'Released';
/** What containment writes where a brake cannot be used. */
const OF_CONTAINMENT = 'agentic-iam-brake';

const controlOf = (what: string): string =>
  what === 'trust' || what === 'role' ? 'own-identity' : what.startsWith('boundary') ? 'ceiling' : 'access-as-declared';

/**
 * What of an agent's role is not as it was synthesised. `contained` where containment has it: then nothing is compared.
 * @param leave what may be attached without having been declared
 */
export async function driftOf(iam: IAMClient, agent: ExpectedAgent, leave?: string): Promise<readonly Drift[] | 'contained'> {
  if (await isContained(iam, agent)) return 'contained';
  const found: Drift[] = [];
  const note = (what: string, problem: Drift['problem']): void => void found.push({ what, problem, control: controlOf(what) });
  const role = await orNone(iam.send(new GetRoleCommand({ RoleName: agent.roleName })));
  if (!role?.Role) {
    note('role', 'missing');
    return found;
  }
  const wanted = documentsOf(agent);
  const trust = wanted.get('trust');
  if (trust && normalText(parse(role.Role.AssumeRolePolicyDocument)) !== normalText(trust)) note('trust', 'changed');
  const boundary = role.Role.PermissionsBoundary?.PermissionsBoundaryArn;
  if (boundary !== agent.boundary)
    note('boundary', boundary === undefined ? 'missing' : agent.boundary === undefined ? 'undeclared' : 'changed');
  await compareInline(iam, agent, { wanted, note });
  await compareAttached(iam, agent, { wanted, note: (what, problem) => void (what === `attached ${leave}` || note(what, problem)) });
  return found;
}

interface Comparison {
  readonly wanted: ReadonlyMap<string, JsonObject>;
  readonly note: (what: string, problem: Drift['problem']) => void;
}

async function compareInline(iam: IAMClient, { roleName }: ExpectedAgent, { wanted, note }: Comparison): Promise<void> {
  const names = await inlineNames(iam, roleName);
  for (const [where, document] of wanted) {
    if (!where.startsWith('inline ')) continue;
    const name = where.slice('inline '.length);
    if (!names.includes(name)) {
      note(where, 'missing');
      continue;
    }
    const there = await iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: name }));
    if (normalText(parse(there.PolicyDocument)) !== normalText(document)) note(where, 'changed');
  }
  for (const name of names) if (!wanted.has(`inline ${name}`) && name !== OF_CONTAINMENT) note(`inline ${name}`, 'undeclared');
}

async function compareAttached(iam: IAMClient, { roleName, attached, brake }: ExpectedAgent, { wanted, note }: Comparison): Promise<void> {
  const there = await attachedArns(iam, roleName);
  const expected = [...attached, ...(brake === undefined ? [] : [brake])];
  for (const arn of expected) if (!there.includes(arn)) note(`attached ${arn}`, 'missing');
  for (const arn of there) if (!expected.includes(arn)) note(`attached ${arn}`, 'undeclared');
  for (const [where, document] of wanted) {
    if (!where.startsWith('managed ')) continue;
    const now = await defaultDocument(iam, where.slice('managed '.length));
    if (now === undefined) note(where, 'missing');
    else if (normalText(now) !== normalText(document)) note(where, 'changed');
  }
}

const isContained = async (iam: IAMClient, { brake }: ExpectedAgent): Promise<boolean> => brake !== undefined && isBraked(iam, brake);

/** Whether a brake is on. */
export async function isBraked(iam: IAMClient, brake: string): Promise<boolean> {
  const document = await defaultDocument(iam, brake);
  if (document === undefined) return false;
  return !([document['Statement']].flat() as JsonObject[]).some((statement) => statement['Sid'] === RELEASED);
}

/** The document of a managed policy that is in force; undefined where there is none. */
export async function defaultDocument(iam: IAMClient, arn: string): Promise<JsonObject | undefined> {
  const policy = await orNone(iam.send(new GetPolicyCommand({ PolicyArn: arn })));
  const version = policy?.Policy?.DefaultVersionId;
  if (version === undefined) return undefined;
  const { PolicyVersion: made } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: version }));
  return parse(made?.Document);
}

async function inlineNames(iam: IAMClient, roleName: string): Promise<readonly string[]> {
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const page = await iam.send(new ListRolePoliciesCommand({ RoleName: roleName, ...(marker ? { Marker: marker } : {}) }));
    names.push(...(page.PolicyNames ?? []));
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return names;
}

/** Managed policies of a role. */
export async function attachedArns(iam: IAMClient, roleName: string): Promise<readonly string[]> {
  const arns: string[] = [];
  let marker: string | undefined;
  do {
    const page = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: roleName, ...(marker ? { Marker: marker } : {}) }));
    arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn: arn }) => arn ?? []));
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return arns;
}

/** IAM gives documents in URL encoding. */
const parse = (text: string | undefined): JsonObject => JSON.parse(decodeURIComponent(text ?? '%7B%7D')) as JsonObject;

/** Undefined for what is not there. */
export async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if ((error as Error).name === 'NoSuchEntityException') return undefined;
    throw error;
  });
}
