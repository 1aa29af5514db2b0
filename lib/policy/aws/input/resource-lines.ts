import type { ReviewInput } from '../../../core/review/input';
import { unreadableInput } from '../../../core/review-errors';
import { splitArn } from './arn';
import type { EstateDraft } from './estate-draft';
import { fieldsOf, tagsOf, textOf } from './json';
import { readPolicy } from './read-policy';
import { typeOfArn } from './resource-types';
import { roleOf } from './runs-as';

/**
 * Reads the lines `{arn, type?, role?, policy?, tags?, account?}` that say what is already in an account; after the principals.
 * @throws AgenticIamError for what is no list of such lines
 */
export function readResourceLines(input: ReviewInput, draft: EstateDraft): void {
  if (!Array.isArray(input.json)) throw unreadableInput(input.file, LINES);
  for (const [index, line] of input.json.entries()) {
    const fields = fieldsOf(line);
    const arn = textOf(fields?.arn);
    const parts = arn === undefined ? undefined : splitArn(arn);
    if (!fields || !arn || !parts) throw unreadableInput(`${input.file}' line '${index + 1}`, { ...LINES, value: line });
    const account = textOf(fields.account) ?? (parts.account || undefined);
    const role = textOf(fields.role);
    const policy = fields.policy === undefined || fields.policy === null ? undefined : fields.policy;
    draft.resource({
      arn,
      type: textOf(fields.type) ?? typeOfArn(arn) ?? parts.service,
      account,
      role: role === undefined ? undefined : roleOf(draft, role, { partition: parts.partition, account: account ?? '' }),
      policy:
        policy === undefined
          ? undefined
          : readPolicy(policy, { layer: 'resource', source: input.file, name: `resource policy of '${arn}'` }),
      tags: fields.tags === undefined ? undefined : tagsOf(fields.tags),
      source: input.file,
    });
  }
}

const LINES = {
  rule: 'must list objects that each have an arn, and may have a type, a role and a policy',
  fix: 'write for example {"arn":"arn:aws:lambda:eu-central-1:111122223333:function:pay","role":"arn:aws:iam::111122223333:role/pay"}',
};
