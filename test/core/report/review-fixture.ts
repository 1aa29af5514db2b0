import { Severity } from '../../../lib/core/finding';
import type {
  BlastRadius,
  ClaimId,
  ClaimVerdict,
  GraphEdge,
  GraphNode,
  HarmLevel,
  HarmReach,
  PathStep,
  PrincipalReview,
  Review,
} from '../../../lib/core/review/result';

const ADMIN = 'arn:aws:iam::111122223333:root';
const BUILDER = 'arn:aws:iam::111122223333:role/nightly-builder';
const PLATFORM = 'arn:aws:iam::111122223333:role/platform-admin';
const ERP = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp-token-AbCdEf';
const STORE = '/subscriptions/0000/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/acme/containers';
const VAULT = '/subscriptions/0000/resourceGroups/data/providers/Microsoft.KeyVault/vaults/shared-vault';
const DEPLOYER = 'serviceAccount:deployer@acme-logs.iam.gserviceaccount.com';
const EXAMPLES: Readonly<Record<HarmLevel, readonly string[]>> = {
  'read-data': ['s3:GetObject', 's3:ListBucket', 'dynamodb:GetItem'],
  'read-credentials': ['secretsmanager:GetSecretValue', 'ssm:GetParameter', 'sts:GetSessionToken'],
  'change-data': ['s3:PutObject', 'dynamodb:UpdateItem', 'sqs:SendMessage'],
  destroy: ['s3:DeleteBucket', 'dynamodb:DeleteTable', 'kms:ScheduleKeyDeletion'],
  grant: ['iam:AttachRolePolicy', 'iam:PutRolePolicy', 's3:PutBucketPolicy'],
  'run-code': ['lambda:CreateFunction', 'ecs:RunTask', 'ssm:SendCommand'],
};

/** Review of six agents on three clouds: quiet ones, a refuted claim, a path of three steps, and a claim that is not proven. */
export const SIX: Review = review(
  [invoiceReader(), deployHelper(), reportWriter(), ticketTriage(), keyRotator(), logAnalyst()],
  [
    { id: ADMIN, name: 'full control of 111122223333', kind: 'admin', cloud: 'aws', type: 'account' },
    { id: BUILDER, name: 'nightly-builder', kind: 'principal', cloud: 'aws', type: 'role' },
    { id: PLATFORM, name: 'platform-admin', kind: 'principal', cloud: 'aws', type: 'role' },
    { id: 'arn:aws:s3:::invoices/*', name: 'invoices', kind: 'resource', cloud: 'aws', type: 'AWS::S3::Bucket' },
    { id: 'arn:aws:s3:::reports/*', name: 'reports', kind: 'resource', cloud: 'aws', type: 'AWS::S3::Bucket' },
    { id: ERP, name: 'erp-token', kind: 'credentials', cloud: 'aws', type: 'AWS::SecretsManager::Secret' },
    { id: `${STORE}/tickets`, name: 'tickets', kind: 'resource', cloud: 'azure', type: 'storage container' },
    { id: VAULT, name: 'shared-vault', kind: 'credentials', cloud: 'azure', type: 'key vault' },
    { id: DEPLOYER, name: 'deployer', kind: 'principal', cloud: 'gcp', type: 'service-account' },
    { id: 'projects/_/buckets/audit-logs', name: 'audit-logs', kind: 'resource', cloud: 'gcp', type: 'google_storage_bucket' },
  ],
  [
    edge(role('invoice-reader'), 'arn:aws:s3:::invoices/*', 'read-data'),
    edge(role('invoice-reader'), ERP, 'read-credentials'),
    edge(role('invoice-reader'), role('report-writer'), 'delegates'),
    edge(role('report-writer'), 'arn:aws:s3:::reports/*', 'read-data'),
    edge(role('report-writer'), 'arn:aws:s3:::reports/*', 'change-data'),
    edge(role('deploy-helper'), BUILDER, 'escalates'),
    edge(BUILDER, PLATFORM, 'escalates'),
    edge(PLATFORM, ADMIN, 'escalates'),
    edge(BUILDER, 'arn:aws:s3:::reports/*', 'destroy'),
    edge(identity('ticket-triage'), `${STORE}/tickets`, 'change-data'),
    edge(identity('key-rotator'), VAULT, 'read-credentials'),
    edge(identity('key-rotator'), VAULT, 'grant'),
    edge(account('log-analyst'), 'projects/_/buckets/audit-logs', 'read-data'),
    edge(account('log-analyst'), DEPLOYER, 'escalates'),
    edge(DEPLOYER, 'projects/_/buckets/audit-logs', 'run-code'),
  ],
);

/** A fleet of any size: most agents quiet, some with what the six have. Deterministic. */
export function fleetReview(size: number): Review {
  const clouds = ['aws', 'azure', 'gcp'];
  const kinds = ['role', 'managed-identity', 'service-account'];
  const types = ['AWS::S3::Bucket', 'storage container', 'google_storage_bucket'];
  const principals: PrincipalReview[] = [];
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (let index = 0; index < size; index += 1) {
    const cloud = clouds[index % 3] ?? 'aws';
    const name = `${TEAMS[index % TEAMS.length]}-${JOBS[Math.floor(index / TEAMS.length) % JOBS.length]}-${index}`;
    const id = `${cloud}:prod--${name}`;
    const bucket = `${cloud}:data-${index % 70}`;
    const wrong = index % 17 === 3;
    const open = index % 23 === 5;
    const target = `${cloud}:ops-${index % 6}`;
    const steps = wrong ? [step(id, target, 'function code update')] : [];
    principals.push({
      id,
      name: `prod--${name}`,
      cloud,
      kind: kinds[index % 3] ?? 'role',
      agent: name,
      source: `cdk.out/Fleet${index % 9}.template.json`,
      construct: `Fleet${index % 9}/${name}/Identity`,
      blastRadius: radius({ 'read-data': 1 + (index % 4), ...(index % 5 === 0 ? { 'change-data': 2 } : {}) }, [bucket], {
        principals: wrong ? [target] : [],
      }),
      paths: wrong ? [{ to: 'principal', toArn: target, steps }] : [],
      claims: [
        claim('within-declared', open ? 'not-proven' : 'proven'),
        claim('no-escalation', wrong ? 'refuted' : 'proven'),
        claim('read-only', 'proven'),
      ],
      findings: wrong ? [finding('privilege-escalation', name, `can take over ${target}`)] : [],
    });
    nodes.push({ id: bucket, name: `data-${index % 70}`, kind: 'resource', cloud, type: types[index % 3] ?? '' });
    edges.push(edge(id, bucket, index % 5 === 0 ? 'change-data' : 'read-data'));
    if (index % 4 === 1) {
      const shared = `${cloud}:shared-${index % 12}`;
      nodes.push({ id: shared, name: `shared-${index % 12}`, kind: 'credentials', cloud, type: 'secret' });
      edges.push(edge(id, shared, 'read-credentials'));
    }
    if (wrong) {
      nodes.push({ id: target, name: `ops-${index % 6}`, kind: 'principal', cloud, type: kinds[index % 3] ?? '' });
      edges.push(edge(id, target, 'escalates'), edge(target, bucket, 'destroy'));
    }
  }
  const unique = [...new Map(nodes.map((node) => [node.id, node])).values()];
  return review(principals, unique, edges);
}

const TEAMS = ['billing', 'claims', 'catalogue', 'support', 'payroll', 'logistics', 'research', 'fraud', 'onboarding', 'archive'];
const JOBS = ['reader', 'writer', 'planner', 'triage', 'summary', 'audit'];

function review(principals: readonly PrincipalReview[], others: readonly GraphNode[], edges: readonly GraphEdge[]): Review {
  const agents = principals.map(
    ({ id, agent, name, cloud, kind }): GraphNode => ({ id, name: agent ?? name, kind: agent ? 'agent' : 'principal', cloud, type: kind }),
  );
  return {
    schemaVersion: 1,
    library: '0.1.0',
    sources: [...new Set(principals.map(({ source }) => source))],
    principals,
    graph: { nodes: [...agents, ...others], edges },
    unknowns: principals.some(({ name }) => name.includes('log-analyst'))
      ? ["The custom role 'projects/acme-logs/roles/logViewer' is not among the files; what it permits is not known."]
      : [],
  };
}

function invoiceReader(): PrincipalReview {
  return {
    ...awsAgent('invoice-reader'),
    blastRadius: radius({ 'read-data': 4, 'read-credentials': 1 }, ['arn:aws:s3:::invoices/*'], {
      sentence: 'If taken over, invoice-reader can read 1 bucket and 1 declared secret, and change nothing.',
      containedBy: ['permissions boundary prod--invoice-reader', 'sessions of 15 minutes'],
    }),
    claims: [claim('read-only', 'proven'), claim('no-escalation', 'proven'), claim('within-declared', 'proven')],
  };
}

function deployHelper(): PrincipalReview {
  const me = role('deploy-helper');
  return {
    ...awsAgent('deploy-helper'),
    blastRadius: radius(
      { 'read-data': 812, 'read-credentials': 19, 'change-data': 2210, destroy: 634, grant: 171, 'run-code': 96 },
      ['*'],
      {
        sentence: 'If taken over, deploy-helper can take over the whole account 111122223333 in three steps.',
        principals: [BUILDER, PLATFORM],
        admin: true,
      },
    ),
    paths: [
      {
        to: 'admin',
        toArn: ADMIN,
        steps: [
          {
            ...step(me, BUILDER, 'lambda-create-function'),
            sentence: "Creates a Lambda function that runs as role 'nightly-builder' and invokes it, so its own code runs with that role.",
            requests: [
              { action: 'lambda:CreateFunction', resource: 'arn:aws:lambda:eu-central-1:111122223333:function:any' },
              { action: 'iam:PassRole', resource: BUILDER, context: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
              { action: 'lambda:InvokeFunction', resource: 'arn:aws:lambda:eu-central-1:111122223333:function:any' },
            ],
            conditions: ["iam:PassedToService StringEquals 'lambda.amazonaws.com'"],
          },
          {
            ...step(BUILDER, PLATFORM, 'sts-assume-role'),
            sentence: "Assumes role 'platform-admin', whose trust policy names 'nightly-builder'.",
          },
          {
            ...step(PLATFORM, ADMIN, 'already-admin'),
            sentence: "Role 'platform-admin' may do everything in account 111122223333.",
            assumed: true,
          },
        ],
      },
    ],
    claims: [
      claim('read-only', 'proven'),
      {
        ...claim('no-escalation', 'refuted'),
        reason: 'It can become admin of account 111122223333 in 3 steps.',
        counterExample: { action: 'iam:PassRole', resource: BUILDER, context: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
        origins: [origin('DeployPolicy statement 2 (Sid PassAnything)', 'identity', 'Shop/DeployHelper/Policy')],
        fix: "Limit iam:PassRole to the function's own role, or deny it in the boundary.",
      },
    ],
    findings: [
      finding(
        'privilege-escalation',
        'deploy-helper',
        'can take over account 111122223333 in 3 steps, beginning with lambda-create-function',
      ),
    ],
  };
}

function reportWriter(): PrincipalReview {
  return {
    ...awsAgent('report-writer'),
    blastRadius: radius({ 'read-data': 3, 'change-data': 1 }, ['arn:aws:s3:::reports/*'], {
      sentence: 'If taken over, report-writer can read and overwrite 1 bucket.',
      containedBy: ['condition aws:SourceVpce'],
    }),
    claims: [
      {
        ...claim('read-only', 'refuted'),
        reason: 'It may write: s3:PutObject is allowed.',
        counterExample: {
          action: 's3:PutObject',
          resource: 'arn:aws:s3:::reports/2026/any.csv',
          context: { 'aws:SourceVpce': 'vpce-0a1b2c3d', 's3:x-amz-acl': ['private', 'bucket-owner-full-control'] },
        },
        origins: [origin('ReportsPolicy statement 1 (Sid WriteReports)', 'identity', 'Shop/ReportWriter/Policy')],
        fix: 'Remove s3:PutObject from the statement, or declare the agent READ_WRITE.',
      },
      claim('no-escalation', 'proven'),
    ],
    findings: [
      finding('read-only', 'report-writer', "is declared READ_ONLY and may do s3:PutObject on 'arn:aws:s3:::reports/2026/any.csv'"),
    ],
  };
}

function ticketTriage(): PrincipalReview {
  return {
    ...base('ticket-triage', 'azure', 'managed-identity', identity('ticket-triage'), 'cdktf.out/stacks/support/cdk.tf.json'),
    blastRadius: radius({ 'read-data': 2, 'change-data': 2 }, [`${STORE}/tickets`]),
    claims: [claim('within-declared', 'proven'), claim('no-escalation', 'proven')],
  };
}

function keyRotator(): PrincipalReview {
  return {
    ...base('key-rotator', 'azure', 'managed-identity', identity('key-rotator'), 'cdktf.out/stacks/support/cdk.tf.json'),
    blastRadius: radius({ 'read-credentials': 6, grant: 1 }, [VAULT], {
      sentence: "If taken over, key-rotator can read every secret of vault 'shared-vault' and let others read them.",
    }),
    paths: [
      {
        to: 'credentials',
        toArn: VAULT,
        steps: [
          {
            ...step(identity('key-rotator'), VAULT, 'vault-list-secrets'),
            sentence: "Reads secrets of 'shared-vault' that were not declared.",
          },
        ],
      },
    ],
    claims: [
      {
        ...claim('no-undeclared-credentials', 'refuted'),
        counterExample: { action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action', resource: `${VAULT}/secrets/any` },
        origins: [origin("assignment of 'Key Vault Administrator'", 'assignment', 'support/KeyRotator/Role')],
        fix: "Assign 'Key Vault Secrets User' on the one secret instead.",
      },
    ],
    findings: [finding('undeclared-credentials', 'key-rotator', "reads every secret of 'shared-vault'")],
  };
}

function logAnalyst(): PrincipalReview {
  return {
    ...base('log-analyst', 'gcp', 'service-account', account('log-analyst'), 'cdktf.out/stacks/logs/cdk.tf.json'),
    blastRadius: radius({ 'read-data': 5, 'run-code': 1 }, ['projects/_/buckets/audit-logs'], { principals: [DEPLOYER] }),
    paths: [
      {
        to: 'principal',
        toArn: DEPLOYER,
        steps: [
          {
            ...step(account('log-analyst'), DEPLOYER, 'act-as'),
            sentence: "Deploys a Cloud Run service that runs as 'deployer'.",
            assumed: true,
          },
        ],
      },
    ],
    claims: [
      {
        ...claim('read-only', 'not-proven'),
        reason: "The custom role 'projects/acme-logs/roles/logViewer' is not among the files; what it permits is not known.",
        fix: "Review the stack that makes the role together with this one, or pass the role's definition.",
      },
    ],
    findings: [],
  };
}

function role(name: string): string {
  return `arn:aws:iam::111122223333:role/agents/prod--${name}`;
}

function identity(name: string): string {
  return `/subscriptions/0000/resourceGroups/agents/providers/Microsoft.ManagedIdentity/userAssignedIdentities/prod--${name}`;
}

function account(name: string): string {
  return `serviceAccount:prod--${name}@acme-logs.iam.gserviceaccount.com`;
}

function edge(from: string, to: string, kind: GraphEdge['kind']): GraphEdge {
  return { from, to, kind };
}

function awsAgent(name: string): PrincipalReview {
  return base(name, 'aws', 'role', role(name), 'cdk.out/Shop.template.json');
}

function base(agent: string, cloud: string, kind: string, id: string, source: string): PrincipalReview {
  const construct = `Shop/${agent}/Identity`;
  const shared = { blastRadius: radius({}, []), paths: [], claims: [], findings: [] };
  return { id, name: `prod--${agent}`, cloud, kind, agent, source, construct, ...shared };
}

function origin(statement: string, layer: string, construct: string): PathStep['allowedBy'][number] {
  return { statement, layer, construct, source: 'cdk.out/Shop.template.json' };
}

function step(from: string, to: string, technique: string): PathStep {
  const requests = [{ action: 'sts:AssumeRole', resource: to }];
  const allowedBy = [origin('DeployPolicy statement 2 (Sid PassAnything)', 'identity', 'Shop/DeployHelper/Policy')];
  return { from, to, technique, sentence: `Takes over ${to}.`, requests, allowedBy, conditions: [], assumed: false };
}

function claim(id: ClaimId, verdict: ClaimVerdict['verdict']): ClaimVerdict {
  const reasons = {
    proven: 'No request is allowed that breaks it.',
    refuted: 'A request breaks it.',
    'not-proven': 'A managed policy is not at hand.',
  };
  return { claim: id, verdict, reason: reasons[verdict] };
}

function finding(id: string, agent: string, message: string): PrincipalReview['findings'][number] {
  return { id, severity: Severity.ERROR, agent, message, fix: 'Narrow the statement that is named.', evidence: { key: `${id} ${agent}` } };
}

function radius(
  actions: Partial<Record<HarmLevel, number>>,
  resources: readonly string[],
  changes: Partial<Pick<BlastRadius, 'sentence' | 'principals' | 'admin' | 'containedBy'>> = {},
): BlastRadius {
  const reach = (level: HarmLevel): HarmReach => {
    const found = actions[level] ?? 0;
    return { actions: found, examples: EXAMPLES[level].slice(0, Math.min(found, 3)), resources: found > 0 ? resources : [] };
  };
  return {
    sentence: `If taken over, it can use ${resources.length} named resources and nothing else.`,
    levels: {
      'read-data': reach('read-data'),
      'read-credentials': reach('read-credentials'),
      'change-data': reach('change-data'),
      destroy: reach('destroy'),
      grant: reach('grant'),
      'run-code': reach('run-code'),
    },
    principals: [],
    admin: false,
    containedBy: [],
    ...changes,
  };
}
