import type { AccessRequest } from '../core/review/access';
import type { PathEnd } from '../core/review/world';

/** A request that a subject must, or must not, allow. */
export interface AccessQuestion extends AccessRequest {
  /** Id, agent, name or construct path of who makes it. @default - the only agent, or else the only principal, of the subject */
  readonly principal?: string;
}

/** Whose access is meant. */
export interface WhoseAccess {
  /** Id, agent, name or construct path. @default - every agent, or where there is none every principal, of the subject */
  readonly principal?: string;
}

/**
 * Matchers of access. The subject is a stack or app of the CDK, a `Template` of `aws-cdk-lib/assertions`, a stack of cdktf, the JSON of any
 * of them (a template, `Testing.synth(stack)`, `terraform show -json`, account details), or a manifest, of which only what it declares is
 * judged.
 *
 * What could not be decided fails either way, with and without `.not`: the message says what it depends on.
 */
export interface AccessMatchers<R> {
  /** The request is allowed, by all layers. */
  toAllow(request: AccessQuestion): R;
  /** The request is denied, by a statement or because none allows it. */
  toDeny(request: AccessQuestion): R;
  /** No request that is allowed writes, deletes, tags or changes permissions: shown for all requests, not for samples. */
  toBeReadOnly(principal?: string): R;
  /** No known way leads to full control, another identity, credentials, a resource that was not given, or to one of them by its id. */
  toHaveNoPathTo(end: PathEnd | (string & {}), whose?: WhoseAccess): R;
  /** Every request that is allowed is allowed by the same principal of an earlier subject, too. */
  toGrantNothingBeyond(previous: unknown, whose?: WhoseAccess): R;
}

/** What jest hands to a matcher. */
interface MatcherContext {
  readonly isNot?: boolean;
}

/** What a matcher gives back to jest. */
interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Each matcher as `expect.extend` takes it. */
export type AccessMatcherFunctions = {
  readonly [Name in keyof AccessMatchers<unknown>]: (
    this: MatcherContext,
    subject: unknown,
    ...expected: Parameters<AccessMatchers<unknown>[Name]>
  ) => MatcherResult;
};

/** What was found: whether it holds, or that it is not decided, and why. */
export interface Verdict {
  readonly holds: boolean | 'undecided';
  /** Sentences for people. */
  readonly because: readonly string[];
}

/** The engine is loaded when a matcher is first used: most test files that import this entry need none of it. */
const verdicts = (): typeof import('./access-verdicts') => require('./access-verdicts') as typeof import('./access-verdicts');

/**
 * Matchers of access for `expect.extend`; see {@link AccessMatchers}.
 *
 * @example
 * expect.extend(accessMatchers);
 * expect(stack).toBeReadOnly('invoice-reader');
 * expect(stack).toDeny({ action: 's3:DeleteObject', resource: 'arn:aws:s3:::example/*' });
 * expect(stack).toHaveNoPathTo('admin');
 * expect(Template.fromStack(stack)).toGrantNothingBeyond(JSON.parse(readFileSync('released.template.json', 'utf8')));
 */
export const accessMatchers: AccessMatcherFunctions = {
  toAllow(subject, request) {
    return report(this, 'toAllow', verdicts().allows(subject, request, 'allowed'));
  },
  toDeny(subject, request) {
    return report(this, 'toDeny', verdicts().allows(subject, request, 'denied'));
  },
  toBeReadOnly(subject, principal) {
    return report(this, 'toBeReadOnly', verdicts().isReadOnly(subject, principal));
  },
  toHaveNoPathTo(subject, end, whose) {
    return report(this, 'toHaveNoPathTo', verdicts().hasNoPathTo(subject, end, whose));
  },
  toGrantNothingBeyond(subject, previous, whose) {
    return report(this, 'toGrantNothingBeyond', verdicts().grantsNothingBeyond(subject, previous, whose));
  },
};

/** What is undecided fails whichever way it was asked. */
function report({ isNot = false }: MatcherContext, name: keyof AccessMatchers<unknown>, { holds, because }: Verdict): MatcherResult {
  const asked = `expect(subject).${isNot ? 'not.' : ''}${name}`;
  const heading = holds === 'undecided' ? `${asked} is not decided` : `${asked} does not hold`;
  return { pass: holds === 'undecided' ? isNot : holds, message: () => [heading, '', ...because].join('\n') };
}
