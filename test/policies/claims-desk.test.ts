import { policySerializer } from 'agentic-iam/testing';
import { ClaimsDeskStack } from '../../examples/claims-desk/aws';
import { ClaimsArchiveStack } from '../../examples/claims-desk/gcp';
import { ClaimsVaultStack } from '../../examples/claims-desk/vault';
import { documentsOf, resourcesOf } from '../setup/policies';

expect.addSnapshotSerializer(policySerializer);

const { trust, inline, managed } = documentsOf((app) => new ClaimsDeskStack(app, 'claims-desk'));
const pick = (documents: Readonly<Record<string, unknown>>, pattern: RegExp) =>
  Object.fromEntries(Object.entries(documents).filter(([name]) => pattern.test(name)));

test('the reader is taken on by the desk or by the broker, the others by the desk alone', () => {
  expect(pick(trust, /^prod--/)).toMatchInlineSnapshot(`
{
  "prod--claim-reader": allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam-broker/prod--task-broker if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = claim-reader and StringEquals aws:RequestTag/agentic-iam:chain = claim-reader and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = claim-reader@*
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--claims-desk if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = claims-desk and StringEquals aws:RequestTag/agentic-iam:chain = claims-desk/claim-reader and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = claims-desk@*,
  "prod--claim-writer": allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--claims-desk if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = claims-desk and StringEquals aws:RequestTag/agentic-iam:chain = claims-desk/claim-writer and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = claims-desk@*,
  "prod--claims-desk": allow sts:AssumeRole by Service ecs-tasks.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:* and StringEquals aws:SourceAccount = \${AWS::AccountId},
  "prod--registry-client": allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--claims-desk if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = claims-desk and StringEquals aws:RequestTag/agentic-iam:chain = claims-desk/registry-client and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = claims-desk@*,
  "prod--task-broker": allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = \${AWS::AccountId},
}
`);
});

test('each agent may do what it declares, and the broker takes on the reader alone', () => {
  expect(pick(inline, /^(Desk|Reader|Registry|Writer)Role|^TasksRolePolicy/)).toMatchInlineSnapshot(`
{
  "DeskRolePolicy916AA0EA": allow bedrock:InvokeModel on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow sqs:DeleteMessage, sqs:ReceiveMessage on \${InboxA8E05DC3.Arn}
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--claim-reader, arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--claim-writer, arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--registry-client,
  "ReaderRolePolicy10F4E949": allow dynamodb:Query on \${ClaimsE8D96B24.Arn}
allow s3:GetObject on \${Documents7E5B2978.Arn}/* if StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow s3:ListBucket on \${Documents7E5B2978.Arn} if StringEquals aws:ResourceAccount = \${AWS::AccountId},
  "RegistryRolePolicyB2BDCBEA": allow secretsmanager:GetSecretValue on \${RegistryTokenSecretBBE702B0} if Null secretsmanager:VersionId = true and StringEqualsIfExists secretsmanager:VersionStage = AWSCURRENT,
  "TasksRolePolicy92E4D23A": allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem on \${TasksLedgerB7963ED1.Arn}
allow logs:CreateLogStream, logs:PutLogEvents on \${TasksLog0BCAFA31.Arn}
allow ssm:GetParameter on arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/agentic-iam/prod/tasks/*
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--claim-reader,
  "WriterRolePolicyCF6C49CE": allow dynamodb:PutItem, dynamodb:UpdateItem on \${ClaimsE8D96B24.Arn}
allow sqs:SendMessage on \${LettersDC1467AC.Arn},
}
`);
});

test('the code of a task may call the broker, and nothing else', () => {
  expect(pick(inline, /^TaskRunner/)).toMatchInlineSnapshot(`
{
  "TaskRunnerDefaultPolicyB6098D03": allow lambda:InvokeFunction on \${TasksFunction49ACDD17.Arn} if Bool lambda:InvokedViaFunctionUrl = true
allow lambda:InvokeFunctionUrl on \${TasksFunction49ACDD17.Arn} if StringEquals lambda:FunctionUrlAuthType = AWS_IAM,
}
`);
});

test('chains are stopped by one policy', () => {
  expect(pick(managed, /--chain-/)).toMatchInlineSnapshot(`
{
  "prod--chain-xayucj7gi2": deny * on * if StringLike aws:SourceIdentity = -@-,
}
`);
});

test('the archive lets in the role of the registry client', () => {
  const of = resourcesOf((app) => new ClaimsArchiveStack(app, 'claims-archive'));
  expect(of('google_iam_workload_identity_pool_provider', 'attribute_condition')).toMatchInlineSnapshot(`
[
  {
    "attribute_condition": "assertion.account == '111122223333' && assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/prod--registry-client/')",
  },
]
`);
  expect(of('google_secret_manager_secret', 'secret_id', 'replication', 'deletion_protection')).toMatchInlineSnapshot(`
[
  {
    "deletion_protection": true,
    "replication": {
      "auto": {},
    },
    "secret_id": "archive-key",
  },
]
`);
});

test('Vault lets in the role of the registry client, to one path', () => {
  const of = resourcesOf((app) => new ClaimsVaultStack(app, 'claims-vault'));
  expect(of('vault_aws_auth_backend_role', 'bound_iam_principal_arns', 'token_ttl', 'token_no_default_policy')).toMatchInlineSnapshot(`
[
  {
    "bound_iam_principal_arns": [
      "arn:aws:iam::111122223333:role/agentic-iam/prod/prod--registry-client",
    ],
    "token_no_default_policy": true,
    "token_ttl": 3600,
  },
]
`);
  expect(of('vault_policy', 'policy')).toMatchInlineSnapshot(`
[
  {
    "policy": "path "secret/data/claims/partner-key" {
  capabilities = ["read"]
}
",
  },
]
`);
});
