import type { AgentSpec } from '../../../core/agent-spec';
import { shortHash } from '../../../core/names';
import { literalText } from '../../../terraform/literal';
import { limit } from './limits';

/**
 * Who answers for the agent and what it is for, as the service account shows it. Text too long for Google is left to the
 * manifest, which holds all of it; a hash stands in, so that the two can be matched. A cut sentence could mean its opposite.
 */
export function describeAgent({ owner, purpose }: AgentSpec): string {
  const forms = [`${purpose} (owner: ${owner})`, `owner: ${owner}; purpose in the manifest, hash ${shortHash(purpose)}`];
  const fitting = forms.find((text) => Buffer.byteLength(text) <= limit('description'));
  return literalText(fitting ?? `owner and purpose in the manifest, hash ${shortHash(owner, purpose)}`);
}
