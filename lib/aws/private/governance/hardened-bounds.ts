import { Annotations, CfnElement, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { JsonObject, JsonValue } from '../../../core/json';
import { managedPolicyDocument } from '../../../policy/aws/facts/managed-policies';
import { type AttachedPolicy, attachedPolicies, ownerOf } from '../attached-policies';
import { waitsForBounded } from '../role-bounds';
import { readStatement, type Statement } from '../statement';

/** Everything that a role was granted in this app, and by policies of AWS that are known here. */
export function grantedTo(role: iam.CfnRole): readonly Statement[] {
  return attachedTo(role).flatMap((policy) => statementsOf(policy, role) ?? []);
}

/** Says which policies of a role cannot be read here: its boundary denies what they grant. */
export function warnOfUnread(role: iam.CfnRole): void {
  for (const policy of attachedTo(role))
    if (statementsOf(policy, role) === undefined)
      Annotations.of(role).addWarningV2(
        'agentic-iam:unread-policy',
        `${role.node.path} has the policy ${policy.name}, which is not read here: its boundary denies what nothing else grants. Grant to the role itself what it needs of it`,
      );
}

const attachedTo = (role: iam.CfnRole): readonly AttachedPolicy[] => attachedPolicies(ownerOf(role) as unknown as iam.IRole);

/** Undefined for a policy that is not of the role's stack, whose references mean something else there, and for one of AWS that is not known. */
function statementsOf({ owner, name, statements }: AttachedPolicy, role: iam.CfnRole): readonly Statement[] | undefined {
  if (statements) return Stack.of(owner) === Stack.of(role) ? statements : undefined;
  const [, path] = /:iam::aws:(policy\/.+)$/.exec(name) ?? [];
  const document = path === undefined ? undefined : managedPolicyDocument(`arn:aws:iam::aws:${path}`);
  if (document === undefined) return undefined;
  return ([(document as JsonObject)['Statement'] ?? []].flat() as JsonObject[]).map(readStatement);
}

/**
 * A statement as the role's boundary can say it: CloudFormation makes the boundary first. The role itself is named by its literal ARN; where anything else is made after a
 * role with a boundary, the actions alone are bounded, and the role's own policy still names the resource.
 */
export function boundable(statement: Statement, role: iam.CfnRole): Statement {
  const stack = Stack.of(role);
  const own = JSON.stringify({ 'Fn::GetAtt': [stack.resolve(role.logicalId), 'Arn'] });
  const arn = stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${(role.path ?? '/').slice(1)}${role.roleName}`,
  });
  const literal = JSON.stringify(stack.resolve(arn));
  const { Resource, NotResource, Condition, ...rest } = JSON.parse(
    JSON.stringify(stack.resolve(statement)).replaceAll(own, literal),
  ) as Statement;
  const isNamable = (value: unknown): boolean => referred(value, stack).every((element) => !waitsForBounded(element));
  const where = isNamable([Resource, NotResource])
    ? { ...(Resource ? { Resource } : {}), ...(NotResource ? { NotResource } : {}) }
    : { Resource: ['*'] };
  return { ...rest, ...where, ...(Condition && isNamable(Condition) ? { Condition } : {}) };
}

/** Elements of a stack that a resolved value refers to. */
function referred(value: unknown, stack: Stack): readonly CfnElement[] {
  const text = JSON.stringify(value) ?? '';
  const ids = [...text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"|\$\{(\w+)[.}]/g)].map(
    ([, ref, attribute, sub]) => ref ?? attribute ?? sub,
  );
  return stack.node
    .findAll()
    .filter(
      (node) => CfnElement.isCfnElement(node) && ids.includes(String(stack.resolve(node.logicalId) as JsonValue)),
    ) as unknown as CfnElement[];
}
