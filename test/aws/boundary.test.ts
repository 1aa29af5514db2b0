import fc from 'fast-check';
import guardrails from '../../lib/aws/catalog/guardrails.json';
import { type Bounds, denyStatements, deriveBoundary, grantedActions } from '../../lib/aws/private/boundary';
import { documentSize, type Statement } from '../../lib/aws/private/statement';
import { AccessLevel } from '../../lib/core/enums';
import { actionLevel, expandActions } from '../../lib/policy/aws/action-levels';
import { jsonSize } from './plans';

const allow = (actions: readonly string[], resources: readonly string[] = ['arn:aws:s3:::invoices/*']): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
});
const bounds = (granted: readonly Statement[], more: Partial<Bounds> = {}): Bounds => ({
  agent: 'reader',
  granted,
  regions: ['eu-central-1'],
  sizeOf: jsonSize,
  ...more,
});
const bySid = (statements: readonly Statement[], sid: string): Statement | undefined => statements.find(({ Sid }) => Sid === sid);
const matches = (patterns: readonly string[] | undefined, action: string): boolean =>
  (patterns ?? []).some((pattern) => new RegExp(`^${pattern.replace(/\*/g, '.*')}$`).test(action));

/** Whether the statements deny an action in so many words, conditions being met. */
const denies = (statements: readonly Statement[], action: string): boolean =>
  statements.some(
    ({ Effect, Action, NotAction, Condition }) =>
      Effect === 'Deny' && !Condition && (Action ? matches(Action, action) : !matches(NotAction, action)),
  );

test('a boundary allows what was granted, on its resources, and names the rest in denies', () => {
  const { statements, detail } = deriveBoundary(bounds([allow(['s3:GetObject'])]));
  expect(detail).toBe('resources');
  expect(statements.map(({ Sid, Effect, Resource }) => [Sid, Effect, Resource])).toEqual([
    [undefined, 'Allow', ['arn:aws:s3:::invoices/*']],
    ['DenyUndeclared', 'Deny', ['*']],
    ['DenyAdministration', 'Deny', ['*']],
    ['DenyOtherRegions', 'Deny', ['*']],
  ]);
});

test('statement ids of what was granted are left out, because two policies may use one, and a document may not', () => {
  const granted = [
    { ...allow(['s3:GetObject']), Sid: 'Read' },
    { ...allow(['sqs:SendMessage']), Sid: 'Read' },
    { ...allow(['sns:Publish']), Sid: 'DenyUndeclared' },
  ];
  const sids = deriveBoundary(bounds(granted)).statements.map(({ Sid }) => Sid);
  expect(sids).toEqual([undefined, undefined, undefined, 'DenyUndeclared', 'DenyAdministration', 'DenyOtherRegions']);
});

test('law: an action is denied exactly where nothing granted names it, administration aside', () => {
  const actions = [
    's3:GetObject',
    's3:PutObject',
    'kms:Decrypt',
    'dynamodb:GetItem',
    'sqs:SendMessage',
    'iam:CreateUser',
    'account:PutContactInformation',
  ];
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...actions), { minLength: 1 }), (granted) => {
      const { statements } = deriveBoundary(bounds([allow(granted)]));
      for (const action of actions) {
        const isAdministration = /^(iam|account):/.test(action);
        expect(denies(statements, action)).toBe(!granted.includes(action) || isAdministration);
      }
    }),
  );
});

const ADMINISTRATION = ['iam', 'organizations', 'account'].flatMap((service) => expandActions(`${service}:*`));

const TOUCHED = [allow(['iam:GetRole', 'organizations:DescribeAccount', 'account:GetContactInformation'])];

test('administration is denied as a whole where none of it was granted', () => {
  const deny = bySid(denyStatements(bounds([allow(['s3:GetObject', 'IAM:GetRole'])])), 'DenyAdministration');
  expect(deny?.Action?.filter((action) => !action.startsWith('iam:'))).toEqual(['organizations:*', 'account:*']);
  expect(deny?.Action).toContain('iam:Create*');
  expect(deny?.Action).not.toContain('iam:*');
});

test.each([['*'], ['i*:*']])('granting %s touches all administration', (pattern) => {
  expect(bySid(denyStatements(bounds([allow([pattern])])), 'DenyAdministration')?.Action).toContain('account:Close*');
});

test('every action that changes IAM, the organisation or the account is denied, but passing a role', () => {
  const deny = bySid(denyStatements(bounds(TOUCHED)), 'DenyAdministration');
  const changes = ADMINISTRATION.filter((action) => ![AccessLevel.LIST, AccessLevel.READ].includes(actionLevel(action) as AccessLevel));
  const except = guardrails.mutations.flatMap(({ service, except: verbs }) => verbs.map((verb) => `${service}:${verb}`));
  expect(changes.length).toBeGreaterThan(120);
  expect(except).toEqual(['iam:PassRole']);
  expect(changes.filter((action) => !matches(deny?.Action, action))).toEqual(except);
});

test('every pattern of administration stands for an action that exists, and none for a read', () => {
  const patterns = bySid(denyStatements(bounds(TOUCHED)), 'DenyAdministration')?.Action ?? [];
  expect(patterns.filter((pattern) => expandActions(pattern).length === 0)).toEqual([]);
  const reads = patterns
    .flatMap(expandActions)
    .filter((action) => [AccessLevel.LIST, AccessLevel.READ].includes(actionLevel(action) as AccessLevel));
  expect(reads).toEqual([]);
});

test('an agent that was granted nothing is denied everything', () => {
  const { statements } = deriveBoundary(bounds([]));
  expect(statements[0]).toEqual({ Sid: 'DenyUndeclared', Effect: 'Deny', Action: ['*'], Resource: ['*'] });
});

test('other regions are denied by a condition on the requested region', () => {
  const deny = bySid(
    denyStatements(bounds([allow(['s3:GetObject'])], { regions: ['eu-central-1', 'eu-west-1', 'eu-west-1'] })),
    'DenyOtherRegions',
  );
  expect(deny).toEqual({
    Sid: 'DenyOtherRegions',
    Effect: 'Deny',
    Action: ['*'],
    Resource: ['*'],
    Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] } },
  });
});

test('what was granted of a global service is let through whatever its region', () => {
  const deny = bySid(denyStatements(bounds([allow(['s3:GetObject', 'sts:AssumeRole', 'iam:GetRole'])])), 'DenyOtherRegions');
  expect(deny).toMatchObject({ NotAction: ['iam:GetRole', 'sts:AssumeRole'] });
  expect(deny).not.toHaveProperty('Action');
});

test('outside the window everything is denied, native grants included', () => {
  const statements = denyStatements(bounds([], { window: { notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-02-01T00:00:00Z' } }));
  expect(statements.slice(-2).map(({ Sid, Action, Condition }) => [Sid, Action, Condition])).toEqual([
    ['DenyBefore', ['*'], { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } }],
    ['DenyAfter', ['*'], { DateGreaterThan: { 'aws:CurrentTime': '2027-02-01T00:00:00Z' } }],
  ]);
});

test('where the resources take too much room, only the actions are kept, and every deny', () => {
  const resources = Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-rather-long-name-${index}/invoices/*`);
  const granted = [
    allow(['s3:GetObject', 's3:ListBucket'], resources),
    allow(['kms:Decrypt'], ['arn:aws:kms:eu-central-1:111122223333:key/1']),
  ];
  const { statements, detail } = deriveBoundary(bounds(granted));
  expect(detail).toBe('actions');
  expect(statements[0]).toEqual({ Effect: 'Allow', Action: ['kms:*', 's3:*'], Resource: ['*'] });
  expect(statements.slice(1)).toEqual(denyStatements(bounds(granted)));
  expect(bySid(statements, 'DenyUndeclared')?.NotAction).toEqual(['kms:Decrypt', 's3:GetObject', 's3:ListBucket']);
  expect(documentSize(statements, jsonSize)).toBeLessThanOrEqual(6144);
});

test('a boundary whose actions alone are too many is refused', () => {
  const actions = Array.from({ length: 300 }, (_, index) => `service:AnActionWithALongName${index}`);
  expect(() => deriveBoundary(bounds([allow(actions)]))).toThrowErrorMatchingInlineSnapshot(
    `"agent 'reader' needs its permissions boundary to stay within 6144 characters, because the cloud refuses a larger one at deployment, got: '10819 (largest: service:AnActionWithALongName0 and 299 more on 1 resource, 10461 characters)'; split the agent, or bind fewer or shorter resources [policy-too-large]"`,
  );
});

test('a grant that says what it does not allow leaves no list to deny the rest of, and the other denies stay', () => {
  const granted: readonly Statement[] = [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: ['*'] }];
  expect(grantedActions(granted)).toBeUndefined();
  const statements = denyStatements(bounds(granted));
  expect(statements.map(({ Sid }) => Sid)).toEqual(['DenyAdministration', 'DenyOtherRegions']);
  expect(bySid(statements, 'DenyOtherRegions')?.NotAction).toContain('sts:*');
});

test('a native deny is not admitted as a grant', () => {
  const { statements } = deriveBoundary(
    bounds([allow(['s3:GetObject']), { Effect: 'Deny', Action: ['s3:DeleteObject'], Resource: ['*'] }]),
  );
  expect(statements.filter(({ Effect }) => Effect === 'Allow')).toHaveLength(1);
  expect(bySid(statements, 'DenyUndeclared')?.NotAction).toEqual(['s3:GetObject']);
});
