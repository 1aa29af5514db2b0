import type { PartProblem } from '../core/governance/assess';
import { digestOfPart, type Part } from '../core/governance/record';
import { terraformReferences } from '../core/governance/terraform-output';
import type { ReviewInput } from '../core/review/input';
import { cloudFormationReferences } from './aws/posture/output';
import { fieldsOf } from './documents/kinds';

/** What one stack holds. */
interface Stack {
  /** The resource, as the output has it; undefined where there is none. */
  readonly find: (id: string) => unknown;
  /** Whether something of the id is there that may be referred to. */
  readonly has: (id: string) => boolean;
  readonly references: (value: unknown) => readonly string[];
}

/**
 * Resources of the library that are not in the output as they were when it was synthesised: gone, changed, or with a reference to something that is gone. Each
 * names the control that it served.
 */
export function partProblems(parts: readonly Part[], inputs: readonly ReviewInput[]): readonly PartProblem[] {
  const stacks = new Map(inputs.map(stackOf).filter((one) => one !== undefined));
  return parts.flatMap((part) => {
    const stack = stacks.get(part.stack);
    const problem = stack ? problemOf(part, stack) : `is in no file that was read: stack '${part.stack}' is missing`;
    return problem === undefined ? [] : [{ part, problem }];
  });
}

function problemOf({ resource, digest }: Part, { find, has, references }: Stack): string | undefined {
  const found = find(resource);
  if (found === undefined) return 'is not in the output';
  if (digestOfPart(found) !== digest) return 'was changed after synth';
  const gone = references(found).find((id) => !has(id));
  return gone === undefined ? undefined : `refers to ${gone}, which is not in the output`;
}

function stackOf({ kind, file, json, stack }: ReviewInput): readonly [string, Stack] | undefined {
  const fields = fieldsOf(json) ?? {};
  const name = stack?.name ?? file;
  if (kind === 'template') {
    const resources = fieldsOf(fields['Resources']) ?? {};
    const parameters = fieldsOf(fields['Parameters']) ?? {};
    return [
      name,
      {
        find: (id) => resources[id],
        has: (id) => id in resources || id in parameters || id.startsWith('AWS::'),
        references: cloudFormationReferences,
      },
    ];
  }
  if (kind !== 'terraform-stack') return undefined;
  const find = (address: string): unknown => {
    const [section, rest] = address.startsWith('data.') ? ['data', address.slice(5)] : ['resource', address];
    const [type = '', named = ''] = rest.split('.');
    return fieldsOf(fieldsOf(fields[section])?.[type])?.[named];
  };
  return [name, { find, has: (id) => find(id) !== undefined, references: terraformReferences }];
}
