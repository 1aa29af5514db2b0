import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AgentSpec, Capability } from '../../lib';
import { Agent, AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from '../../lib/aws';
import { hours } from '../../lib/core/duration';
import { AgentMode } from '../../lib/core/enums';
import type { AccessWorld } from '../../lib/core/review/world';
import { awsWorldOf } from '../../lib/policy/aws';
import { policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const ACCOUNT = '111122223333';
const roleOf = (agent: string): string => `arn:aws:iam::${ACCOUNT}:role/agentic-iam/main/main--${agent}`;

const base = { owner: 'o@example.com', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [Capability.readObjects('files')] };
const fetcher = new AgentSpec({ ...base, name: 'fetcher' });
const researcher = new AgentSpec({ ...base, name: 'researcher', delegatesTo: [fetcher] });
const desk = new AgentSpec({ ...base, name: 'desk', delegatesTo: [researcher] });

/** `desk` runs on Lambda and takes on `researcher`, which takes on `fetcher`. */
function chain(): Stack {
  const stack = new Stack(new App(), 'chain', { env: { account: ACCOUNT, region: 'eu-central-1' } });
  const files = AgentResource.bucket(bucketIn(stack));
  const first = new AgentIdentity(stack, 'Desk', { agent: desk, trust: AgentTrust.lambda() });
  const second = new AgentIdentity(stack, 'Researcher', { agent: researcher, trust: AgentTrust.agent(first) });
  const third = new Agent(stack, 'Fetcher', { agent: fetcher, trust: AgentTrust.agent(second), resources: { files } });
  new ScopedAgentRole(stack, 'DeskRole', { identity: first, resources: { files, researcher: AgentResource.agent(second) } });
  new ScopedAgentRole(stack, 'ResearcherRole', { identity: second, resources: { files, fetcher: AgentResource.agent(third.identity) } });
  return stack;
}

function bucketIn(stack: Stack) {
  const s3 = require('aws-cdk-lib/aws-s3') as typeof import('aws-cdk-lib/aws-s3');
  return s3.Bucket.fromBucketName(stack, 'Files', 'example-files');
}

const template = Template.fromStack(chain()).toJSON() as {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
};

function world(): AccessWorld {
  const stack = { name: 'chain', account: ACCOUNT, region: 'eu-central-1' };
  const made = awsWorldOf([{ kind: 'template', file: 'chain.template.json', json: template, stack }]);
  if (!made) throw new Error('the template holds nothing');
  return made;
}

const TRANSITIVE = ['agentic-iam:begun-by', 'agentic-iam:task', 'agentic-iam:chain'];
const FIRST = {
  'sts:SourceIdentity': 'desk@t-1',
  'aws:RequestTag/agentic-iam:begun-by': 'desk',
  'aws:RequestTag/agentic-iam:task': 't-1',
  'aws:RequestTag/agentic-iam:chain': 'desk/researcher',
  'sts:TransitiveTagKeys': TRANSITIVE,
};
const CARRIED = {
  'aws:SourceIdentity': 'desk@t-1',
  'aws:PrincipalTag/agentic-iam:begun-by': 'desk',
  'aws:PrincipalTag/agentic-iam:task': 't-1',
  'aws:PrincipalTag/agentic-iam:chain': 'desk/researcher',
};
const without = (context: object, key: string): object => Object.fromEntries(Object.entries(context).filter(([one]) => one !== key));

test.each<readonly [string, string, string, object, string]>([
  ['the first hop as it should be', 'desk', 'researcher', FIRST, 'allowed'],
  ['no source identity', 'desk', 'researcher', without(FIRST, 'sts:SourceIdentity'), 'implicitly-denied'],
  ['the source identity of another agent', 'desk', 'researcher', { ...FIRST, 'sts:SourceIdentity': 'writer@t-1' }, 'implicitly-denied'],
  ['a source identity without an agent', 'desk', 'researcher', { ...FIRST, 'sts:SourceIdentity': 't-1' }, 'implicitly-denied'],
  ['no task', 'desk', 'researcher', without(FIRST, 'aws:RequestTag/agentic-iam:task'), 'implicitly-denied'],
  ['an empty task', 'desk', 'researcher', { ...FIRST, 'aws:RequestTag/agentic-iam:task': '' }, 'implicitly-denied'],
  ['a chain of another', 'desk', 'researcher', { ...FIRST, 'aws:RequestTag/agentic-iam:chain': 'writer/researcher' }, 'implicitly-denied'],
  ['begun by another', 'desk', 'researcher', { ...FIRST, 'aws:RequestTag/agentic-iam:begun-by': 'writer' }, 'implicitly-denied'],
  ...TRANSITIVE.map(
    (key) =>
      [
        `${key} not transitive`,
        'desk',
        'researcher',
        { ...FIRST, 'sts:TransitiveTagKeys': TRANSITIVE.filter((one) => one !== key) },
        'implicitly-denied',
      ] as const,
  ),
  ['no transitive tag at all', 'desk', 'researcher', without(FIRST, 'sts:TransitiveTagKeys'), 'implicitly-denied'],
  ['the second hop as it should be', 'researcher', 'fetcher', CARRIED, 'allowed'],
  ['a second hop without a chain', 'researcher', 'fetcher', {}, 'implicitly-denied'],
  [
    'a second hop that begins a chain of its own',
    'researcher',
    'fetcher',
    { ...FIRST, 'sts:SourceIdentity': 'researcher@t-1' },
    'implicitly-denied',
  ],
  [
    'a second hop with the source identity of the middle',
    'researcher',
    'fetcher',
    { ...CARRIED, 'aws:SourceIdentity': 'researcher@t-1' },
    'implicitly-denied',
  ],
  ['a hop that leaves one out', 'desk', 'fetcher', { ...FIRST, ...CARRIED }, 'implicitly-denied'],
  ['a hop back', 'fetcher', 'researcher', { ...FIRST, ...CARRIED }, 'implicitly-denied'],
])('%s', (_, from, to, context, effect) => {
  const request = { action: 'sts:AssumeRole', resource: roleOf(to), context: context as Readonly<Record<string, string>> };
  expect(world().decide(roleOf(from), request).effect).toMatch(effect === 'allowed' ? /^allowed$/ : /denied$/);
});

const policies = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy');
const chains = policies.filter(({ Properties }) => String(Properties['ManagedPolicyName']).includes('--chain-'));

test('one policy for the stack stops chains, and at first none', () => {
  expect(chains.map(({ Properties }) => Properties['PolicyDocument'])).toMatchInlineSnapshot(`
[
  deny * on * if StringLike aws:SourceIdentity = -@-,
]
`);
});

test('it is attached to the roles that a chain reaches, and to no other', () => {
  const roles = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  const attached = roles.filter(({ Properties }) => JSON.stringify(Properties['ManagedPolicyArns'] ?? []).includes('AgenticIamChainDeny'));
  expect(attached.map(({ Properties }) => Properties['RoleName'])).toEqual(['main--researcher', 'main--fetcher']);
});

test.each<readonly [string, readonly string[], string, string]>([
  ['nobody', ['-@-'], 'desk@t-1', 'allowed'],
  ['one task', ['desk@t-1'], 'desk@t-1', 'explicitly-denied'],
  ['one task', ['desk@t-1'], 'desk@t-2', 'allowed'],
  ['one agent', ['desk@*'], 'desk@t-2', 'explicitly-denied'],
  ['another agent', ['writer@*'], 'desk@t-1', 'allowed'],
  ['an agent whose name begins alike', ['des@*'], 'desk@t-1', 'allowed'],
])('where %s is stopped (%s), a session of %s is %s', (_, stopped, sourceIdentity, effect) => {
  const changed = JSON.parse(JSON.stringify(template).replace('["-@-"]', JSON.stringify(stopped))) as object;
  const stack = { name: 'chain', account: ACCOUNT, region: 'eu-central-1' };
  const made = awsWorldOf([{ kind: 'template', file: 'chain.template.json', json: changed, stack }]);
  const request = {
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::example-files/a',
    context: { 'aws:SourceIdentity': sourceIdentity, 'aws:RequestedRegion': 'eu-central-1', 'aws:ResourceAccount': ACCOUNT },
  };
  expect(made?.decide(roleOf('fetcher'), request).effect).toBe(effect);
});

test('a chain longer than five agents, one that comes back, and one that lives too long are refused', () => {
  const make = (name: string, delegatesTo: readonly AgentSpec[]): AgentSpec => new AgentSpec({ ...base, name, delegatesTo });
  const five = ['a5', 'a4', 'a3', 'a2', 'a1'].reduce<readonly AgentSpec[]>((children, name) => [make(name, children)], []);
  expect(five[0]?.name).toBe('a1');
  expect(() => make('a0', five)).toThrow(/a0 -> a1 -> a2 -> a3 -> a4 -> a5.*\[delegation-too-deep\]/);
  expect(() => make('fetcher', [researcher])).toThrow(/delegation-cycle/);
  const long = new AgentSpec({ ...base, name: 'long', maxSession: hours(2) });
  const parent = new AgentSpec({ ...base, name: 'parent', delegatesTo: [long] });
  const stack = new Stack(new App(), 's');
  const identity = new AgentIdentity(stack, 'Parent', { agent: parent, trust: AgentTrust.lambda() });
  expect(() => new AgentIdentity(stack, 'Long', { agent: long, trust: AgentTrust.agent(identity) })).toThrow(/session-out-of-range/);
});
