import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App as CdkApp, aws_iam as iam, NestedStack, type Stack, Stage, aws_s3 as s3 } from 'aws-cdk-lib';
import { App as CdktfApp } from 'cdktf';
import { InvoiceReaderStack } from '../../examples/invoice-reader/aws';
import { InvoiceReaderStack as InvoiceReaderOnAzure } from '../../examples/invoice-reader/azure';
import { InvoiceReaderStack as InvoiceReaderOnGcp } from '../../examples/invoice-reader/gcp';
import { SupportDeskStack } from '../../examples/support-desk/aws';
import type { Review } from '../../lib/core/review/result';
import { cli, Workbench } from './command-line';

const bench = new Workbench();
const assembly = join(bench.path, 'cdk.out');
afterAll(() => bench.remove());

class Archive extends NestedStack {
  constructor(scope: Stack, id: string, bucket: s3.IBucket) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }));
  }
}

beforeAll(() => {
  const app = new CdkApp({ outdir: assembly });
  const stack = new InvoiceReaderStack(app, 'reader', { env: { account: '111122223333', region: 'eu-central-1' } });
  const bucket = new s3.Bucket(stack, 'Shared', { bucketName: 'example-shared' });
  new Archive(stack, 'Archive', bucket);
  new Archive(stack, 'Second', new s3.Bucket(stack, 'Other', { bucketName: 'example-other' }));
  const stage = new Stage(app, 'Prod');
  new SupportDeskStack(stage, 'desk');
  app.synth();
});

test('a folder of the CDK gives every stack, of stages too, with its file, account and construct', async () => {
  const { principals, sources, unknowns } = await review(assembly);
  expect(sources.map((file) => file.replace(`${assembly}/`, '').replace(/[0-9A-F]{8}/, 'HASH'))).toEqual([
    'assembly-Prod/ProddeskHASH.template.json',
    'reader.template.json',
    'reader-us-east-1.template.json',
    'agentic-iam.manifest.json',
  ]);
  expect(unknowns).toEqual([]);
  const [bound] = principals.filter(({ id }) => id.includes('111122223333'));
  expect(bound).toMatchObject({ agent: 'invoice-reader', construct: 'reader/Reader/Role/Resource' });
});

test('nested stacks are part of their stack: what each was given is known, so that a test can name the real bucket', async () => {
  const expectation = (name: string, bucket: string, expect: string): object => ({
    principal: `reader/${name}/Role/Resource`,
    action: 's3:GetObject',
    resource: `arn:aws:s3:::example-${bucket}/a`,
    expect,
  });
  const file = bench.write('nested.json', [
    expectation('Archive', 'shared', 'allowed'),
    expectation('Archive', 'other', 'implicitly-denied'),
    expectation('Second', 'other', 'allowed'),
    expectation('Second', 'shared', 'implicitly-denied'),
  ]);
  const { out, err, code } = await cli(['test', file, '--in', assembly]);
  expect([out, err, code]).toEqual([expect.stringMatching(/\n4 of 4 as expected\n$/), '', 0]);
});

test('a folder of cdktf is read stack by stack', async () => {
  const outdir = join(bench.path, 'cdktf.out');
  const app = new CdktfApp({ outdir });
  new InvoiceReaderOnGcp(app, 'reader-gcp');
  app.synth();
  const { sources } = await review(outdir);
  expect(sources).toEqual([join(outdir, 'stacks/reader-gcp/cdk.tf.json'), join(outdir, 'agentic-iam.manifest.json')]);
  rmSync(join(outdir, 'stacks/reader-gcp/cdk.tf.json'));
  const { code, err } = await cli(['review', outdir]);
  expect([code, err]).toEqual([2, expect.stringContaining("reader-gcp/cdk.tf.json' must be a file that can be read")]);
});

test('a template that the assembly names and that is missing is an error, never passed over', async () => {
  const broken = bench.write('broken/manifest.json', {
    artifacts: { App: { type: 'aws:cloudformation:stack', environment: 'aws://1/r', properties: { templateFile: 'App.template.json' } } },
  });
  const { code, err } = await cli(['review', broken.replace('/manifest.json', '')]);
  expect([code, err]).toEqual([2, expect.stringContaining("broken/App.template.json' must be a file that can be read")]);
});

async function review(path: string): Promise<Review> {
  const { out, err } = await cli(['review', path, '--json']);
  expect(err).toBe('');
  return JSON.parse(out) as Review;
}

test('an agent on three clouds is known by its name on each: the action tells which is meant', async () => {
  const outdir = join(bench.path, 'three-clouds');
  const app = new CdktfApp({ outdir });
  new InvoiceReaderOnGcp(app, 'reader-gcp');
  new InvoiceReaderOnAzure(app, 'reader-azure');
  app.synth();
  const blobs =
    '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.Storage/storageAccounts/financedata/blobServices/default/containers/invoices/blobs';
  const expectations = [
    ['s3:GetObject', 'arn:aws:s3:::${reader.InvoicesF0222E8D}/invoices/a', 'allowed'],
    ['s3:DeleteObject', 'arn:aws:s3:::${reader.InvoicesF0222E8D}/invoices/a', 'denied'],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read', `${blobs}/invoices/a`, 'allowed'],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read', `${blobs}/other/a`, 'denied'],
    ['storage.buckets.delete', '*', 'denied'],
    ['storage.objects.get', 'projects/example-finance/buckets/example-finance-invoices/objects/invoices/a', 'allowed'],
    ['storage.objects.get', 'projects/_/buckets/example-finance-invoices/objects/invoices/a', 'allowed'],
    ['storage.objects.get', '//storage.googleapis.com/projects/_/buckets/example-finance-invoices/objects/other/a', 'denied'],
  ].map(([action, resource, expected]) => ({ principal: 'invoice-reader', action, resource, expect: expected }));
  const { out, err } = await cli(['test', bench.write('clouds.json', expectations), '--in', assembly, '--in', outdir]);
  expect([err, out.split('\n').filter((line) => !line.startsWith('ok ') && !line.startsWith('  '))]).toEqual([
    '',
    ['8 of 8 as expected', ''],
  ]);
  const review = JSON.parse((await cli(['review', assembly, outdir, '--principal', 'invoice-reader', '--json'])).out) as Review;
  expect(review.principals.map(({ cloud }) => cloud)).toEqual(['aws', 'azure', 'gcp']);
});
