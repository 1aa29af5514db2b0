/** The outputs `Peer` of the three stacks after their first deployment: no secret among them. */

export const aws = {
  // The output of AgentIdentity.outboundIssuer, which the account switches on once.
  issuer: 'https://12345678-1234-1234-1234-123456789012.tokens.sts.global.api.aws',
  responder: 'arn:aws:iam::111122223333:role/agentic-iam-responder/ledger-reader-ContainmentResponderRole',
  listener: 'arn:aws:iam::111122223333:role/agentic-iam-responder/ledgers--listener',
  bus: 'arn:aws:events:eu-central-1:111122223333:event-bus/agentic-iam-ledgers',
};

export const azure = {
  tenantId: '00000000-0000-0000-0000-000000000001',
  principalId: '00000000-0000-0000-0000-000000000003',
  clientId: '00000000-0000-0000-0000-000000000004',
  topic: 'https://agentic-iam-ledgers-containments.westeurope-1.eventgrid.azure.net',
  audience: 'api://00000000-0000-0000-0000-000000000002',
};

export const gcp = {
  uniqueId: '112233445566778899001',
  topic: 'projects/example-finance/topics/agentic-iam-ledgers-containments',
  pool: '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aim-peers-0123abcd',
};
