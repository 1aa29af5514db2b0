import { conditionBlock, requestContext } from './conditions';
import { Random } from './random';
import type { Scenario } from './scenario';

const OWN = '111111111111';
const OTHER = '222222222222';

interface Target {
  readonly action: string;
  readonly resource: (account: string) => string;
  /** Whether the resource has a policy that names principals. */
  readonly policed: boolean;
}

const TARGETS: readonly Target[] = [
  { action: 's3:GetObject', resource: () => 'arn:aws:s3:::reports/alice/q1.csv', policed: true },
  { action: 's3:ListBucket', resource: () => 'arn:aws:s3:::reports', policed: true },
  { action: 'sqs:SendMessage', resource: (account) => `arn:aws:sqs:eu-west-1:${account}:jobs`, policed: true },
  {
    action: 'kms:Decrypt',
    resource: (account) => `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    policed: true,
  },
  { action: 'sts:AssumeRole', resource: (account) => `arn:aws:iam::${account}:role/target`, policed: true },
  {
    action: 'secretsmanager:GetSecretValue',
    resource: (account) => `arn:aws:secretsmanager:eu-west-1:${account}:secret:db-AbCdEf`,
    policed: true,
  },
  { action: 'lambda:InvokeFunction', resource: (account) => `arn:aws:lambda:eu-west-1:${account}:function:run`, policed: true },
  { action: 'dynamodb:GetItem', resource: (account) => `arn:aws:dynamodb:eu-west-1:${account}:table/orders`, policed: true },
  { action: 'iam:PassRole', resource: (account) => `arn:aws:iam::${account}:role/target`, policed: false },
  { action: 'ec2:DescribeInstances', resource: () => '*', policed: false },
];

/** Every key has a key policy and every role a trust policy. */
const ALWAYS_POLICED = /^(kms|sts):/;

const PRINCIPALS: readonly Scenario['principal'][] = [
  { kind: 'user', arn: `arn:aws:iam::${OWN}:user/team/alice`, account: OWN },
  { kind: 'role-session', arn: `arn:aws:sts::${OWN}:assumed-role/app/run1`, account: OWN },
  { kind: 'federated-user', arn: `arn:aws:sts::${OWN}:federated-user/alice`, account: OWN },
  { kind: 'root', arn: `arn:aws:iam::${OWN}:root`, account: OWN },
  { kind: 'service', arn: 'lambda.amazonaws.com', account: OWN },
  { kind: 'anonymous', arn: '*', account: '' },
];

/** Random requests over all layers; the same for the same seed. */
export function generateScenarios(count: number, seed: number): Scenario[] {
  return Array.from({ length: count }, (_, id) => new Generator(new Random(seed * 1_000_003 + id)).scenario(id));
}

class Generator {
  constructor(private readonly random: Random) {}

  scenario(id: number): Scenario {
    const { random } = this;
    const principal = this.random.chance(0.85) ? random.pick(PRINCIPALS.slice(0, 2)) : random.pick(PRINCIPALS);
    const target = random.pick(TARGETS);
    const resourceAccount = random.chance(0.35) && target.policed ? OTHER : OWN;
    const resource = target.resource(resourceAccount);
    const draft = { principal, target, resource, resourceAccount };
    const entity = principal.kind === 'user' || principal.kind === 'role-session' || principal.kind === 'federated-user';
    const session = (principal.kind === 'role-session' && random.chance(0.3)) || principal.kind === 'federated-user';
    return {
      id,
      principal,
      action: target.action,
      resource,
      resourceAccount,
      context: requestContext(random, principal, resourceAccount),
      identity: entity ? Array.from({ length: random.count(0, 2) }, () => this.policy(draft)) : [],
      ...(entity && random.chance(0.25) && { boundary: this.policy(draft) }),
      ...(session && { session: this.policy(draft) }),
      ...(target.policed && (ALWAYS_POLICED.test(target.action) || random.chance(0.6)) && { resourcePolicy: this.resourcePolicy(draft) }),
      ...(principal.kind !== 'service' && principal.kind !== 'anonymous' && random.chance(0.25) && { scps: this.levels(draft) }),
      ...(random.chance(0.2) && { rcps: this.rcps(draft) }),
    };
  }

  private levels(draft: Draft): object[][] {
    return Array.from({ length: this.random.count(1, 3) }, () => {
      const full = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
      const own = this.policy(draft);
      return this.random.chance(0.7) ? [full, own] : [own];
    });
  }

  private rcps(draft: Draft): object[][] {
    const [service] = draft.target.action.split(':');
    const { Condition } = this.statement(draft) as Record<string, unknown>;
    const Action = this.random.pick([draft.target.action, `${service}:*`, 'sqs:*']);
    const Resource = this.single(this.random.some(this.resources(draft), 1, 2));
    return [
      [
        {
          Version: '2012-10-17',
          Statement: { Effect: 'Deny', Principal: '*', Action, Resource, ...(Condition !== undefined && { Condition }) },
        },
      ],
    ];
  }

  private policy(draft: Draft): object {
    const statements = Array.from({ length: this.random.count(1, 3) }, () => this.statement(draft));
    return { Version: this.random.chance(0.93) ? '2012-10-17' : '2008-10-17', Statement: this.single(statements) };
  }

  private resourcePolicy(draft: Draft): object {
    const trust = draft.target.action === 'sts:AssumeRole';
    const statements = Array.from({ length: this.random.count(1, 2) }, () => {
      const { Resource, NotResource, ...rest } = this.statement(draft) as Record<string, unknown>;
      const where = trust ? {} : NotResource === undefined ? { Resource } : { NotResource };
      return { ...rest, ...where, ...this.principals(draft, rest['Effect'] === 'Deny') };
    });
    return { Version: '2012-10-17', Statement: statements };
  }

  private principals({ principal }: Draft, deny: boolean): object {
    const { random } = this;
    const arns = [
      ...[principal.arn, principal.arn, `arn:aws:iam::${OWN}:role/app`, `arn:aws:iam::${OWN}:user/team/alice`],
      ...[`arn:aws:iam::${OWN}:root`, OWN, `arn:aws:iam::${OTHER}:root`, `arn:aws:sts::${OWN}:assumed-role/app/run1`],
      ...[`arn:aws:iam::${OWN}:user/team/ALICE`, `arn:aws:sts::${OWN}:assumed-role/app/other`, '*'],
    ].filter((arn) => arn.startsWith('arn:') || arn === OWN || arn === '*');
    const element = deny && random.chance(0.15) ? 'NotPrincipal' : 'Principal';
    if (element === 'Principal' && random.chance(0.15)) return { Principal: '*' };
    if (random.chance(0.1)) return { [element]: { Service: random.pick(['lambda.amazonaws.com', 'ec2.amazonaws.com']) } };
    const named = element === 'NotPrincipal' ? arns.filter((arn) => arn !== '*') : arns;
    return { [element]: { AWS: this.single(random.some(named, 1, 3)) } };
  }

  private statement(draft: Draft): object {
    const { random } = this;
    const [service = '', name = ''] = draft.target.action.split(':');
    const other = random.pick(TARGETS).action;
    const actions = [
      ...[draft.target.action, draft.target.action.toLowerCase(), `${service}:*`, '*', `${service}:${name.slice(0, 3)}*`],
      ...[`${service}:?${name.slice(1)}`, `${service}:*${name.slice(-4)}`, `${service.toUpperCase()}:${name}`, other, `${service}:Delete*`],
    ];
    const action = random.chance(0.85) ? 'Action' : 'NotAction';
    const where = random.chance(0.88) ? 'Resource' : 'NotResource';
    const condition = random.chance(0.4) ? { Condition: conditionBlock(random) } : {};
    return {
      Effect: random.chance(0.8) ? 'Allow' : 'Deny',
      [action]: this.single(
        random.some(action === 'Action' ? actions : [other, 'iam:*', `${service}:Delete*`, ...actions.slice(0, 1)], 1, 2),
      ),
      [where]: this.single(random.some(this.resources(draft), 1, 2)),
      ...condition,
    };
  }

  private resources({ resource }: Draft): string[] {
    if (resource === '*') return ['*', '*', 'arn:aws:s3:::reports/*', 'arn:aws:s3:::reports/${aws:username}/*'];
    const cut = resource.slice(0, Math.max(8, Math.floor(resource.length * 0.7)));
    return [
      ...[
        resource,
        resource,
        '*',
        `${cut}*`,
        `${resource.slice(0, -1)}?`,
        resource.toUpperCase(),
        `${resource}/*`,
        'arn:aws:s3:::reports/*',
      ],
      ...[
        'arn:aws:s3:::reports/${aws:username}/*',
        "arn:aws:s3:::reports/${aws:PrincipalTag/team, 'alice'}/*",
        'arn:aws:s3:::${s3:prefix}*',
      ],
      ...[
        resource.replace(/\d{12}/, '*'),
        resource.replace(/eu-west-1/, '*'),
        resource.replace(/^arn:aws:/, 'arn:*:'),
        'arn:aws:iam::*:role/${*}*',
      ],
    ];
  }

  private single<T>(list: readonly T[]): T | readonly T[] {
    return list.length === 1 && list[0] !== undefined && this.random.chance(0.5) ? list[0] : list;
  }
}

interface Draft {
  readonly principal: Scenario['principal'];
  readonly target: Target;
  readonly resource: string;
  readonly resourceAccount: string;
}
