import { policySerializer } from 'agentic-iam/testing';
import { SupportDeskStack } from '../../examples/support-desk/aws';
import { documentsOf } from '../setup/policies';

expect.addSnapshotSerializer(policySerializer);

const { trust, inline, managed } = documentsOf((app) => new SupportDeskStack(app, 'support-desk'));

test('a task may become the coordinator, and only the coordinator may become the other two', () => {
  expect(trust).toMatchInlineSnapshot(`
{
  "prod--desk-coordinator": allow sts:AssumeRole by Service ecs-tasks.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:* and StringEquals aws:SourceAccount = \${AWS::AccountId},
  "prod--desk-researcher": allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--desk-coordinator if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = desk-coordinator and StringEquals aws:RequestTag/agentic-iam:chain = desk-coordinator/desk-researcher and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = desk-coordinator@*,
  "prod--desk-writer": allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--desk-coordinator if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = desk-coordinator and StringEquals aws:RequestTag/agentic-iam:chain = desk-coordinator/desk-writer and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = desk-coordinator@*,
}
`);
});

test('each agent may do what it declares; the native grant stands apart', () => {
  expect(inline).toMatchInlineSnapshot(`
{
  "CoordinatorRolePolicy5401F047": allow bedrock:InvokeModelWithResponseStream on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow sqs:DeleteMessage, sqs:ReceiveMessage on \${InboxA8E05DC3.Arn}
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--desk-researcher, arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--desk-writer,
  "ResearcherIdentityRoleDefaultPolicy31FA67F7": allow s3:GetBucket*, s3:GetObject*, s3:List* on \${Attachments87B238D3.Arn}, \${Attachments87B238D3.Arn}/*,
  "ResearcherRolePolicyC0D7CAD3": allow bedrock:InvokeModel on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow bedrock:Retrieve on arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:knowledge-base/HANDBOOK01
allow dynamodb:Query on \${Tickets83B11BB2.Arn},
  "WriterRolePolicyCF6C49CE": allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem on \${Tickets83B11BB2.Arn}
allow sqs:SendMessage on \${Outbox27BBF20A.Arn},
}
`);
});

test('the boundary of each admits that and denies all else', () => {
  expect(managed).toMatchInlineSnapshot(`
{
  "prod--chain-mgnakaeak6": deny * on * if StringLike aws:SourceIdentity = -@-,
  "prod--desk-coordinator-boundary": allow bedrock:InvokeModelWithResponseStream on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow sqs:DeleteMessage, sqs:ReceiveMessage on \${InboxA8E05DC3.Arn}
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--desk-researcher, arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/prod--desk-writer
deny account:*, iam:*, organizations:* on *
deny all but bedrock:InvokeModelWithResponseStream, sqs:DeleteMessage, sqs:ReceiveMessage, sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on *
deny all but sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on * if StringNotEquals aws:RequestedRegion = \${AWS::Region},
  "prod--desk-researcher-boundary": allow bedrock:InvokeModel on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow bedrock:Retrieve on arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:knowledge-base/HANDBOOK01
allow dynamodb:Query on \${Tickets83B11BB2.Arn}
allow s3:GetBucket*, s3:GetObject*, s3:List* on \${Attachments87B238D3.Arn}, \${Attachments87B238D3.Arn}/*
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but bedrock:InvokeModel, bedrock:Retrieve, dynamodb:Query, s3:GetBucket*, s3:GetObject*, s3:List* on *,
  "prod--desk-writer-boundary": allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem on \${Tickets83B11BB2.Arn}
allow sqs:SendMessage on \${Outbox27BBF20A.Arn}
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem, sqs:SendMessage on *,
}
`);
});
