import { type GoogleApi, GoogleError } from '../google-api';
import { permissionsAt } from '../policies/permissions';
import { nameOfPlace } from '../policies/place';
import type { FunctionRequest, FunctionResponse } from '../request';
import type { ProbeAnswer, ProbedPlace } from './answer';

export interface ProbePorts {
  /** Google's APIs as the canary itself. */
  readonly api: GoogleApi;
  /** Asks for a token, or gives the one that is there: it lives for an hour, as one that was stolen would. */
  readonly token: () => Promise<unknown>;
  readonly places: readonly ProbedPlace[];
}

/** What Google answers where it does not take a token. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/**
 * What a canary may do now, asked of Google with the canary's own token: by this a drill shows that what stops an agent stops a token that is there, too. It answers the
 * responder and nobody else, and does nothing but ask.
 */
export function makeProbe(ports: ProbePorts): (request: FunctionRequest, response: FunctionResponse) => Promise<void> {
  return async (_request, response) => {
    try {
      response.status(200).json(await probe(ports));
    } catch (error) {
      // Neither had nor refused: nothing is shown by that.
      response.status(503).json({ said: (error as Error).message });
    }
  };
}

async function probe({ api, token, places }: ProbePorts): Promise<ProbeAnswer> {
  const asked = places.reduce((sum, { permissions }) => sum + permissions.length, 0);
  const none = await refusal(token);
  if (none !== undefined) return { asked, has: [], refused: places.map((place) => `${nameOfPlace(place)}: no token: ${none}`) };
  const has: string[] = [];
  const refused: string[] = [];
  for (const place of places) {
    const said = await refusal(async () => {
      for (const permission of await permissionsAt(api, place, place.permissions)) has.push(`${permission} on ${nameOfPlace(place)}`);
    });
    if (said !== undefined) refused.push(`${nameOfPlace(place)}: ${said}`);
  }
  return { asked, has, refused };
}

/** In which words something was refused; undefined where it was not. */
async function refusal(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    const { status, message } = error as Error & { readonly status?: unknown };
    const code = error instanceof GoogleError ? error.status : Number(status);
    if (REFUSED.has(code)) return message;
    throw error;
  }
}
