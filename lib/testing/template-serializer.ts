import type { SnapshotSerializer } from './snapshot-serializer';

/**
 * Where CDK and CDKTF write the hash of an asset's content. Only there: the same digits elsewhere may be a certificate's
 * fingerprint, and a change of that must show.
 */
const ASSET_HASHES: readonly RegExp[] = [
  /(?<=\basset\.)[0-9a-f]{64}\b/g,
  /\b[0-9a-f]{64}(?=\.[a-z]{2,6}(\.[a-z]{2,4})?$)/g,
  /(?<=container-assets.*:)[0-9a-f]{64}\b/g,
  /(?<=\bassets\/[^/]+\/)[0-9A-F]{32}\b/g,
];

const BLANK = '[asset-hash]';

/**
 * Prints a CloudFormation template or Terraform stack in a snapshot with the hashes of its assets blanked, so that
 * the snapshot does not change with the code of a handler.
 *
 * @example
 * expect.addSnapshotSerializer(templateSerializer);
 * expect(Template.fromStack(stack).toJSON()).toMatchSnapshot();
 */
export const templateSerializer: SnapshotSerializer = {
  test: (value) => isTemplate(value) && blank(value) !== value,
  print: (value, printChild) => printChild(blank(value)),
};

function isTemplate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ['Resources', 'resource'].some((key) => typeof (value as Record<string, unknown>)[key] === 'object');
}

/** The same value where there is nothing to blank, so that a blanked template is not taken for one that is not. */
function blank(value: unknown): unknown {
  if (typeof value === 'string') return ASSET_HASHES.reduce((text, hash) => text.replace(hash, BLANK), value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [blank(key) as string, blank(inner), inner] as const);
  if (entries.every(([, after, before]) => after === before) && entries.every(([key]) => Object.hasOwn(value, key))) return value;
  return Array.isArray(value) ? entries.map(([, after]) => after) : Object.fromEntries(entries.map(([key, after]) => [key, after]));
}
