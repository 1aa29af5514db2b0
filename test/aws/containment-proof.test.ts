import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { AgentContainment, AgentIdentity, AgentMonitoring, AgentResource, AgentTrust, ScopedAgentRole } from '../../lib/aws';
import { expandActions } from '../../lib/policy/aws/action-levels';
import { decide, parsePolicy } from '../../lib/policy/aws/engine';
import type { AwsPolicy } from '../../lib/policy/aws/model';
import { cli } from '../cli/command-line';
import { ALLOW, OWN } from '../policy/aws/engine/build';
import { waysTable } from './ways-in';

const ACCOUNT = '111122223333';
const app = new App({ context: { 'agentic-iam:review': 'off' } });
const stack = new Stack(app, 'Desk', { env: { account: ACCOUNT, region: 'eu-central-1' } });
const agent = new AgentSpec({
  name: 'writer',
  owner: 'team@example.com',
  purpose: 'keeps documents',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.readObjects('docs'), Capability.overwriteObjects('docs')],
});
const identity = new AgentIdentity(stack, 'Writer', { agent, trust: AgentTrust.lambda() });
new ScopedAgentRole(stack, 'WriterRole', { identity, resources: { docs: AgentResource.bucket(new s3.Bucket(stack, 'Docs')) } });
new iam.Role(stack, 'Deployer', { roleName: 'cdk-deploy-role', assumedBy: new iam.AccountRootPrincipal() });
const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity] });
new AgentContainment(stack, 'Containment', { agents: [identity], monitoring, notify: [new sns.Topic(stack, 'OnCall')] });
const { directory } = app.synth();
const [responder] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Role'))
  .filter(([id]) => id.startsWith('ContainmentResponder'))
  .map(([id, { Properties }]) => `arn:aws:iam::${ACCOUNT}:role${Properties['Path']}${'${'}Desk.${id}}`);

interface Expectation {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly expect: 'allowed' | 'denied';
}

async function failures(lines: readonly Expectation[]): Promise<readonly unknown[]> {
  const { out, err } = await cli(['test', '-', '--in', directory, '--json'], lines.map((line) => JSON.stringify(line)).join('\n'));
  if (err) throw new Error(err);
  return (JSON.parse(out) as { readonly results: readonly { readonly passed: boolean }[] }).results.filter(({ passed }) => !passed);
}

test('an agent can undo nothing of its containment, of every action of the services that it is made of', async () => {
  const services = ['iam', 'lambda', 'dynamodb', 'ssm', 'events', 'sns', 'sqs', 'logs', 'secretsmanager'];
  const actions = services.flatMap((service) => expandActions(`${service}:*`));
  expect(actions.length).toBeGreaterThan(800);
  expect(await failures(actions.map((action) => ({ principal: 'writer', action, resource: '*', expect: 'denied' })))).toEqual([]);
});

const MUTATIONS = expandActions('iam:*').filter((action) =>
  /^iam:(Add|Attach|Create|Delete|Detach|Pass|Put|Remove|Set|Tag|Untag|Update|Upload)/.test(action),
);
const TAGGED = {
  'aws:ResourceTag/agentic-iam:fleet': 'main',
  'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/agentic-iam/main/x`,
};

test.each([
  ['itself', responder ?? ''],
  ['the role of deployments', `arn:aws:iam::${ACCOUNT}:role/cdk-deploy-role`],
  ['a role of single sign-on', `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`],
  ['a role of a service', `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`],
  ['an agent of another fleet', `arn:aws:iam::${ACCOUNT}:role/agentic-iam/other/other--writer`],
  ['a user', `arn:aws:iam::${ACCOUNT}:user/ada`],
  ['a policy of an agent that is no brake', `arn:aws:iam::${ACCOUNT}:policy/agentic-iam/main/main--writer-boundary`],
])('the responder can change nothing of %s, of every action of IAM that changes something', async (_, resource) => {
  expect(MUTATIONS.length).toBeGreaterThan(90);
  const lines = MUTATIONS.map(
    (action): Expectation => ({ principal: responder ?? '', action, resource, context: TAGGED, expect: 'denied' }),
  );
  expect(await failures(lines)).toEqual([]);
});

test('the responder changes roles of its fleet that are tagged and bounded, and no others', async () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/agentic-iam/main/main--writer`;
  const of = (action: string, expect: 'allowed' | 'denied', context?: Record<string, string>): Expectation => ({
    principal: responder ?? '',
    action,
    resource: role,
    expect,
    ...(context ? { context } : {}),
  });
  const { 'iam:PermissionsBoundary': _boundary, ...tagged } = TAGGED;
  expect(
    await failures([
      of('iam:UpdateAssumeRolePolicy', 'allowed', TAGGED),
      of('iam:UpdateAssumeRolePolicy', 'denied'),
      of('iam:PutRolePolicy', 'allowed', TAGGED),
      of('iam:PutRolePolicy', 'denied', tagged),
      of('iam:PassRole', 'denied', TAGGED),
      of('iam:DeleteRole', 'denied', TAGGED),
      of('sts:AssumeRole', 'denied', TAGGED),
    ]),
  ).toEqual([]);
});

describe('the service control policy', () => {
  const document = AgentContainment.serviceControlPolicy({ fleet: 'main', deployers: ['role/cdk-*-cfn-exec-role-*'] });
  const text = JSON.stringify(document);
  const scp: AwsPolicy = { name: 'S', document: parsePolicy(document as never, { name: 'S', layer: 'scp' }) };
  const may = (role: string, action: string, resource: string): boolean => {
    const principal = { kind: 'role', account: OWN, arn: `arn:aws:iam::${OWN}:role/${role}` } as const;
    return (
      decide({ identity: [ALLOW], scps: [[ALLOW, scp]] }, { principal, action, resource: `arn:aws:iam::${OWN}:${resource}` }).effect ===
      'allowed'
    );
  };
  const BRAKE = 'policy/agentic-iam/main/main--writer--brake';
  const ROLE = 'role/agentic-iam/main/main--writer';

  test.each([
    ['Admin', 'iam:SetDefaultPolicyVersion', BRAKE, false],
    ['Admin', 'iam:CreatePolicyVersion', BRAKE, false],
    ['Admin', 'iam:DetachRolePolicy', ROLE, false],
    ['Admin', 'iam:UpdateAssumeRolePolicy', ROLE, false],
    ['Admin', 'iam:UntagRole', ROLE, false],
    ['Admin', 'iam:CreatePolicyVersion', 'policy/mine', true],
    ['Admin', 'iam:UpdateAssumeRolePolicy', 'role/mine', true],
    ['cdk-hnb659fds-cfn-exec-role-1-eu', 'iam:UpdateAssumeRolePolicy', ROLE, true],
    ['cdk-hnb659fds-cfn-exec-role-1-eu', 'iam:SetDefaultPolicyVersion', BRAKE, false],
    ['agentic-iam-responder/x', 'iam:CreatePolicyVersion', BRAKE, true],
    ['agentic-iam-responder/x', 'iam:UpdateAssumeRolePolicy', ROLE, true],
  ])('%s and %s on %s: %s', (role, action, resource, expected) => {
    expect(may(role, action, resource)).toBe(expected);
  });

  test('fits, and takes no deployer that it would not know', () => {
    expect(text.length).toBeLessThan(5_120);
    expect(() => AgentContainment.serviceControlPolicy({ fleet: 'main', deployers: ['arn:aws:iam::1:role/x'] })).toThrow(
      /invalid-containment/,
    );
    expect(() => AgentContainment.serviceControlPolicy({ fleet: 'MAIN*', deployers: [] })).toThrow();
  });
});

test('which ways in stay open after which measure is what the page says', () => {
  expect(waysTable()).toMatchInlineSnapshot(`
"| way in | old sessions | no allows | restricted | braked | quarantined |
| --- | --- | --- | --- | --- | --- |
| a session that is there already | shut | shut | shut | shut | shut |
| the workload assumes the role again | open | shut | shut | shut | shut |
| a new session is given out at all | open | shut | open | open | shut |
| a sub-agent that it took on before | open | open | open | shut | shut |
| a bucket whose policy names its session | open | open | shut | shut | shut |
| a warm function whose credentials are young | open | shut | shut | shut | shut |
| it hands its role to something new | open | shut | shut | shut | shut |
| a child under a role of its own, registered as work | open | open | open | open | shut |
| a secret that it read before, if it rotates | open | open | open | open | shut |
| credentials of one task | open | shut | shut | shut | shut |"
`);
  for (const page of ['README.md', 'docs/containment.md']) expect(readFileSync(page, 'utf8')).toContain(waysTable());
});
