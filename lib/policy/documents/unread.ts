import type { ReviewInput } from '../../core/review/input';
import { fieldsOf } from './kinds';

/** What the inputs refer to and nobody gave, each a full sentence. */
export function unreadIn(inputs: readonly ReviewInput[]): readonly string[] {
  return inputs.flatMap(({ kind, file, json }) => {
    if (kind !== 'template') return [];
    return Object.entries(fieldsOf(fieldsOf(json)?.['Resources']) ?? {}).flatMap(([id, resource]) =>
      fieldsOf(resource)?.['Type'] === 'AWS::CloudFormation::Stack'
        ? [
            `The template of nested stack '${id}' in '${file}' is not at hand, so what it makes is not judged; give the folder that cdk synth wrote.`,
          ]
        : [],
    );
  });
}
