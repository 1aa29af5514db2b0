import { createHash } from 'node:crypto';

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v2/policies#PolicyRule */
export interface PolicyRule {
  readonly description?: string;
  readonly denyRule?: {
    readonly deniedPrincipals?: readonly string[];
    readonly exceptionPrincipals?: readonly string[];
    readonly deniedPermissions?: readonly string[];
    readonly exceptionPermissions?: readonly string[];
    readonly denialCondition?: { readonly expression?: string };
  };
}

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v2/policies#Policy */
export interface DenyPolicy {
  readonly name?: string;
  readonly displayName?: string;
  readonly etag?: string;
  readonly rules?: readonly PolicyRule[];
}

/** What somebody asked for of one agent. */
export interface Wish {
  readonly agent: string;
  /** The rule that is to be there. @default - none */
  readonly rule?: PolicyRule;
}

const OWN = /^stops (\S+) of (\S+)$/;

/** What stops one agent: one rule, which says whom. */
export function ruleOf({ agent, fleet, principal, permissions }: RuleProps): PolicyRule {
  return { description: `stops ${agent} of ${fleet}`, denyRule: { deniedPrincipals: [principal], deniedPermissions: permissions } };
}
export interface RuleProps {
  readonly agent: string;
  readonly fleet: string;
  readonly principal: string;
  readonly permissions: readonly string[];
}

/** The agent of a fleet that a rule stops; undefined for a rule of somebody else's. */
function agentOf({ description = '' }: PolicyRule, fleet: string): string | undefined {
  const [, agent, of] = OWN.exec(description) ?? [];
  return of === fleet ? agent : undefined;
}

/** The rules with what was asked for, each agent's once; all others stay as they are. */
export function applied(rules: readonly PolicyRule[], wishes: readonly Wish[], fleet: string): readonly PolicyRule[] {
  const last = new Map(wishes.map((wish) => [wish.agent, wish]));
  const kept = rules.filter((rule) => !last.has(agentOf(rule, fleet) ?? ''));
  return [...kept, ...[...last.values()].flatMap(({ rule }) => (rule ? [rule] : []))];
}

/** Whom the rules stop, and how: equal digests are equal rules, in whatever order a list of them came back. */
export function stoppedBy(
  rules: readonly PolicyRule[],
  fleet: string,
): { readonly rules: Record<string, string>; readonly others: number } {
  const found: Record<string, string> = {};
  let others = 0;
  for (const rule of rules) {
    const agent = agentOf(rule, fleet);
    if (agent === undefined) others += 1;
    else found[agent] = agent in found ? `${found[agent]} ${digestOf(rule)}` : digestOf(rule);
  }
  return { rules: found, others };
}

export function digestOf({ denyRule = {} }: PolicyRule): string {
  const sorted = (list: readonly string[] = []): readonly string[] => [...list].sort();
  const parts = [
    sorted(denyRule.deniedPrincipals),
    sorted(denyRule.deniedPermissions),
    sorted(denyRule.exceptionPrincipals),
    sorted(denyRule.exceptionPermissions),
    denyRule.denialCondition?.expression ?? '',
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
