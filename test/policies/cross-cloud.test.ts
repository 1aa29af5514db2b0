import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaturityLevel } from 'agentic-iam';
import { policySerializer } from 'agentic-iam/testing';
import { App } from 'aws-cdk-lib';
import { App as TerraformApp } from 'cdktf';
import { LedgerReaderStack as OnAws } from '../../examples/cross-cloud/aws';
import { LedgerReaderStack as OnAzure } from '../../examples/cross-cloud/azure';
import { LedgerReaderStack as OnGcp } from '../../examples/cross-cloud/gcp';
import { reviewWorlds } from '../../lib/core/review/review';
import { Folder } from '../../lib/policy/documents/files';
import { readFolder } from '../../lib/policy/documents/folder';
import { scorecardOf } from '../../lib/policy/scorecard';
import { worldsOf } from '../../lib/policy/worlds';
import { documentsOf, resourcesOf } from '../setup/policies';
import { problemsOf } from '../setup/terraform-schema';

expect.addSnapshotSerializer(policySerializer);

test('on AWS the agent reads its bucket and may say to Azure who it is', () => {
  const { inline } = documentsOf((app) => new OnAws(app, 'ledger-reader'));
  const own = Object.entries(inline).filter(([name]) => name.startsWith('ReaderRole'));
  expect(Object.fromEntries(own)).toMatchInlineSnapshot(`
{
  "ReaderRolePolicy5EBD86B9": allow s3:GetObject on \${LedgerB7379752.Arn}/* if StringEquals aws:ResourceAccount = 111122223333
allow sts:GetWebIdentityToken on * if ForAllValues:StringEquals sts:IdentityTokenAudience = api://AzureADTokenExchange and Null sts:IdentityTokenAudience = false and NumericLessThanEquals sts:DurationSeconds = 3600 and StringEquals sts:SigningAlgorithm = RS256,
}
`);
});

test('Azure lets in exactly that role, by the issuer of its account', () => {
  const of = resourcesOf((app) => new OnAzure(app, 'ledger-reader-azure'));
  expect(of('azurerm_federated_identity_credential', 'audience', 'issuer', 'subject')).toMatchInlineSnapshot(`
[
  {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://12345678-1234-1234-1234-123456789012.tokens.sts.global.api.aws",
    "subject": "arn:aws:iam::111122223333:role/agentic-iam-responder/ledger-reader-ContainmentResponderRole",
  },
  {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://accounts.google.com",
    "subject": "112233445566778899001",
  },
  {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://12345678-1234-1234-1234-123456789012.tokens.sts.global.api.aws",
    "subject": "arn:aws:iam::111122223333:role/agentic-iam/ledgers/ledgers--ledger-reader",
  },
]
`);
});

test('Google Cloud lets in exactly that role, by its account', () => {
  const of = resourcesOf((app) => new OnGcp(app, 'ledger-reader-gcp'));
  expect(of('google_iam_workload_identity_pool_provider', 'attribute_condition', 'aws')).toMatchInlineSnapshot(`
[
  {
    "attribute_condition": "assertion.account == '111122223333' && assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/ledgers--ledger-reader/')",
    "aws": {
      "account_id": "111122223333",
    },
  },
  {
    "attribute_condition": "assertion.sub == 'arn:aws:iam::111122223333:role/agentic-iam-responder/ledger-reader-ContainmentResponderRole'",
  },
  {
    "attribute_condition": "assertion.sub == '00000000-0000-0000-0000-000000000003'",
  },
]
`);
});

test('the review follows the agent to the other clouds, and calls that no escalation', async () => {
  const cdk = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-')) });
  new OnAws(cdk, 'ledger-reader');
  const terraform = new TerraformApp({ outdir: mkdtempSync(join(tmpdir(), 'cdktf-')) });
  new OnAzure(terraform, 'ledger-reader-azure');
  new OnGcp(terraform, 'ledger-reader-gcp');
  terraform.synth();
  const folders = [cdk.synth().directory, terraform.outdir];
  const worlds = worldsOf(folders.flatMap((folder) => readFolder(new Folder(folder))));
  const review = reviewWorlds(worlds, { sources: [] });
  const onAws = review.principals.find(({ cloud }) => cloud === 'aws');
  expect(onAws?.paths).toEqual([]);
  expect(onAws?.blastRadius.principals).toEqual(
    expect.arrayContaining([
      'serviceAccount:ledgers--ledger-reader@example-finance.iam.gserviceaccount.com',
      expect.stringContaining('azurerm_user_assigned_identity'),
    ]),
  );
  for (const other of review.principals.filter(({ cloud }) => cloud !== 'aws'))
    expect(other.blastRadius.principals).not.toContain(onAws?.id);
});

// On Google Cloud nothing may put bindings back: that it is found stands for it.
test.each<[string, (app: TerraformApp) => unknown, string]>([
  ['Azure', (app) => new OnAzure(app, 'ledger-reader-azure'), 'missing'],
  ['Google Cloud', (app) => new OnGcp(app, 'ledger-reader-gcp'), 'met'],
])('on %s the fleet stands where it is held to, and is looked after; what differs is told', (_, make, repaired) => {
  const app = new TerraformApp({ outdir: mkdtempSync(join(tmpdir(), 'ledgers-')) });
  make(app);
  app.synth();
  const inputs = readFolder(new Folder(app.outdir, ''));
  for (const { kind, json } of inputs) if (kind === 'terraform-stack') expect(problemsOf(json as Record<string, unknown>)).toEqual([]);
  const [agent] = scorecardOf(inputs, { receipts: { schemaVersion: 1, receipts: [] }, now: new Date('2026-11-26T12:00:00Z') }).agents;
  expect([agent?.fleet, agent?.level]).toEqual(['ledgers', MaturityLevel.LOGGING]);
  const status = Object.fromEntries((agent?.results ?? []).map((one) => [one.control, one.status]));
  expect(status).toMatchObject({ 'drift-found': 'met', 'unused-found': 'met', 'evidence-kept': 'met', 'drift-repaired': repaired });
});
