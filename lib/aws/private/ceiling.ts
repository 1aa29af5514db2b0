import { Effect, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AgentSpec } from '../../core/agent-spec';
import type { JsonObject } from '../../core/json';
import { invalidCeiling } from '../../core/native-errors';
import { modeProblems } from './native-grants';
import { readStatement, type Statement } from './statement';

/** What a ceiling admits; refuses what IAM would refuse in a boundary, what would be ignored there, and what the mode forbids. */
export function readCeiling(agent: AgentSpec, ceiling: readonly PolicyStatement[]): readonly Statement[] {
  const admitted = ceiling.map((statement) => {
    const json = statement.toStatementJson() as JsonObject;
    if (statement.effect === Effect.DENY)
      throw invalidCeiling(agent.name, 'a ceiling says what may be granted, and a deny would be lost', json);
    const [problem] = [...statement.validateForAnyPolicy(), ...statement.validateForIdentityPolicy()];
    if (problem) throw invalidCeiling(agent.name, `IAM refuses it: ${problem}`, json);
    return readStatement(json);
  });
  const [excess] = modeProblems(
    agent,
    admitted.map((statement) => ({ origin: "'ceiling'", statement })),
  );
  if (excess) throw excess;
  return admitted;
}
