import { checkDocument } from '../document';
import type { DetectionRegistry } from './registry';

/**
 * Reads a registry from a JSON value or text, checked against `schema/registry.schema.json`.
 * @throws AgenticIamError `invalid-document`, with every problem and its path
 */
export function readRegistry(from: string, document: unknown): DetectionRegistry {
  return checkDocument<DetectionRegistry>(`registry '${from}'`, 'registry', document);
}
