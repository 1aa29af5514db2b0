import { byCodePoint, stableStringify } from '../core/json';
import type { SnapshotSerializer } from './snapshot-serializer';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Prints an IAM policy document in a snapshot as one line per statement: effect, actions, principals, resources,
 * conditions. Order never matters to IAM, so all is sorted, and what a reviewer sees change has changed. Intrinsics are
 * shown as `${Name}` or `${Name.Attribute}`.
 *
 * Takes documents in their JSON form: as a template holds them, or as `JSON.parse` gives them.
 *
 * @example
 * expect.addSnapshotSerializer(policySerializer);
 * expect(role.Properties.AssumeRolePolicyDocument).toMatchInlineSnapshot(`allow sts:AssumeRole by Service lambda.amazonaws.com`);
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export const policySerializer: SnapshotSerializer = {
  test: isPolicyDocument,
  print: (value) =>
    statementsOf(value as Fields)
      .map(describe)
      .sort(byCodePoint)
      .join('\n'),
};

function isPolicyDocument(value: unknown): boolean {
  if (!isFields(value) || !Object.hasOwn(value, 'Statement')) return false;
  const statements = statementsOf(value);
  return statements.length > 0 && statements.every((one) => isFields(one) && typeof one['Effect'] === 'string');
}

function statementsOf(document: Fields): readonly Fields[] {
  return list(document['Statement']) as readonly Fields[];
}

function describe(statement: Fields): string {
  const parts = [
    String(statement['Effect']).toLowerCase(),
    clause('', statement['Action']),
    clause('all but', statement['NotAction']),
    principals('by', statement['Principal']),
    principals('by all but', statement['NotPrincipal']),
    clause('on', statement['Resource']),
    clause('on all but', statement['NotResource']),
    conditions(statement['Condition']),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function clause(word: string, value: unknown): string {
  return value === undefined ? '' : `${word} ${texts(value).join(', ')}`.trim();
}

function principals(word: string, value: unknown): string {
  if (value === undefined) return '';
  if (!isFields(value) || isIntrinsic(value)) return clause(word, value);
  const kinds = Object.keys(value).sort(byCodePoint);
  return `${word} ${kinds.map((kind) => `${kind} ${texts(value[kind]).join(', ')}`).join(' and ')}`;
}

function conditions(value: unknown): string {
  if (!isFields(value)) return '';
  const tests = Object.keys(value)
    .sort(byCodePoint)
    .flatMap((operator) => {
      const keys = value[operator];
      if (!isFields(keys) || isIntrinsic(keys)) return [`${operator} ${text(keys)}`];
      return Object.keys(keys)
        .sort(byCodePoint)
        .map((key) => `${operator} ${key} = ${texts(keys[key]).join(' | ')}`);
    });
  return tests.length === 0 ? '' : `if ${tests.join(' and ')}`;
}

function texts(value: unknown): string[] {
  return list(value).map(text).sort(byCodePoint);
}

/** One value as a person reads it; an intrinsic that has no short form is shown as its JSON. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isIntrinsic(value)) return stableStringify(value);
  const [name, argument] = Object.entries(value)[0] as [string, unknown];
  if (name === 'Ref') return `\${${String(argument)}}`;
  if (name === 'Fn::GetAtt') return `\${${list(argument).join('.')}}`;
  if (name === 'Fn::Sub' && typeof argument === 'string') return argument;
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) return argument[1].map(text).join(String(argument[0]));
  return stableStringify(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntrinsic(value: unknown): value is Fields {
  if (!isFields(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0]?.startsWith('Fn::') === true);
}
