import { NotContained } from '../../../core/containment/step';
import type { ContainableAgent, Incident } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';
import type { ProbeAnswer } from '../probe/answer';
import { nativeOf } from './agent';

/** Asks the probe of a canary what the canary may do. @param url its address */
export type AskProbe = (url: string) => Promise<ProbeAnswer>;

/** Asks as who the function runs as. @param token for an audience */
export function probeAsker(token: (audience: string) => Promise<string>): AskProbe {
  return async (url) => {
    const headers = { authorization: `Bearer ${await token(url)}`, 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the probe of the canary answers ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as ProbeAnswer;
  };
}

const PATIENCE_MS = 15_000;

/**
 * What a canary may do before it is stopped, for the evidence, and how much that is, for the check. What cannot be had is said, since the rest must be kept; once the canary
 * was stopped nobody is asked what it had before.
 */
export async function probedBefore(
  ask: AskProbe,
  agent: ContainableAgent,
  { steps }: Pick<Incident, 'steps'>,
): Promise<{ readonly probe?: JsonObject; readonly facts: JsonObject }> {
  const { probe } = nativeOf(agent);
  const late = steps.some(({ id, attempts }) => id === 'identity' && attempts > 0);
  if (probe === undefined || late) return { facts: {} };
  try {
    const answer = await ask(probe);
    return { probe: answer as unknown as JsonObject, facts: { probed: answer.has.length } };
  } catch (error) {
    return { probe: { said: (error as Error).message }, facts: {} };
  }
}

/** Looks whether Google refuses a canary, with the token that it has, all that it had before. @returns what to say besides */
export async function expectRefused(ask: AskProbe, agent: ContainableAgent, incident: Pick<Incident, 'steps'>): Promise<string> {
  const { probe } = nativeOf(agent);
  if (probe === undefined) return '';
  const before = hadBefore(incident);
  if (before === 0) throw new NotContained('the canary had nothing before it was stopped, so that its drill shows nothing');
  const { asked, has } = await ask(probe);
  if (has.length > 0) throw new NotContained(`with its own token the canary still has ${shortly(has)}`);
  return `; with its own token the canary has none of ${asked} permissions`;
}

/** Looks whether a canary has again what it had. @returns what to say besides */
export async function expectAnswered(ask: AskProbe, agent: ContainableAgent, incident: Pick<Incident, 'steps'>): Promise<string> {
  const { probe } = nativeOf(agent);
  if (probe === undefined) return '';
  const { asked, has, refused } = await ask(probe);
  if (has.length < (hadBefore(incident) ?? 1))
    throw new NotContained(
      `with its own token the canary is still refused ${asked - has.length} of ${asked} permissions${refused[0] ? ` (${refused[0]})` : ''}`,
    );
  return `; with its own token the canary has ${has.length} permissions again`;
}

/** How much a canary had; undefined where nobody could ask. */
function hadBefore({ steps }: Pick<Incident, 'steps'>): number | undefined {
  const had = steps.find(({ id }) => id === 'evidence')?.receipt?.facts?.['probed'];
  return typeof had === 'number' ? had : undefined;
}

const shortly = (list: readonly string[]): string =>
  list.length > 3 ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more` : list.join(', ');
