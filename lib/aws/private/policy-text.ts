/**
 * What IAM takes in a policy document. What it does not take, it refuses only at deployment.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export function isPolicyText(value: string): boolean {
  return !/[\u0100-\uffff]/.test(value);
}
