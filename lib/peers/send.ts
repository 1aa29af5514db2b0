import type { CourierPorts } from './types';

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
const PATIENCE_MS = 10_000;
const AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request, again where that may help, and gives the text of the answer. What is thrown says what was answered, and nothing of what was sent. */
export async function send({ url, headers, body }: Sent, { address = (same) => same, pause }: CourierPorts): Promise<string> {
  let last = 'nothing was sent';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(address(url), { method: 'POST', headers: { ...headers }, body, signal: AbortSignal.timeout(PATIENCE_MS) });
      text = await answer.text();
    } catch (error) {
      last = (error as Error).message;
      continue;
    }
    if (answer.ok) return text;
    last = `${answer.status} ${text.replace(/\s+/g, ' ').slice(0, 200)}`;
    if (!AGAIN.has(answer.status)) break;
  }
  throw new Error(`${new URL(url).hostname}: ${last}`);
}

/** A form as token endpoints take it. */
export const form = (fields: Readonly<Record<string, string>>): Pick<Sent, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

export const json = (value: unknown): Pick<Sent, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
