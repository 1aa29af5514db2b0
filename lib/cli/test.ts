import { createColors } from 'picocolors';
import { describeOrigin } from '../core/report/review-terminal';
import { plain } from '../core/report/text';
import type { Decision } from '../core/review/access';
import type { ReviewInput } from '../core/review/input';
import type { AccessWorld } from '../core/review/world';
import { unknownPrincipal, unreadableInput } from '../core/review-errors';
import { answer, type Located, locate } from '../policy/answer';
import { worldsOf } from '../policy/worlds';
import { type Expectation, isExpected, readExpectations } from './expectations';
import { type InputOptions, readInputs } from './inputs';
import { type Io, jsonText, progress } from './io';

export interface TestCommand extends InputOptions {
  /** Files of expectations. */
  readonly files: readonly string[];
  readonly json?: boolean;
}

/** What became of one expectation. */
interface Result {
  readonly place: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Expectation['request']['context'];
  readonly expect: string;
  readonly effect: Decision['effect'];
  readonly passed: boolean;
  readonly reason: string;
  readonly decidedBy: Decision['origins'];
  readonly dependsOn?: readonly string[];
  /** What makes the answer worth less than it seems. */
  readonly note?: string;
}

/** Decides every expectation, prints a verdict for each and gives the exit code. */
export function test(command: TestCommand, io: Io): number {
  const expectations = command.files.flatMap((file) => readExpectations(file, io));
  progress(io, 'reading');
  const inputs = readInputs(command, io);
  const worlds = worldsOf(inputs);
  const results = expectations.map((one) => judge(one, worlds, inputs));
  progress(io, '');
  const failed = results.filter(({ passed }) => !passed).length;
  if (command.json) io.out(jsonText({ passed: results.length - failed, failed, results }));
  else print(results, io);
  return failed > 0 ? 1 : 0;
}

function judge(expectation: Expectation, worlds: readonly AccessWorld[], inputs: readonly ReviewInput[]): Result {
  const { place, principal, request, expect } = expectation;
  const located = oneOf(locate(worlds, principal, request.action), expectation, worlds);
  const missing = expect === 'depends' ? 'unknown' : 'absent';
  const { effect, reason, origins, dependsOn } = answer(located, { request, inputs, missing });
  const known = located.world.facts.level(request.action) !== undefined;
  return {
    place,
    principal: located.principal.id,
    ...request,
    expect,
    effect,
    passed: isExpected(expect, effect),
    reason,
    decidedBy: origins,
    ...(dependsOn && dependsOn.length > 0 ? { dependsOn } : {}),
    ...(known ? {} : { note: `the catalog of ${located.world.cloud} knows no action '${request.action}'` }),
  };
}

function oneOf(found: readonly Located[], { place, principal }: Expectation, worlds: readonly AccessWorld[]): Located {
  const [first, ...more] = found;
  if (!first) {
    const names = worlds.flatMap(({ principals }) => principals.filter(({ reviewed }) => reviewed).map(({ id }) => id));
    throw unknownPrincipal(`${principal} (${place})`, names.slice(0, 3));
  }
  if (more.length === 0) return first;
  throw unreadableInput(place, {
    rule: 'must name one principal',
    reason: `'${principal}' names ${found.map(({ principal: { id } }) => `'${id}'`).join(' and ')}`,
    fix: 'give its id',
  });
}

function print(results: readonly Result[], io: Io): void {
  const colors = createColors(io.color);
  for (const result of results) {
    const { passed, principal, action, resource, context, expect, effect, reason, decidedBy, dependsOn = [], note } = result;
    const mark = passed ? colors.green('ok  ') : colors.red('FAIL');
    const said = passed ? effect : `expected ${expect}, is ${effect}`;
    io.out(`${mark} ${plain(principal)} ${plain(action)} on ${plain(resource)}${contextText(context)}: ${said}\n`);
    for (const origin of decidedBy) io.out(`       by ${plain(describeOrigin(origin))}\n`);
    if (decidedBy.length === 0 || !passed) io.out(`       ${plain(reason)}\n`);
    for (const one of passed ? [] : dependsOn) io.out(`       depends on ${plain(one)}\n`);
    if (note) io.out(`       ${colors.yellow(`note: ${plain(note)}`)}\n`);
    if (!passed) io.out(`       from ${plain(result.place)}\n`);
  }
  const failed = results.filter(({ passed }) => !passed).length;
  const sum = `${results.length - failed} of ${results.length} as expected`;
  io.out(`${failed === 0 ? colors.green(sum) : colors.red(sum)}\n`);
}

function contextText(context: Result['context']): string {
  const entries = Object.entries(context ?? {});
  if (entries.length === 0) return '';
  return ` with ${entries.map(([key, value]) => `${plain(key)} = ${plain(typeof value === 'string' ? value : value.join(', '))}`).join(', ')}`;
}
