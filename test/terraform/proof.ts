import { cli } from '../cli/command-line';

/** One expectation of what a principal may do, as `agentic-iam test` takes it. */
export interface Line {
  readonly action: string;
  readonly resource: string;
  readonly expect: 'allowed' | 'denied';
}

/** Expectations that the policy engine of the cloud does not bear out, of a folder with stacks of Terraform. */
export async function failuresIn(folder: string, principal: string, lines: readonly Line[]): Promise<readonly string[]> {
  const input = lines.map((line) => JSON.stringify({ principal, ...line })).join('\n');
  const { out, err } = await cli(['test', '-', '--in', folder, '--json'], input);
  if (err) throw new Error(err);
  const { results } = JSON.parse(out) as { readonly results: readonly { readonly passed: boolean }[] };
  expect(results).toHaveLength(lines.length);
  return lines.flatMap(({ action, resource }, at) => (results[at]?.passed ? [] : [`${action} on ${resource}`]));
}

export const deny = (actions: readonly string[], resource: string): readonly Line[] =>
  actions.map((action) => ({ action, resource, expect: 'denied' }));
