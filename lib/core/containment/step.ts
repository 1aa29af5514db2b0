import type { JsonObject } from '../json';
import type { StepHandler } from './responder';
import type { ContainableAgent, Incident } from './types';

/** Something that this responder does not touch, whatever asks for it. */
export class NotEligible extends Error {
  override readonly name = 'NotEligible';
}

/** Something that is not as containment promises. */
export class NotContained extends Error {
  override readonly name = 'NotContained';
}

/** Something that waits for its turn: it is tried again, and that is no failed attempt. */
export class Queued extends Error {
  override readonly name = 'Queued';

  /** @param seconds after which it is worth trying again */
  constructor(
    readonly seconds: number,
    message: string,
  ) {
    super(message);
  }
}

/** Does a step, and says what was done. */
export type StepRun = (
  agent: ContainableAgent,
  incident: Incident,
) => Promise<string | { readonly said: string; readonly facts?: JsonObject }>;

/** Steps as the responder takes them: what is not eligible is not tried again, and what waits for its turn is tried when that comes. */
export function stepsOf(runs: Readonly<Record<string, StepRun>>, now: () => Date): Readonly<Record<string, StepHandler>> {
  return Object.fromEntries(Object.entries(runs).map(([id, run]) => [id, stepOf(run, now)]));
}

function stepOf(run: StepRun, now: () => Date): StepHandler {
  return async (agent, incident) => {
    const at = now().toISOString();
    try {
      const done = await run(agent, incident);
      return { ok: true, receipt: typeof done === 'string' ? { at, said: done } : { at, ...done } };
    } catch (error) {
      if (error instanceof Queued) return { ok: false, later: error.seconds, receipt: { at, said: error.message } };
      if (!(error instanceof NotEligible)) throw error;
      return { ok: false, final: true, receipt: { at, said: error.message } };
    }
  };
}

/** Does one after the other, and says what was done of each. */
export async function sayEach<T>(list: readonly T[], run: (one: T) => Promise<string>, none: string): Promise<string> {
  const said: string[] = [];
  for (const one of list) said.push(await run(one));
  return said.length > 0 ? said.join('; ') : none;
}

/** Does one after the other, whatever the others do: what fails keeps none of the rest from being done, and is said at the end. */
export async function tryEach<T>(list: readonly T[], run: (one: T) => Promise<string>, none: string): Promise<string> {
  const said: string[] = [];
  const failed: Error[] = [];
  for (const one of list) {
    try {
      said.push(await run(one));
    } catch (error) {
      failed.push(error as Error);
    }
  }
  const [first] = failed;
  if (first) throw failed.length === 1 ? first : new Error(failed.map(({ message }) => message).join('; '));
  return said.length > 0 ? said.join('; ') : none;
}

/** What a person is told at a restore of what the agent remembers by. */
export function memoriesText(memories: readonly string[], { triggers, openedAt }: Pick<Incident, 'triggers' | 'openedAt'>): string {
  const since = triggers.map(({ at }) => at).sort()[0] ?? openedAt;
  return memories.map((name) => `; ${name} still holds what it wrote before and after ${since}: begin from before, or read it`).join('');
}
