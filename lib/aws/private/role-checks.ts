import type * as iam from 'aws-cdk-lib/aws-iam';
import type { AgentSpec } from '../../core/agent-spec';
import type { AgenticIamError } from '../../core/errors';
import { policyTooLarge, tooMany } from '../../core/native-errors';
import { attachedPolicies } from './attached-policies';
import { modeProblems, nativeStatements } from './native-grants';
import { largest, ROLE_ROOM } from './pack-policies';
import { sizeIn } from './policy-size';
import type { OwnPolicies } from './role-policies';
import { documentSize } from './statement';

/** What is wrong with a role once everything is granted: too much for its mode, or for IAM's quotas. */
export function roleProblems(agent: AgentSpec, role: iam.IRole, own: OwnPolicies): readonly AgenticIamError[] {
  return [...modeProblems(agent, nativeStatements(role)), ...sizeProblems(agent, role, own)];
}

/** CDK splits what it grants natively by an estimate that overshoots, and knows neither our policies nor what is kept free. */
function sizeProblems(agent: AgentSpec, role: iam.IRole, own: OwnPolicies): readonly AgenticIamError[] {
  const sizeOf = sizeIn(role);
  const attached = attachedPolicies(role);
  const documents = attached.flatMap(({ kind, statements }) => (statements ? [{ kind, statements }] : []));
  const inline = [own.inline, ...documents.filter(({ kind }) => kind === 'inline').map(({ statements }) => statements)];
  const inlineSize = inline.reduce((sum, statements) => sum + (statements.length > 0 ? documentSize(statements, sizeOf) : 0), 0);
  const managed = own.managed + attached.filter(({ kind }) => kind === 'managed').length;
  return [
    ...(inlineSize > ROLE_ROOM.inline
      ? [
          policyTooLarge(agent.name, {
            what: 'its inline policies and native grants',
            size: inlineSize,
            limit: ROLE_ROOM.inline,
            largest: largest(inline.flat(), sizeOf),
          }),
        ]
      : []),
    ...documents
      .filter(({ kind, statements }) => kind === 'managed' && documentSize(statements, sizeOf) > ROLE_ROOM.managed)
      .map(({ statements }) =>
        policyTooLarge(agent.name, {
          what: 'each managed policy',
          size: documentSize(statements, sizeOf),
          limit: ROLE_ROOM.managed,
          largest: largest(statements, sizeOf),
        }),
      ),
    ...(managed > ROLE_ROOM.managedPolicies
      ? [
          tooMany(`agent '${agent.name}'`, {
            what: 'managed policies, one place being kept for containment',
            count: managed,
            limit: ROLE_ROOM.managedPolicies,
          }),
        ]
      : []),
  ];
}
