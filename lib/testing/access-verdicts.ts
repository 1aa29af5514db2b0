import { describeOrigin } from '../core/report/review-terminal';
import type { AccessOrigin, AccessRequest, EffectiveAccess } from '../core/review/access';
import { proveNothingBeyond } from '../core/review/claims';
import { compileGlob, showSymbols } from '../core/review/glob';
import { findPaths } from '../core/review/paths';
import { proveReadOnly } from '../core/review/read-only';
import type { AccessPath, ClaimVerdict } from '../core/review/result';
import type { PathEnd } from '../core/review/world';
import { answer, type Located } from '../policy/answer';
import type { AccessQuestion, Verdict, WhoseAccess } from './access-matchers';
import { counterpartOf, everyoneIn, oneIn } from './access-principals';
import { readSubject } from './access-subject';

const ENDS: readonly PathEnd[] = ['admin', 'principal', 'resource', 'credentials'];

/** Whether one request is allowed, or denied. */
export function allows(given: unknown, { principal, ...request }: AccessQuestion, wanted: 'allowed' | 'denied'): Verdict {
  const subject = readSubject(given);
  const located = oneIn(subject, principal, request.action);
  const { effect, reason, origins, dependsOn = [] } = answer(located, { request, inputs: subject.inputs });
  const because = [
    `${nameOf(located)}: ${showRequest(request)} is ${effect}${subject.declared ? ', as it is declared' : ''}`,
    `  ${showSymbols(reason)}`,
    ...origins.map(showOrigin),
    ...dependsOn.map((one) => `  it depends on ${showSymbols(one)}`),
  ];
  if (effect === 'depends') return { holds: 'undecided', because };
  return { holds: (effect === 'allowed') === (wanted === 'allowed'), because };
}

/** Whether nothing that is allowed changes anything. */
export function isReadOnly(given: unknown, principal: string | undefined): Verdict {
  const everyone = everyoneIn(readSubject(given), principal);
  return sumOf(everyone.map((one) => ofClaim(one, proveReadOnly(one.principal.id, one.world))));
}

/** Whether no way leads to an end. */
export function hasNoPathTo(given: unknown, end: string, { principal }: WhoseAccess = {}): Verdict {
  const subject = readSubject(given);
  if (subject.declared) throw new Error('A manifest says what is declared, not which ways there are: give the stack or its template.');
  const reaches = (path: AccessPath): boolean =>
    (ENDS as readonly string[]).includes(end) ? path.to === end : compileGlob(end).matches(path.toArn) === 'yes';
  return sumOf(
    everyoneIn(subject, principal).map((one): Verdict => {
      const { world } = one;
      if (end === 'admin' && world.isAdmin(one.principal.id)) {
        return { holds: false, because: [`${nameOf(one)} has full control already`] };
      }
      const paths = findPaths(one.principal.id, subject.worlds).paths.filter(reaches);
      const [first] = paths;
      if (first) return { holds: false, because: [`${nameOf(one)} has ${showCount(paths.length)} to ${end}`, ...showPath(first)] };
      const unread = [...world.unknowns, ...world.access(one.principal.id).unknowns];
      if (unread.length > 0)
        return { holds: 'undecided', because: [`${nameOf(one)}: no way was found, but not everything was understood`, ...indent(unread)] };
      return { holds: true, because: [`${nameOf(one)} has no known way to ${end}`] };
    }),
  );
}

/** Whether everything that is allowed was allowed before. */
export function grantsNothingBeyond(given: unknown, previous: unknown, { principal }: WhoseAccess = {}): Verdict {
  const [now, before] = [readSubject(given), readSubject(previous)];
  return sumOf(
    everyoneIn(now, principal).map((one) => {
      const old = counterpartOf(one, before);
      const nobody: EffectiveAccess = { principal: one.principal.id, entries: [], unknowns: [] };
      const was = old ? old.world.access(old.principal.id) : nobody;
      const earlier = old && { world: old.world, principal: old.principal.id };
      return ofClaim(one, proveNothingBeyond(one.world.access(one.principal.id), was, earlier), old ? '' : ' (it was not there before)');
    }),
  );
}

function ofClaim(one: Located, { verdict, reason, counterExample, origins = [], fix }: ClaimVerdict, note = ''): Verdict {
  const because = [
    `${nameOf(one)}${note}: ${showSymbols(reason)}`,
    ...(counterExample ? [`  counter-example: ${showRequest(counterExample)}`] : []),
    ...origins.map(showOrigin),
    ...(fix && verdict === 'refuted' ? [`  to change: ${fix}`] : []),
  ];
  return { holds: verdict === 'proven' ? true : verdict === 'refuted' ? false : 'undecided', because };
}

/** All must hold; one that does not is enough, whatever is undecided of others. */
function sumOf(verdicts: readonly Verdict[]): Verdict {
  for (const holds of [false, 'undecided'] as const) {
    const found = verdicts.filter((one) => one.holds === holds);
    if (found.length > 0) return { holds, because: found.flatMap(({ because }) => because) };
  }
  return { holds: true, because: verdicts.flatMap(({ because }) => because) };
}

function nameOf({ principal }: Located): string {
  return principal.agent?.name ?? principal.name;
}

function showRequest({ action, resource, context = {} }: AccessRequest): string {
  const keys = Object.entries(context).map(([key, value]) => `${key} = ${typeof value === 'string' ? value : value.join(', ')}`);
  return showSymbols(`${action} on ${resource}${keys.length > 0 ? ` with ${keys.join(', ')}` : ''}`);
}

function showOrigin(origin: AccessOrigin): string {
  return `  by ${showSymbols(describeOrigin(origin))}`;
}

function showPath({ steps, toArn }: AccessPath): readonly string[] {
  const lines = steps.flatMap(({ sentence, technique, requests, allowedBy }, index) => [
    `  ${index + 1}. ${sentence} [${technique}]`,
    ...requests.map((request) => `     ${showRequest(request)}`),
    ...allowedBy.map((origin) => `   ${showOrigin(origin)}`),
  ]);
  return [...lines, `  end: ${toArn}`];
}

function showCount(count: number): string {
  return count === 1 ? 'one way' : `${count} ways`;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
