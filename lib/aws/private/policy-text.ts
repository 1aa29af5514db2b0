import { Tokenization } from 'aws-cdk-lib';

/**
 * What IAM takes in a policy document. What it does not take, it refuses only at deployment.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export function isPolicyText(value: string): boolean {
  return !/[\u0100-\uffff]/.test(value);
}

/** What of a value is written out, with a blank for each token. */
export function written(value: string): string {
  const blanked = Tokenization.reverseString(value).mapTokens({ mapToken: () => ' ' });
  return String(blanked.join({ join: (left, right) => `${left}${right}` }));
}
