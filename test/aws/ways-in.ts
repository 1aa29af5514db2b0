import { CONTAIN } from '../../lib/aws/runtime/containment/steps';
import { FROZEN } from '../../lib/aws/runtime/containment/trust';
import { planOf } from '../../lib/core/containment/plan';
import { STAGES as CONTAINMENT_STAGES, type ContainmentStage } from '../../lib/core/containment/types';
import { decide, type RequestLayers, type RequestPrincipal } from '../../lib/policy/aws/engine';
import { OWN, policy, trust } from '../policy/aws/engine/build';

/** What is done about an agent, mildest first. `old sessions` is the runbook of the platform; `no allows` takes policies away; the rest is this library. */
export const STAGES = ['old sessions', 'no allows', 'restricted', 'braked', 'quarantined'] as const;
export type Stage = (typeof STAGES)[number];

const ROLE: RequestPrincipal = { kind: 'role', account: OWN, arn: `arn:aws:iam::${OWN}:role/agentic-iam/main/main--reader` };
const SESSION: RequestPrincipal = { ...ROLE, kind: 'role-session', sessionArn: `arn:aws:sts::${OWN}:assumed-role/main--reader/run` };
const CHILD: RequestPrincipal = { kind: 'role', account: OWN, arn: `arn:aws:iam::${OWN}:role/agentic-iam/main/main--child` };
const OBJECT = 'arn:aws:s3:::data/1';
const CUT_OFF = '2026-11-25T12:00:00Z';

const ACCESS = policy({ Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::data/*' });
const OLD = policy({ Effect: 'Deny', Condition: { DateLessThan: { 'aws:TokenIssueTime': CUT_OFF } } });
const RESTRICTED = policy({ Effect: 'Deny', NotAction: ['logs:PutLogEvents', 's3:GetObject'] });
const BRAKED = policy({ Effect: 'Deny', NotAction: ['logs:PutLogEvents'] });
const TRUST = trust({ Principal: { Service: 'lambda.amazonaws.com' } });
const FROZEN_TRUST = trust(...(FROZEN['Statement'] as unknown as object[]));

/** What bounds the agent's own role at a stage. */
const identity = (stage: Stage): RequestLayers['identity'] =>
  ({
    'old sessions': [ACCESS, OLD],
    'no allows': [],
    restricted: [ACCESS, RESTRICTED],
    braked: [ACCESS, BRAKED],
    quarantined: [ACCESS, BRAKED],
  })[stage];
/** What bounds a sub-agent's role: the policy that stops chains, from stage braked on. */
const child = (stage: Stage): RequestLayers['identity'] =>
  stage === 'braked' || stage === 'quarantined'
    ? [ACCESS, policy({ Effect: 'Deny', Condition: { StringLike: { 'aws:SourceIdentity': ['reader@*'] } } })]
    : [ACCESS];

/** Whether a stage takes in a step of the responder. */
const reached = (stage: Stage, step: string): boolean =>
  (CONTAINMENT_STAGES as readonly string[]).includes(stage) && planOf(CONTAIN, stage as ContainmentStage, 0).some(({ id }) => id === step);

const old = { 'aws:TokenIssueTime': '2026-11-25T11:00:00Z' };
const young = { 'aws:TokenIssueTime': '2026-11-25T12:00:05Z' };
const write = (principal: RequestPrincipal, layers: RequestLayers, context: Record<string, string>): boolean =>
  decide(layers, { principal, action: 's3:PutObject', resource: OBJECT, context }).effect !== 'explicitly-denied' &&
  decide(layers, { principal, action: 's3:PutObject', resource: OBJECT, context }).effect !== 'implicitly-denied';

/** Ways in, each with whether it still writes at a stage, by the policy engine. */
export const WAYS: Readonly<Record<string, (stage: Stage) => boolean>> = {
  'a session that is there already': (stage) => write(SESSION, { identity: identity(stage) }, old),
  'the workload assumes the role again': (stage) => write(SESSION, { identity: identity(stage) }, young),
  'a new session is given out at all': (stage) =>
    stage !== 'no allows' &&
    decide(
      { identity: [], resource: stage === 'quarantined' ? FROZEN_TRUST : TRUST },
      { principal: { kind: 'service', account: OWN, arn: 'lambda.amazonaws.com' }, action: 'sts:AssumeRole', resource: ROLE.arn },
    ).effect === 'allowed',
  'a sub-agent that it took on before': (stage) => write(CHILD, { identity: child(stage) }, { ...old, 'aws:SourceIdentity': 'reader@t1' }),
  'a bucket whose policy names its session': (stage) =>
    write(
      SESSION,
      {
        identity: identity(stage),
        resource: policy({ Action: 's3:PutObject', Principal: { AWS: SESSION.sessionArn ?? '' }, Resource: 'arn:aws:s3:::data/*' }),
      },
      young,
    ),
  'a warm function whose credentials are young': (stage) =>
    write(
      SESSION,
      { identity: identity(stage) },
      { ...young, 'lambda:SourceFunctionArn': `arn:aws:lambda:eu-central-1:${OWN}:function:f` },
    ),
  'it hands its role to something new': (stage) =>
    decide(
      { identity: stage === 'no allows' ? [] : [policy({ Action: 'iam:PassRole', Resource: ROLE.arn }), ...identity(stage)] },
      { principal: SESSION, action: 'iam:PassRole', resource: ROLE.arn, context: young },
    ).effect === 'allowed',
  'a child under a role of its own, registered as work': (stage) => !reached(stage, 'work'),
  'a secret that it read before, if it rotates': (stage) => !reached(stage, 'secrets'),
  'credentials of one task': (stage) =>
    write(
      SESSION,
      { identity: identity(stage), session: [policy({ Action: 's3:*', Resource: 'arn:aws:s3:::data/*' })] },
      {
        ...young,
        'aws:SourceIdentity': 'reader@t1',
      },
    ),
};

/** The rows of the table in docs/containment.md. */
export function waysTable(): string {
  const head = ['way in', ...STAGES];
  const rows = Object.entries(WAYS).map(([way, isOpen]) => [way, ...STAGES.map((stage) => (isOpen(stage) ? 'open' : 'shut'))]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
