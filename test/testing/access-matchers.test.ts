import { expect as importedExpect } from '@jest/globals';
import { App, aws_iam as iam, NestedStack, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdktf';
import type { Construct } from 'constructs';
import { InvoiceReaderStack } from '../../examples/invoice-reader/aws';
import { InvoiceReaderStack as InvoiceReaderOnGcp } from '../../examples/invoice-reader/gcp';
import { accessMatchers, manifestOf } from '../../lib/testing';
import { accountDetails, allow, template } from '../cli/command-line';

expect.extend(accessMatchers);

const BUCKET = 'arn:aws:s3:::example/*';
const read = { action: 's3:GetObject', resource: 'arn:aws:s3:::example/a' };
const write = { action: 's3:PutObject', resource: 'arn:aws:s3:::example/a' };
const READS = template(allow('s3:GetObject', BUCKET));
const WRITES = template(allow(['s3:GetObject', 's3:PutObject'], BUCKET));
const IF_MFA = template(allow('s3:PutObject', BUCKET, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }));
const UNREAD = (() => {
  const { Resources } = template(allow('s3:GetObject', BUCKET));
  (Resources['Reader'] as { Properties: Record<string, unknown> }).Properties['ManagedPolicyArns'] = ['arn:aws:iam::1:policy/unseen'];
  return { Resources };
})();
const ESCALATES = template(allow('iam:AttachRolePolicy'));
const ADMIN = template(allow('*'));

/** What a failing expectation says. */
function failure(run: () => void): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The expectation holds.');
}

test('a request is allowed or denied, and the wrong expectation fails', () => {
  expect(READS).toAllow(read);
  expect(READS).not.toAllow(write);
  expect(READS).toDeny(write);
  expect(READS).not.toDeny(read);
  expect(IF_MFA).toDeny(write);
  expect(IF_MFA).toAllow({ ...write, context: { 'aws:MultiFactorAuthPresent': 'true' } });
  for (const wrong of [
    () => expect(READS).toAllow(write),
    () => expect(READS).not.toAllow(read),
    () => expect(READS).toDeny(read),
    () => expect(READS).not.toDeny(write),
  ]) {
    expect(failure(wrong)).toContain('does not hold');
  }
});

test('what is not decided fails with and without not, and says what it depends on', () => {
  for (const open of [
    () => expect(UNREAD).toAllow(write),
    () => expect(UNREAD).not.toAllow(write),
    () => expect(UNREAD).toDeny(write),
    () => expect(UNREAD).not.toDeny(write),
    () => expect(UNREAD).toBeReadOnly(),
    () => expect(UNREAD).not.toBeReadOnly(),
    () => expect(UNREAD).toHaveNoPathTo('admin'),
    () => expect(UNREAD).not.toHaveNoPathTo('admin'),
    () => expect(UNREAD).toGrantNothingBeyond(READS),
    () => expect(UNREAD).not.toGrantNothingBeyond(READS),
  ]) {
    expect(failure(open)).toMatch(/is not decided\n\n[\s\S]*policy\/unseen/);
  }
});

test('a failure shows the request, the statement and the construct', () => {
  const stack = new InvoiceReaderStack(new App(), 'invoice-reader');
  const deletes = { action: 's3:DeleteObject', resource: 'arn:aws:s3:::${InvoicesF0222E8D}/invoices/a' };
  expect(failure(() => expect(stack).toAllow(deletes))).toMatchInlineSnapshot(`
"expect(subject).toAllow does not hold

invoice-reader: s3:DeleteObject on arn:aws:s3:::\${InvoicesF0222E8D}/invoices/a is explicitly-denied
  managed policy 'prod--invoice-reader-boundary' statement 7 (Sid DenyUndeclared) denies it.
  by managed policy 'prod--invoice-reader-boundary' statement 7 (Sid DenyUndeclared) (identity), made by invoice-reader/Reader/Boundary/Resource, in invoice-reader.template.json"
`);
});

test('read-only is shown for all requests, and broken by one', () => {
  expect(READS).toBeReadOnly();
  expect(WRITES).not.toBeReadOnly();
  expect(failure(() => expect(WRITES).toBeReadOnly())).toMatchInlineSnapshot(`
"expect(subject).toBeReadOnly does not hold

reader: It may do s3:PutObject on arn:aws:s3:::example/example.
  counter-example: s3:PutObject on arn:aws:s3:::example/example
  by inline policy 'Read' of role 'reader' statement 1 (identity), in template
  to change: take the action out of the statement that is named, or declare the agent READ_WRITE"
`);
  expect(failure(() => expect(READS).not.toBeReadOnly())).toContain('Every request that it may make lists or reads');
});

test('a path is shown step by step; full control needs none', () => {
  expect(READS).toHaveNoPathTo('admin');
  expect(ESCALATES).not.toHaveNoPathTo('admin');
  expect(failure(() => expect(ESCALATES).toHaveNoPathTo('admin'))).toMatchInlineSnapshot(`
"expect(subject).toHaveNoPathTo does not hold

reader has one way to admin
  1. attaches a policy that allows everything to the role 'reader' [iam-attach-role-policy]
     iam:AttachRolePolicy on arn:aws:iam::\${AWS.AccountId}:role/reader with iam:PolicyARN = arn:aws:iam::aws:policy/AdministratorAccess
     by inline policy 'Read' of role 'reader' statement 1 (identity), in template
  end: arn:aws:iam::\${AWS.AccountId}:role/reader"
`);
  expect(failure(() => expect(ADMIN).toHaveNoPathTo('admin'))).toContain('reader has full control already');
});

test('a path to one end is told by its id, and who is asked about by name', () => {
  const roles = { reader: [allow('sts:AssumeRole')], writer: [allow('s3:PutObject', '*')], other: [allow('s3:GetObject', '*')] };
  const details = accountDetails(roles) as { RoleDetailList: { RoleName: string; AssumeRolePolicyDocument: object }[] };
  for (const role of details.RoleDetailList) {
    const Principal = { AWS: `arn:aws:iam::111122223333:role/${role.RoleName === 'writer' ? 'reader' : 'nobody'}` };
    role.AssumeRolePolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
  }
  expect(details).not.toHaveNoPathTo('arn:aws:iam::111122223333:role/writer', { principal: 'reader' });
  expect(details).not.toHaveNoPathTo('principal', { principal: 'reader' });
  expect(details).not.toHaveNoPathTo('principal');
  expect(details).toHaveNoPathTo('principal', { principal: 'other' });
  expect(details).toHaveNoPathTo('arn:aws:iam::111122223333:role/other', { principal: 'reader' });
});

test('a new version grants nothing beyond the old one, or shows what', () => {
  expect(READS).toGrantNothingBeyond(WRITES);
  expect(WRITES).toGrantNothingBeyond(WRITES);
  expect(WRITES).not.toGrantNothingBeyond(READS);
  expect(failure(() => expect(WRITES).toGrantNothingBeyond(READS))).toContain('counter-example: s3:PutObject on arn:aws:s3:::example/');
  const renamed = JSON.parse(JSON.stringify(READS).replaceAll('reader', 'newcomer')) as object;
  expect(failure(() => expect(renamed).toGrantNothingBeyond(READS))).toContain('newcomer (it was not there before)');
});

describe('subjects', () => {
  const app = new App();
  const stack = new InvoiceReaderStack(app, 'invoice-reader');
  const plain = new Stack(app, 'plain');
  const role = new iam.Role(plain, 'Writer', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), roleName: 'writer' });
  new s3.Bucket(plain, 'Bucket', { bucketName: 'example' }).grantPut(role);
  const invoice = (logicalId: string): { action: string; resource: string } => ({
    action: 's3:GetObject',
    resource: `arn:aws:s3:::\${${logicalId}}/invoices/a`,
  });

  test('a stack answers for its own principals, and its app for all agents', () => {
    expect(stack).toAllow(invoice('invoice-reader.InvoicesF0222E8D'));
    expect(stack).toBeReadOnly();
    expect(plain).toAllow(write);
    expect(plain).not.toBeReadOnly();
    expect(app).toBeReadOnly('invoice-reader');
    expect(app).toHaveNoPathTo('admin');
  });

  test('a nested stack answers for its own principals, and so does any construct', () => {
    const outer = new Stack(new App(), 'outer');
    const bucket = new s3.Bucket(outer, 'Bucket', { bucketName: 'example' });
    const make = (scope: Construct): iam.Role =>
      new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const nested = new NestedStack(outer, 'Nested');
    bucket.grantRead(make(nested));
    bucket.grantPut(make(outer));
    expect(nested).toAllow(read);
    expect(nested).toBeReadOnly();
    expect(outer).not.toBeReadOnly();
    expect(outer.node.findChild('Role')).toAllow(write);
    expect(outer.node.findChild('Role')).toDeny(read);
  });

  test('a document that was changed is another subject', () => {
    const changing = template(allow('s3:GetObject', BUCKET));
    expect(changing).toDeny(write);
    Object.assign(changing, template(allow('s3:*', BUCKET)));
    expect(changing).toAllow(write);
  });

  test('a template of the assertions, its JSON, and the text of it are the same subject', () => {
    const given = Template.fromStack(plain);
    for (const subject of [given, given.toJSON(), JSON.stringify(given.toJSON())]) {
      expect(subject).toAllow({ ...write, principal: 'writer' });
      expect(subject).toGrantNothingBeyond(plain);
    }
  });

  test('a manifest answers for what it declares, and for nothing else', () => {
    expect(manifestOf(app)).toBeReadOnly();
    expect(manifestOf(app)).toBeReadOnly('invoice-reader');
    expect(manifestOf(app)).toAllow(invoice('InvoicesF0222E8D'));
    expect(manifestOf(app)).not.toAllow({ ...invoice('InvoicesF0222E8D'), action: 's3:DeleteObject' });
    expect(manifestOf(app)).toGrantNothingBeyond(manifestOf(app));
    const less = manifestOf(app);
    const [agent] = less.agents;
    const cut = { ...less, agents: [{ ...agent, access: agent?.access.slice(1) }] };
    expect(manifestOf(app)).not.toGrantNothingBeyond(cut);
    expect(cut).toGrantNothingBeyond(less);
    expect(failure(() => expect(less).toHaveNoPathTo('admin'))).toContain('A manifest says what is declared');
    const elsewhere = { ...less, agents: [{ ...agent, cloud: 'gcp' }] };
    expect(failure(() => expect(elsewhere).toBeReadOnly())).toContain('agents on AWS only');
  });

  test.each<[string, unknown, RegExp]>([
    ['a number', 7, /this is number/],
    ['a text', 'no JSON', /this is string/],
    ['another object', { a: 1 }, /this is something else/],
    ['a construct of no app', { node: { root: {} } }, /Matchers of access take a stack/],
  ])('%s is refused', (_title, subject, message) => {
    expect(failure(() => expect(subject).toBeReadOnly())).toMatch(message);
    expect(failure(() => expect(subject).not.toBeReadOnly())).toMatch(message);
  });

  test('where several principals are there, a request needs one named; an unknown name is refused', () => {
    const two = { Resources: { ...template(allow('s3:GetObject')).Resources, Other: template().Resources['Reader'] } };
    (two.Resources.Other as { Properties: Record<string, unknown> }).Properties = { RoleName: 'other', AssumeRolePolicyDocument: {} };
    expect(failure(() => expect(two).toAllow(read))).toMatch(/several principals: name one. There are: 'arn:.*reader', 'arn:.*other'/);
    expect(two).toAllow({ ...read, principal: 'reader' });
    expect(failure(() => expect(two).toBeReadOnly('nobody'))).toContain("No principal is called 'nobody'");
    expect(failure(() => expect({ Resources: {} }).toBeReadOnly())).toContain('The subject has no principal');
  });
});

test('the types of the matchers are known to both ways of importing expect', () => {
  importedExpect.extend(accessMatchers);
  importedExpect(READS).toAllow(read);
  importedExpect(READS).not.toBeReadOnly === undefined;
  const misuse = (): void => {
    // @ts-expect-error: a request needs a resource
    expect(READS).toAllow({ action: 's3:GetObject' });
    // @ts-expect-error: a request needs a resource
    importedExpect(READS).toAllow({ action: 's3:GetObject' });
    // @ts-expect-error: it takes the name of a principal
    expect(READS).toBeReadOnly(7);
    // @ts-expect-error: it compares with an earlier subject
    expect(READS).toGrantNothingBeyond();
  };
  expect(misuse).toBeDefined();
});

test('a stack of cdktf, its JSON and what Testing.synth returns are the same subject', () => {
  const stack = new InvoiceReaderOnGcp(Testing.app(), 'invoice-reader-gcp');
  const reads = { action: 'storage.objects.get', resource: 'projects/_/buckets/example-invoices/objects/invoices/a' };
  const synthesised = Testing.synth(stack);
  for (const subject of [stack, synthesised, JSON.parse(synthesised) as object]) {
    expect(subject).not.toAllow({ ...reads, action: 'storage.objects.delete', principal: 'prod--invoice-reader' });
  }
  expect(stack).toBeReadOnly();
  expect(stack).toHaveNoPathTo('admin');
  expect(stack).toGrantNothingBeyond(stack);
  expect(failure(() => expect(Testing.app()).toBeReadOnly())).toContain('Matchers of access take a stack');
});
