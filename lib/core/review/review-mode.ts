import { AgenticIamError } from '../errors';

/** What the review at synth does with what it finds: nothing is looked for, everything warns, or errors stop synth. */
export type ReviewMode = 'off' | 'warn' | 'fail';

/** Context key that says it, on an app, a stage or a stack: `off`, `warn` or `fail`. */
export const REVIEW_CONTEXT = 'agentic-iam:review';

const MODES: readonly ReviewMode[] = ['off', 'warn', 'fail'];

/** Reads the value of the context key. @default - `fail` */
export function readReviewMode(value: unknown): ReviewMode {
  if (value === undefined || value === null) return 'fail';
  const mode = MODES.find((one) => one === value);
  if (mode === undefined) {
    throw new AgenticIamError({
      code: 'invalid-context',
      subject: `context '${REVIEW_CONTEXT}'`,
      rule: "must be 'off', 'warn' or 'fail'",
      value,
      fix: "leave it out for 'fail', or write one of the three",
    });
  }
  return mode;
}
