import type { AgentSpec } from '../../../core/agent-spec';
import { unsafeValue } from '../../../core/errors';
import { tooMany, valueTooLong } from '../../../core/native-errors';
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
  const tags = { ...extra, ...agentWords(agent, fleet) };
  const { tags: count, tagName, tagValue } = FACTS.limits;
  if (Object.keys(tags).length > count.max) throw tooMany(subject, { what: 'tags', count: Object.keys(tags).length, limit: count.max });
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => {
      if (/[<>%&\\?/]/.test(name))
        throw unsafeValue(subject, {
          field: 'tags',
          value: name,
          found: 'any of < > % & \\ ? / in a name',
          reason: 'Azure refuses them there',
        });
      if (name.length > tagName.max)
        throw valueTooLong(subject, { field: 'tags', length: name.length, limit: tagName.max, reason: REASON });
      if (!Token.isUnresolved(value) && value.length > tagValue.max) {
        throw valueTooLong(subject, { field: name, length: value.length, limit: tagValue.max, reason: REASON });
      }
      return [name, literalText(value)];
    }),
  );
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
