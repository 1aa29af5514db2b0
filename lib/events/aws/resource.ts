import { type Fields, member as memberOf, textOf } from '../../core/json-fields';
import table from './resources.json';

/** A template in pieces: texts, and names of parameters between them. */
interface Template {
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly isQueueUrl: boolean;
}

const TEMPLATES: ReadonlyMap<string, readonly Template[]> = new Map(
  Object.entries(table.services as Readonly<Record<string, readonly string[]>>).map(([service, templates]) => [
    service,
    templates.map((template) => {
      const pieces = template.split(/\{(\w+)\}/);
      return {
        texts: pieces.filter((_, index) => index % 2 === 0),
        names: pieces.filter((_, index) => index % 2 === 1),
        isQueueUrl: template === '{queueUrl}',
      };
    }),
  ]),
);
const NONE: readonly string[] = [];

/** What a call is about: the resources that the record lists, else what its request parameters name. */
export function resourcesOf(record: Fields, service: string): readonly string[] {
  const listed = record['resources'];
  const arns =
    Array.isArray(listed) && listed.length > 0
      ? listed.flatMap((one) => textOf(memberOf(one, 'ARN')) ?? textOf(memberOf(one, 'ARNPrefix')) ?? [])
      : [];
  if (arns.length > 0) return [...new Set(arns)];
  const parameters = record['requestParameters'];
  if (parameters === null || parameters === undefined) return NONE;
  for (const template of TEMPLATES.get(service) ?? []) {
    const made = fill(template, record, parameters);
    if (made !== undefined) return [made];
  }
  return NONE;
}

function fill({ texts, names, isQueueUrl }: Template, record: Fields, parameters: unknown): string | undefined {
  let text = texts[0] ?? '';
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    const value = placeOf(name, record) ?? textOf(memberOf(parameters, name));
    if (value === undefined) return undefined;
    // A parameter that is an ARN already stands for itself.
    if (value.startsWith('arn:')) return value;
    text += value + (texts[index + 1] ?? '');
  }
  return isQueueUrl ? queueOf(text, record) : text.replace(':parameter//', ':parameter/');
}

function placeOf(name: string, record: Fields): string | undefined {
  if (name === 'partition') return partitionOf(textOf(record['awsRegion']) ?? '');
  if (name === 'region') return textOf(record['awsRegion']) ?? '';
  return name === 'account' ? (textOf(record['recipientAccountId']) ?? '') : undefined;
}

/** `https://sqs.eu-central-1.amazonaws.com/111122223333/name` */
function queueOf(url: string, record: Fields): string | undefined {
  const [, account, name] = /\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
  return name === undefined ? undefined : `arn:${placeOf('partition', record)}:sqs:${placeOf('region', record)}:${account}:${name}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
