import { MaturityLevel } from '../../lib';
import { assess } from '../../lib/core/governance/assess';
import { governanceFindings } from '../../lib/core/governance/findings';
import type { AgentPosture } from '../../lib/core/governance/posture';
import { checkException, checkTarget, type GovernanceException, GovernanceMode, holdTo } from '../../lib/core/governance/settings';
import { AGENT, WHOLE } from './postures';

const EXCEPTION: GovernanceException = { control: 'guardrail', reason: 'not ours', owner: 'x@example.com', until: '2027-03-31' };

test.each<[string, Partial<GovernanceException>, RegExp]>([
  ['a control that is none', { control: 'guardrails' }, /must name a control of the ladder.*guardrail/],
  ['no reason', { reason: ' ' }, /needs 'reason'/],
  ['no owner', { owner: '' }, /needs 'owner'/],
  ['no end', { until: undefined as unknown as string }, /needs 'until', the last day/],
  ['a day that is none', { until: '2027-02-30' }, /needs 'until'/],
  ['an exception from having an end', { control: 'exceptions-ended' }, /is not possible, because exceptions have an end/],
])('an exception with %s is refused', (_, wrong, said) => {
  expect(() => checkException('aws', 'prod', { ...EXCEPTION, ...wrong })).toThrow(said);
});

test('a level that is none is refused', () => {
  expect(() => checkTarget('prod', 5 as MaturityLevel)).toThrow(/needs a 'target' that is a level of the ladder, got: 5/);
  expect(() => checkTarget('prod', 'GOVERNANCE' as unknown as MaturityLevel)).toThrow(/level of the ladder/);
});

test('two targets for one fleet contradict each other', () => {
  const root = {};
  const held = { cloud: 'aws', fleet: 'prod', target: MaturityLevel.ALERTING, exceptions: [] };
  holdTo(root, held);
  expect(() => holdTo(root, held)).toThrow(/must be said once on aws/);
  expect(() => holdTo(root, { ...held, cloud: 'azure' })).not.toThrow();
});

const NOW = new Date('2026-11-26T12:00:00Z');
function findings(posture: Partial<AgentPosture>, { level = 3, mode = GovernanceMode.FAIL, receipts = false, until = '2025-01-01' } = {}) {
  const assessment = assess({
    postures: [{ cloud: 'aws', agents: [{ ...WHOLE, ...posture }] }],
    targets: [{ cloud: 'aws', fleet: '*', level }],
    exceptions: [{ ...EXCEPTION, until, cloud: 'aws', fleet: 'prod' }],
    problems: [],
    receipts: { schemaVersion: 1, receipts: [] },
    now: NOW,
  });
  return governanceFindings(assessment, { mode, receipts, codeOf: (cloud, control) => `${cloud} ${control}` }).map(
    ({ id, severity }) => `${id} ${severity}`,
  );
}

test('what is missing up to the target is an error; what only receipts show is told until there are some', () => {
  expect(findings({ guardrails: [] })).toEqual(
    ['governance-alert-drilled warning', 'governance-guardrail error', 'governance-containment-drilled warning'].sort(byLevel),
  );
  expect(findings({ guardrails: [] }, { receipts: true })).toContain('governance-alert-drilled error');
  expect(findings({ guardrails: [] }, { mode: GovernanceMode.WARN })).toContain('governance-guardrail warning');
  expect(findings({ guardrails: [] }, { level: 1 })).toEqual([]);
});

/** As the ladder has them: levels first, then effort. */
function byLevel(a: string, b: string): number {
  const order = ['governance-alert-drilled', 'governance-containment-drilled', 'governance-guardrail'];
  return order.indexOf(a.split(' ')[0] ?? '') - order.indexOf(b.split(' ')[0] ?? '');
}

test('an exception sets a control aside until its day, and not longer', () => {
  expect(findings({ guardrails: [] }, { until: '2026-11-26' })).not.toContain('governance-guardrail error');
  expect(findings({ guardrails: [] }, { until: '2026-11-25' })).toContain('governance-guardrail error');
});

test('the message names agent, level, control and reason, and the fix has the code', () => {
  const assessment = assess({
    postures: [{ cloud: 'aws', agents: [{ ...WHOLE, guardrails: [] }] }],
    targets: [{ cloud: 'aws', fleet: 'prod', level: 3 }],
    exceptions: [],
    problems: [],
    receipts: { schemaVersion: 1, receipts: [] },
    now: NOW,
  });
  const [found] = governanceFindings(assessment, { mode: GovernanceMode.FAIL, receipts: true, codeOf: () => 'new Thing()' }).filter(
    ({ id }) => id.endsWith('guardrail'),
  );
  expect(found).toMatchInlineSnapshot(`
{
  "agent": "reader",
  "construct": "stack/Reader",
  "fix": "let AgentGovernance make the guardrails of the fleet, and have them attached above it
  code: new Thing()",
  "id": "governance-guardrail",
  "message": "agent 'reader' is at LOGGING, and fleet 'prod' is held to ENFORCEMENT on aws. Missing of ENFORCEMENT: the organisation forbids what no agent may do (guardrail): nothing above its own account forbids the fleet anything",
  "severity": "error",
}
`);
});

test('what a cloud cannot is said to be so, and another control may stand in for it', () => {
  const cannot = { ceiling: [], unsupported: { ceiling: 'Azure has none' } };
  expect(findings(cannot, { until: '2027-01-01' })).toContain('governance-ceiling error');
  expect(findings({ ...cannot, instead: { ceiling: 'guardrail' } }, { until: '2027-01-01' })).not.toContain('governance-ceiling error');
  expect(findings({ ...cannot, instead: { ceiling: 'guardrail' }, guardrails: [] })).toContain('governance-ceiling error');
});

test('a part that is gone fails its control, whatever else shows it', () => {
  const part = {
    control: 'ceiling',
    cloud: 'aws',
    fleet: 'prod',
    agent: AGENT.name,
    stack: 's',
    resource: 'Boundary',
    type: 'a policy',
    digest: '0'.repeat(16),
  };
  const { agents } = assess({
    postures: [{ cloud: 'aws', agents: [WHOLE] }],
    targets: [],
    exceptions: [],
    problems: [
      { part, problem: 'is not in the output' },
      { part: { ...part, agent: 'other', control: 'own-identity' }, problem: 'is not in the output' },
    ],
    receipts: { schemaVersion: 1, receipts: [] },
    now: NOW,
  });
  expect(agents[0]?.results.filter(({ status }) => status === 'missing').map(({ control, reason }) => `${control}: ${reason}`)).toEqual([
    'alert-drilled: there is no receipt of it',
    'ceiling: a policy Boundary is not in the output',
    'containment-drilled: there is no receipt of it',
    'access-recertified: there is no receipt of it',
  ]);
});
