import { distinctEnd, symbol } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import type { PolicyText } from '../model';

/** Where a template is deployed, as far as that is known, and what its references are called. */
export interface StackScope {
  /** Name of the stack, or of its file. */
  readonly name: string;
  readonly stackName: PolicyText;
  readonly partition: string;
  readonly region: PolicyText;
  readonly account: PolicyText;
  readonly urlSuffix: string;
  /** What a reference is called: with the stack's name before it where there are several stacks. */
  readonly label: (reference: string) => string;
}

/** Account and region of a stack that is not bound to any. CDK, too, takes all such stacks of one app to be in one place. */
export const UNKNOWN_ACCOUNT = referenceTo('AWS::AccountId');
export const UNKNOWN_REGION = referenceTo('AWS::Region');

/** A symbol for a reference. What separates the parts of an ARN, or makes a pattern, is written as a dot, so that no reader of ARNs trips on it. */
export function referenceTo(name: string): string {
  return symbol(plainName(name));
}

/** A name that AWS will make up. It ends in random letters, so it is no other made-up name, and no name that somebody wrote. */
export function madeUpName(name: string): string {
  return referenceTo(name) + distinctEnd(plainName(name));
}

function plainName(name: string): string {
  return name.replace(/[:/*?$\\{}\s]+/g, '.');
}

/**
 * The scope of one template. The partition is that of the region where it is known to be another, and `aws` otherwise: so a
 * template's `arn:${AWS::Partition}:` and a policy's `arn:aws:` are one text.
 */
export function stackScope(input: ReviewInput, several: boolean, fallbackAccount: PolicyText = UNKNOWN_ACCOUNT): StackScope {
  const name = input.stack?.name ?? baseName(input.file);
  const region = known(input.stack?.region) ?? UNKNOWN_REGION;
  return {
    name,
    stackName: input.stack?.name ?? referenceTo('AWS::StackName'),
    partition: partitionOf(region),
    region,
    account: known(input.stack?.account) ?? fallbackAccount,
    urlSuffix: region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
    label: several ? (reference) => `${name}.${reference}` : (reference) => reference,
  };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** CDK writes `unknown-account` and `unknown-region` for a stack that is bound to none. */
function known(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value.startsWith('unknown-') ? undefined : value;
}

function baseName(file: string): string {
  const last = file.split(/[\\/]/).at(-1) ?? file;
  return last.replace(/(\.template)?\.json$/, '');
}
