import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Point } from '../../../core/governance/posture';
import { fieldsOf, rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { flowFrom } from './flow';
import { textOf } from './output';
import { type ReadStatement, statementsOf } from './statements';

type Continuous = Pick<AgentPosture, 'drift' | 'repair' | 'tamper' | 'unused' | 'hygiene' | 'kept'>;

const NOTHING: Continuous = { drift: [], repair: [], tamper: [], unused: [], hygiene: [], kept: [] };
/** What it takes to put back each kind of thing about a role. */
const REPAIRS = [
  'iam:UpdateAssumeRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:AttachRolePolicy',
  'iam:DetachRolePolicy',
  'iam:CreatePolicyVersion',
];
const READS = [
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListRolePolicies',
  'iam:ListAttachedRolePolicies',
  'iam:GetPolicyVersion',
  'ssm:GetParametersByPath',
];
const LAST_USED = ['iam:GenerateServiceLastAccessedDetails', 'iam:GetServiceLastAccessedDetails'];
const TAMPERING = ['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'];

/** What looks after the agent once it is deployed. */
export function continuousOf(output: Output, agent: ManifestAgent): Continuous {
  const governor = governorOf(output, agent.fleet);
  if (!governor) return NOTHING;
  const expected = expectedOf(output, agent);
  const compared = schedule(output, governor, 'drift');
  const tidied = schedule(output, governor, 'tidy');
  const may = (what: string, actions: readonly string[]): Point => allowed(output, governor, { what, actions });
  const repairs = variableOf(governor, 'REPAIR') === 'true';
  return {
    drift: [expected, compared, may('it may read roles, and what they must be', READS), ...configured(output, governor)],
    repair: [
      expected,
      compared,
      repairs ? may('it may put roles back', REPAIRS) : { what: 'it puts back what drifted', by: [], why: 'repair is off' },
    ],
    tamper: [
      tampered(output, governor),
      repairs
        ? may('it may start the trail again', ['cloudtrail:StartLogging'])
        : { what: 'it starts the trail again', by: [], why: 'repair is off' },
    ],
    unused: [expected, tidied, may('it may ask what was last used', LAST_USED)],
    hygiene: [tidied, may('it may list roles', ['iam:ListRoles']), ...cleaned(output, governor)],
    kept: [kept(output, governor), may('it may write evidence', ['s3:PutObject'])],
  };
}

function governorOf(output: Output, fleet: string): OutputResource | undefined {
  return output
    .ofType('AWS::Lambda::Function')
    .find((one) => variableOf(one, 'FLEET') === fleet && variableOf(one, 'REPAIR') !== undefined);
}

function variableOf({ values }: OutputResource, name: string): unknown {
  return fieldsOf(fieldsOf(values['Environment'])?.['Variables'])?.[name];
}

/** What the governor compares the role with. */
function expectedOf(output: Output, { fleet, name }: ManifestAgent): Point {
  const path = `/agentic-iam/${fleet}/expected/${name}/`;
  const by = output.ofType('AWS::SSM::Parameter').filter(({ values }) => textOf(values['Name']).startsWith(path));
  return { what: 'it is written down what its role must be', by: by.map((one) => shows(one, 'what the role must be')) };
}

function schedule(output: Output, governor: OutputResource, sweep: string): Point {
  const rules = output
    .ofType('AWS::Events::Rule')
    .filter(
      (rule) =>
        rule.values['ScheduleExpression'] !== undefined &&
        rowsOf(rule.values['Targets']).some(({ Input: input }) => textOf(input).includes(`"${sweep}"`)),
    )
    .filter((rule) => flowFrom(output, [rule], (one) => one === governor).reached.includes(governor));
  return {
    what: sweep === 'drift' ? 'it is compared by the clock' : 'it is looked through every day',
    by: rules.map((rule) => shows(rule, String(rule.values['ScheduleExpression']))),
  };
}

function tampered(output: Output, governor: OutputResource): Point {
  const rules = output
    .ofType('AWS::Events::Rule')
    .filter((rule) => {
      const names = fieldsOf(fieldsOf(rule.values['EventPattern'])?.['detail'])?.['eventName'];
      return Array.isArray(names) && TAMPERING.every((name) => names.includes(name));
    })
    .filter((rule) => flowFrom(output, [rule], (one) => one === governor).reached.includes(governor));
  return {
    what: 'changes of the trail arrive at the governor',
    by: rules.map((rule) => shows(rule, 'somebody touched the trail')),
    ...(rules.length === 0 ? { why: 'no rule hands them on' } : {}),
  };
}

/** Rules of Config, where some are made: each must name the function. */
function configured(output: Output, governor: OutputResource): readonly Point[] {
  return output
    .referring(governor, 'AWS::Config::ConfigRule')
    .map((rule) => ({ what: `${String(rule.values['ConfigRuleName'])} asks it`, by: [shows(rule, 'a rule of AWS Config')] }));
}

/** Where it is set to put away what was forgotten: whether it may. A setting alone shows nothing. */
function cleaned(output: Output, governor: OutputResource): readonly Point[] {
  if (variableOf(governor, 'CLEAN_UP') !== 'true') return [];
  const denies = allowed(output, governor, {
    what: 'it may deny roles everything',
    actions: ['iam:AttachRolePolicy'],
    fits: ({ condition }) => textOf(condition).includes('policy/AWSDenyAll'),
  });
  return [denies, allowed(output, governor, { what: 'it may read what it found before', actions: ['s3:GetObject', 's3:ListBucket'] })];
}

function kept(output: Output, governor: OutputResource): Point {
  const [bucket] = output.referred(governor, variableOf(governor, 'EVIDENCE_BUCKET'));
  const retention = fieldsOf(fieldsOf(fieldsOf(bucket?.values['ObjectLockConfiguration'])?.['Rule'])?.['DefaultRetention']);
  const what = 'evidence is kept where nobody deletes it';
  return bucket && retention?.['Mode'] === 'COMPLIANCE'
    ? { what, by: [shows(bucket, `locked for ${String(retention['Days'])} days`)] }
    : { what, by: [], why: 'its bucket is not locked' };
}

/** Whether the role of a function lets it do all of some actions. */
function allowed(
  output: Output,
  governor: OutputResource,
  {
    what,
    actions,
    fits = () => true,
  }: {
    readonly what: string;
    readonly actions: readonly string[];
    /** Statements that count. @default - all */
    readonly fits?: (statement: ReadStatement) => boolean;
  },
): Point {
  const [role] = output.referred(governor, governor.values['Role']);
  if (!role) return { what, by: [], why: 'its role is not in the output' };
  const policies = output.referring(role, 'AWS::IAM::Policy').filter((policy) => output.refers(policy, policy.values['Roles'], role));
  const granted = policies.flatMap((policy) =>
    statementsOf(policy).flatMap((one) => (one.effect === 'Allow' && fits(one) ? one.actions : [])),
  );
  const lacking = actions.filter((action) => !granted.includes(action));
  return lacking.length === 0
    ? { what, by: policies.map((policy) => shows(policy, what)) }
    : { what, by: [], why: `it may not do ${lacking.join(', ')}` };
}
