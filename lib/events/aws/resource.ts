import { type Fields, memberOf, textOf } from './fields';
import table from './resources.json';

const TEMPLATES: Readonly<Record<string, readonly string[]>> = table.services;

/** What a call is about: the resources that the record lists, else what its request parameters name. */
export function resourcesOf(record: Fields, service: string): readonly string[] {
  const listed = record['resources'];
  const arns = Array.isArray(listed)
    ? listed.flatMap((one) => textOf(memberOf(one, 'ARN')) ?? textOf(memberOf(one, 'ARNPrefix')) ?? [])
    : [];
  if (arns.length > 0) return [...new Set(arns)];
  for (const template of Object.hasOwn(TEMPLATES, service) ? (TEMPLATES[service] ?? []) : []) {
    const made = fill(template, record);
    if (made !== undefined) return [made];
  }
  return [];
}

function fill(template: string, record: Fields): string | undefined {
  const region = textOf(record['awsRegion']) ?? '';
  const place: Readonly<Record<string, string>> = {
    partition: partitionOf(region),
    region,
    account: textOf(record['recipientAccountId']) ?? '',
  };
  let missing = false;
  let whole: string | undefined;
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(place, name) ? place[name] : textOf(memberOf(record['requestParameters'], name));
    if (value === undefined) missing = true;
    else if (/^arn:/.test(value)) whole = value;
    return value ?? '';
  });
  if (missing) return undefined;
  if (whole !== undefined) return whole;
  return template === '{queueUrl}' ? queueOf(text, place) : text.replace(/:parameter\/\//, ':parameter/');
}

/** `https://sqs.eu-central-1.amazonaws.com/111122223333/name` */
function queueOf(url: string, place: Readonly<Record<string, string>>): string | undefined {
  const [, account, name] = /\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
  return name === undefined ? undefined : `arn:${place['partition']}:sqs:${place['region']}:${account}:${name}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
