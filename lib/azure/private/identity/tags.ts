import type { AgentSpec } from '../../../core/agent-spec';
import { emptyField, unsafeValue } from '../../../core/errors';
import { tooMany, unresolvedToken, valueTooLong } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { literalText } from '../../../terraform/literal';
import { FACTS } from './facts';

/** What an identity says of its agent, in the words every cloud uses. */
export function agentWords(agent: AgentSpec, fleet: string): Readonly<Record<string, string>> {
  const { environment } = agent.scope;
  return { agent: agent.name, owner: agent.owner, purpose: agent.purpose, fleet, ...(environment ? { environment } : {}) };
}

const REASON = 'Azure stores no more in a tag';

/**
 * The tags of an identity; the library's own win over the user's. Text is escaped for Terraform, never cut.
 * @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources#limitations
 */
export function identityTags(agent: AgentSpec, fleet: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const subject = `agent '${agent.name}'`;
  const words = agentWords(agent, fleet);
  // Azure tells names apart without regard to case, and would refuse 'Owner' beside 'owner'.
  const own = new Set(Object.keys(words));
  const tags = { ...Object.fromEntries(Object.entries(extra).filter(([name]) => !own.has(name.toLowerCase()))), ...words };
  checkTagNames(subject, Object.keys(tags));
  const { tags: count, tagValue } = FACTS.limits;
  if (Object.keys(tags).length > count.max) throw tooMany(subject, { what: 'tags', count: Object.keys(tags).length, limit: count.max });
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => {
      if (!Token.isUnresolved(value) && value.length > tagValue.max) {
        throw valueTooLong(subject, { field: name, length: value.length, limit: tagValue.max, reason: REASON });
      }
      return [literalText(name), literalText(value)];
    }),
  );
}

const RESERVED = /^(microsoft|azure|windows)/i;

function checkTagNames(subject: string, names: readonly string[]): void {
  const { max } = FACTS.limits.tagName;
  const seen = new Set<string>();
  for (const name of names) {
    const refuse = (found: string, reason: string) => unsafeValue(subject, { field: 'tags', value: name, found, reason });
    if (Token.isUnresolved(name)) throw unresolvedToken(subject, 'tags');
    if (name.trim() === '') throw emptyField(subject, 'tags', 'a tag needs a name');
    if (/[<>%&\\?/]/.test(name)) throw refuse('any of < > % & \\ ? / in a name', 'Azure refuses them there');
    if (RESERVED.test(name)) throw refuse("a name that begins with 'microsoft', 'azure' or 'windows'", 'Azure keeps those to itself');
    if (seen.has(name.toLowerCase())) throw refuse('names that differ in case alone', 'to Azure they are one name');
    if (name.length > max) throw valueTooLong(subject, { field: 'tags', length: name.length, limit: max, reason: REASON });
    seen.add(name.toLowerCase());
  }
}

/** The purpose as description of a directory object. */
export function directoryDescription(agent: AgentSpec): string {
  const { max } = FACTS.limits.description;
  if (agent.purpose.length > max)
    throw valueTooLong(`agent '${agent.name}'`, {
      field: 'purpose',
      length: agent.purpose.length,
      limit: max,
      reason: 'Entra stores no more',
    });
  return literalText(agent.purpose);
}

/** What an identity says of its agent, as the flat labels a directory object takes. */
export function directoryLabels(agent: AgentSpec, fleet: string): readonly string[] {
  const { purpose: _purpose, ...words } = agentWords(agent, fleet);
  return Object.entries(words).map(([name, value]) => literalText(`${name}=${value}`));
}
