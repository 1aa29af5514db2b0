import type { EventgridTopic } from '../../terraform/azurerm';
import { resolveTokens } from '../../terraform/core';

/** The address of a topic without the path of its API, which is in its endpoint. */
export function topicHost(topic: EventgridTopic): string {
  const reference = String(resolveTokens(topic, topic.endpoint)).replace(/^\$\{|\}$/g, '');
  return `\${replace(${reference}, "/api/events", "")}`;
}
