import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Evidence, Point } from '../../../core/governance/posture';
import { fieldsOf, listOf, rowsOf, textsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { textOf } from './output';
import { statementsOf } from './statements';

const OWNER_TAG = 'agentic-iam:owner';

type Bounds = Pick<AgentPosture, 'identity' | 'owner' | 'roles' | 'ceiling' | 'perimeter' | 'tasks' | 'guardrails'>;

/** The role of the agent, and what holds it. */
export function boundsOf(output: Output, agent: ManifestAgent): Bounds {
  const role = roleOf(output, agent);
  const boundary = role && boundaryOf(output, role);
  return {
    identity: role ? [shows(role, `the role of ${agent.name} alone`)] : [],
    ...(role ? ownerOf(role) : {}),
    roles: role ? [role, ...policiesOf(output, role)].map((one) => shows(one, 'what it may do')) : [],
    ceiling: role ? [ceilingOf(role, boundary)] : [],
    perimeter: perimeterOf(agent, boundary),
    tasks: (agent.tasks ?? []).map((task) => taskOf(output, agent, task.name)),
    guardrails: guardrailsOf(output, agent.fleet),
  };
}

/** The role in the output that has the agent's name. */
export function roleOf(output: Output, agent: ManifestAgent): OutputResource | undefined {
  return output.ofType('AWS::IAM::Role').find(({ values }) => textOf(values['RoleName']) === agent.identity.name);
}

/** Policies that are attached to a role, but for its brake. */
function policiesOf(output: Output, role: OutputResource): readonly OutputResource[] {
  const attached = output
    .referring(role, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .filter((policy) => output.refers(policy, policy.values['Roles'], role));
  const managed = output
    .referred(role, role.values['ManagedPolicyArns'])
    .filter((one) => !textOf(one.values['ManagedPolicyName']).endsWith('--brake'));
  return [...attached, ...managed];
}

function ownerOf(role: OutputResource): Pick<Bounds, 'owner'> {
  const tag = rowsOf(role.values['Tags']).find(({ Key: key }) => key === OWNER_TAG);
  return tag ? { owner: { value: textOf(tag['Value']), evidence: shows(role, `owned by ${textOf(tag['Value'])}`) } } : {};
}

/** The boundary, where it is in the output and says something. */
function boundaryOf(output: Output, role: OutputResource): OutputResource | undefined {
  return output.referred(role, role.values['PermissionsBoundary']).find((policy) => statementsOf(policy).length > 0);
}

function ceilingOf(role: OutputResource, boundary: OutputResource | undefined): Point {
  const what = 'a permissions boundary';
  if (boundary) {
    const denies = statementsOf(boundary).some(({ effect, notActions }) => effect === 'Deny' && notActions.length > 0);
    return denies
      ? { what, by: [shows(boundary, 'denies whatever was not declared'), shows(role, 'bounded')] }
      : { what, by: [], why: `${boundary.id} does not deny what was not declared` };
  }
  const given = role.values['PermissionsBoundary'];
  if (typeof given === 'string') return { what, by: [shows(role, `bounded by ${given}`)] };
  return { what, by: [], why: given === undefined ? `${role.id} has none` : 'it is not in the output' };
}

/** Whether the boundary holds the agent in the regions of its resources, and in the networks of its scope. */
function perimeterOf({ scope }: ManifestAgent, boundary: OutputResource | undefined): readonly Point[] {
  const denied = boundary ? statementsOf(boundary).filter(({ effect }) => effect === 'Deny') : [];
  const valuesOf = (...keys: readonly string[]): readonly string[] =>
    denied.flatMap(({ condition }) =>
      Object.values(condition).flatMap((tests) => keys.flatMap((key) => listOf(fieldsOf(tests)?.[key]).map(textOf))),
    );
  const point = (where: string, found: readonly string[], wanted: readonly string[]): Point => {
    const beyond = wanted.length > 0 && found.some((one) => !wanted.includes(one));
    const what = `only ${where} ${(wanted.length > 0 ? wanted : found).join(', ')}`.trim();
    if (boundary && found.length > 0 && !beyond) return { what, by: [shows(boundary, what)] };
    return { what, by: [], why: beyond ? `its boundary also admits ${found.join(', ')}` : 'its boundary does not say so' };
  };
  const networks = textsOf(scope['networks']);
  return [
    point('in regions', valuesOf('aws:RequestedRegion'), textsOf(scope['regions'])),
    ...(networks.length > 0 ? [point('from', valuesOf('aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpce'), networks)] : []),
  ];
}

function taskOf(output: Output, { fleet, name }: ManifestAgent, task: string): Point {
  const path = `/agentic-iam/${fleet}/tasks/${name}/${task}`;
  const by = output.ofType('AWS::SSM::Parameter').filter(({ values }) => textOf(values['Name']) === path);
  return { what: `task ${task} has credentials of its own`, by: by.map((one) => shows(one, 'what bounds its credentials')) };
}

/** Policies of the organisation that are attached to something, and forbid agents of the fleet something. */
function guardrailsOf(output: Output, fleet: string): readonly Evidence[] {
  return output
    .ofType('AWS::Organizations::Policy')
    .filter(({ values }) => textsOf(values['TargetIds']).length > 0 && forbids(values['Content'], fleet))
    .map((policy) => shows(policy, `${String(policy.values['Type'])} on ${textsOf(policy.values['TargetIds']).join(', ')}`));
}

function forbids(content: unknown, fleet: string): boolean {
  const document = typeof content === 'string' ? (JSON.parse(content) as unknown) : content;
  return statementsOf({ values: { PolicyDocument: document } }).some(
    ({ effect, condition }) => effect === 'Deny' && JSON.stringify(condition).includes(`role/agentic-iam/${fleet}/`),
  );
}
