import type { Manifest, ManifestAgent, ManifestGrant } from '../core/manifest';
import type { ReviewInput } from '../core/review/input';
import { fieldsOf } from '../policy/documents/kinds';

/** What a resource is that a manifest refers to and does not describe, by the service whose actions it was granted for. */
const TYPES: Readonly<Record<string, string>> = {
  dynamodb: 'AWS::DynamoDB::Table',
  kms: 'AWS::KMS::Key',
  lambda: 'AWS::Lambda::Function',
  logs: 'AWS::Logs::LogGroup',
  s3: 'AWS::S3::Bucket',
  secretsmanager: 'AWS::SecretsManager::Secret',
  sns: 'AWS::SNS::Topic',
  sqs: 'AWS::SQS::Queue',
  ssm: 'AWS::SSM::Parameter',
  states: 'AWS::StepFunctions::StateMachine',
};
const OTHER_TYPE = 'AgenticIam::Declared::Resource';

type Grant = Pick<ManifestGrant, 'permissions' | 'scopes' | 'conditions'>;

/**
 * A template with one role for each agent of a manifest, which holds what the manifest says it was granted, and nothing else; and the
 * manifest, its agents being these roles.
 * @throws Error where the manifest names agents of other clouds only, whose grants say nothing without their stack
 */
export function declaredInputs(manifest: Manifest): readonly ReviewInput[] {
  const agents = manifest.agents.filter(({ cloud }) => cloud === 'aws');
  if (agents.length === 0) {
    throw new Error(
      manifest.agents.length === 0
        ? 'The manifest names no agents: call manifestOf when the app is complete.'
        : 'Of a manifest, agents on AWS only can be judged: give the stack of cdktf, or what Testing.synth(stack) returns.',
    );
  }
  const grants: readonly Grant[] = agents.flatMap(({ access, native }) => [...access, ...native]);
  const Resources = {
    ...Object.fromEntries(grants.flatMap(({ conditions }) => [...referencesIn(conditions)].map((id) => [id, { Type: OTHER_TYPE }]))),
    ...Object.fromEntries(
      grants.flatMap(({ permissions, scopes }) => [...referencesIn(scopes)].map((id) => [id, { Type: typeFor(permissions) }])),
    ),
    ...Object.fromEntries(agents.map((agent, index) => [roleId(index), roleOf(agent)])),
  };
  const named = agents.map((agent, index) => {
    return { ...agent, identity: { ...agent.identity, principal: { 'Fn::GetAtt': [roleId(index), 'Arn'] } } };
  });
  return [
    { kind: 'template', file: 'manifest', json: { Resources } },
    { kind: 'manifest', file: 'manifest', json: { ...manifest, agents: named } },
  ];
}

function typeFor([permission = '']: readonly string[]): string {
  return TYPES[permission.split(':')[0] ?? ''] ?? OTHER_TYPE;
}

function roleId(index: number): string {
  return `AgenticIamDeclared${index}`;
}

function roleOf(agent: ManifestAgent): object {
  const statements = [...agent.access, ...agent.native].map(({ permissions, scopes, conditions }) => ({
    Effect: 'Allow',
    Action: permissions,
    Resource: scopes.flatMap((scope) => (isScopeRecord(scope) ? Object.values(scope as object) : [scope])),
    ...(conditions.length > 0 ? { Condition: merged(conditions) } : {}),
  }));
  return {
    Type: 'AWS::IAM::Role',
    Metadata: { 'aws:cdk:path': agent.construct },
    Properties: {
      RoleName: agent.name,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      ...(statements.length > 0
        ? { Policies: [{ PolicyName: 'declared', PolicyDocument: { Version: '2012-10-17', Statement: statements } }] }
        : {}),
    },
  };
}

/** A scope that is several native ones under names of their own, rather than one reference. */
function isScopeRecord(scope: unknown): boolean {
  const keys = Object.keys(fieldsOf(scope) ?? {});
  return keys.length > 1 || (keys.length === 1 && keys[0] !== 'Ref' && keys[0]?.startsWith('Fn::') === false);
}

/** All of a grant's conditions hold at once. */
function merged(conditions: readonly unknown[]): object {
  const found: Record<string, object> = {};
  for (const [operator, keys] of conditions.flatMap((one) => Object.entries(fieldsOf(one) ?? {}))) {
    found[operator] = { ...found[operator], ...fieldsOf(keys) };
  }
  return found;
}

/** Logical ids that a value refers to. */
function* referencesIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* referencesIn(one);
  for (const [key, inner] of Object.entries(fieldsOf(value) ?? {})) {
    if (key === 'Ref' && typeof inner === 'string' && !inner.startsWith('AWS::')) yield inner;
    else if (key === 'Fn::GetAtt') yield String(Array.isArray(inner) ? inner[0] : inner).split('.')[0] ?? '';
    else yield* referencesIn(inner);
  }
}
