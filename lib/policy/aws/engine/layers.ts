import type { AccessOrigin } from '../../../core/review/access';
import { showSymbols, type Ternary } from '../../../core/review/glob';
import type { AwsPolicy } from '../model';
import { askTest, type CompiledStatement, compilePolicy } from './compile';
import { denyReaches, type Naming, namingOf } from './principal';
import type { RequestView } from './request';

/** Every policy that has a say in a request. */
export interface RequestLayers {
  /** Inline and managed, those of a user's groups included. */
  readonly identity: readonly AwsPolicy[];
  readonly boundary?: AwsPolicy;
  /** Passed when the session was made. @default - none were passed, so that they limit nothing */
  readonly session?: readonly AwsPolicy[];
  /**
   * Policy of the resource; the trust policy for `sts:AssumeRole`, the key policy for KMS.
   * @default - it has none; a KMS key is then taken to have the default policy, which leaves all to its account
   */
  readonly resource?: AwsPolicy;
  /** Service control policies of the principal's account; each inner list is a level, and each level must allow. @default - none */
  readonly scps?: readonly (readonly AwsPolicy[])[];
  /** Resource control policies of the resource's account. `RCPFullAWSAccess` is always attached and need not be listed. @default - none */
  readonly rcps?: readonly (readonly AwsPolicy[])[];
}

/** What a layer says of a request. */
export interface Say {
  readonly answer: Ternary;
  /** The statement that says it. */
  readonly origin?: AccessOrigin;
}

const SILENT: Say = { answer: 'no' };

/** What the Allow statements of policies without principals say. `open` takes the conditions that the answer hangs on. */
export function allowedBy(policies: readonly AwsPolicy[], view: RequestView, open: Set<string>): Say {
  return saidBy('allows', policies, { view, open });
}

/** What the Deny statements of policies without principals say. */
export function deniedBy(policies: readonly AwsPolicy[], view: RequestView, open: Set<string>): Say {
  return saidBy('denies', policies, { view, open });
}

function saidBy(
  effect: 'allows' | 'denies',
  policies: readonly AwsPolicy[],
  { view, open }: { readonly view: RequestView; readonly open: Set<string> },
): Say {
  let best = SILENT;
  for (const { document } of policies) {
    for (const one of compilePolicy(document)[effect]) {
      const answer = applies(one, view);
      if (answer === 'yes') return { answer, origin: one.statement.origin };
      if (answer === 'maybe') {
        noteOpen(one, view, open);
        best = { answer, origin: one.statement.origin };
      }
    }
  }
  return best;
}

/** What a resource policy grants the caller, by how it names it. */
export interface ResourceSay {
  readonly direct: Say;
  readonly behind: Say;
  readonly account: Say;
}

/** What the Allow statements of a resource policy say. */
export function grantedBy(policy: AwsPolicy | undefined, view: RequestView, open: Set<string>): ResourceSay {
  const found: Record<'direct' | 'behind' | 'account', Say> = { direct: SILENT, behind: SILENT, account: SILENT };
  if (!policy) return found;
  for (const one of compilePolicy(policy.document).allows) {
    const answer = applies(one, view);
    if (answer === 'no') continue;
    const naming: Naming = namingOf(one.statement.principals, view.principal);
    for (const kind of ['direct', 'behind', 'account'] as const) {
      const both = weaker(answer, naming[kind]);
      if (both === 'no' || found[kind].answer === 'yes') continue;
      if (answer === 'maybe') noteOpen(one, view, open);
      if (naming[kind] === 'maybe') open.add(`the principal of ${one.statement.origin.statement}`);
      found[kind] = { answer: both, origin: one.statement.origin };
    }
  }
  return found;
}

/** What the Deny statements of a resource policy say. */
export function deniedByResource(
  policy: AwsPolicy | undefined,
  { view, hasBoundary, open }: { readonly view: RequestView; readonly hasBoundary: boolean; readonly open: Set<string> },
): Say {
  let best = SILENT;
  if (!policy) return best;
  for (const one of compilePolicy(policy.document).denies) {
    const reaches = denyReaches(one.statement.principals, view.principal, hasBoundary);
    const answer = reaches === 'no' ? 'no' : weaker(reaches, applies(one, view));
    if (answer === 'yes') return { answer, origin: one.statement.origin };
    if (answer === 'maybe') {
      noteOpen(one, view, open);
      if (reaches === 'maybe') open.add(`the principal of ${one.statement.origin.statement}`);
      best = { answer, origin: one.statement.origin };
    }
  }
  return best;
}

function applies(one: CompiledStatement, view: RequestView): Ternary {
  const action = one.action(view);
  if (action === 'no') return 'no';
  const resource = one.resource(view);
  if (resource === 'no') return 'no';
  return weaker(weaker(action, resource), one.conditions(view));
}

/** Both must hold. */
export function weaker(a: Ternary, b: Ternary): Ternary {
  return a === 'no' || b === 'no' ? 'no' : a === 'maybe' || b === 'maybe' ? 'maybe' : 'yes';
}

/** One must hold. */
export function stronger(a: Ternary, b: Ternary): Ternary {
  return a === 'yes' || b === 'yes' ? 'yes' : a === 'maybe' || b === 'maybe' ? 'maybe' : 'no';
}

function noteOpen(one: CompiledStatement, view: RequestView, open: Set<string>): void {
  for (const test of one.tests) if (askTest(test, view) === 'maybe') open.add(showSymbols(test.text));
  if (one.action(view) === 'maybe') open.add(`the actions of ${one.statement.origin.statement}`);
  if (one.resource(view) === 'maybe') open.add(`the resources of ${one.statement.origin.statement}`);
}
