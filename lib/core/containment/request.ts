/** What a person may ask for. */
export interface OperatorRequest {
  readonly action: 'contain' | 'restore' | 'status' | 'drill';
  readonly agent: string;
  readonly fleet: string;
  /** @default - the whole agent */
  readonly workflow?: string;
  /** @default 'brake' */
  readonly response: 'restrict' | 'brake' | 'quarantine';
  readonly reason: string;
  /** The same request sent again has the same id. */
  readonly requestId: string;
  readonly dryRun: boolean;
}

/** Something that is no request: what is wrong with it, for the caller. */
export class InvalidRequest extends Error {}

const NAME = /^[a-z][a-z0-9-]{0,40}$/;
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONGEST = 4_096;
const LONGEST_REASON = 500;

/** Reads the body of a request, as text or as JSON that was read already. */
export function readOperatorRequest(body: unknown): OperatorRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  if (text.length > LONGEST) throw new InvalidRequest(`The body must have ${LONGEST} characters at most.`);
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw new InvalidRequest('The body must be JSON.');
  }
  if (typeof fields !== 'object' || fields === null) throw new InvalidRequest('The body must be a JSON object.');
  const one = <T extends string>(name: string, known: readonly T[], fallback?: T): T => {
    const value = fields[name] ?? fallback;
    if (!(known as readonly unknown[]).includes(value)) throw new InvalidRequest(`'${name}' must be one of ${known.join(', ')}.`);
    return value as T;
  };
  const matching = (name: string, form: RegExp): string => {
    const value = fields[name];
    if (typeof value !== 'string' || !form.test(value)) throw new InvalidRequest(`'${name}' must be of the form ${form.source}.`);
    return value;
  };
  const action = one('action', ['contain', 'restore', 'status', 'drill']);
  const { reason = '', dryRun = false } = fields;
  if (action !== 'status' && action !== 'drill' && (typeof reason !== 'string' || reason.trim() === '' || reason.length > LONGEST_REASON))
    throw new InvalidRequest(`'reason' must say why, in ${LONGEST_REASON} characters at most.`);
  if (typeof dryRun !== 'boolean') throw new InvalidRequest("'dryRun' must be true or false.");
  return {
    action,
    agent: matching('agent', NAME),
    fleet: matching('fleet', NAME),
    ...(fields['workflow'] === undefined ? {} : { workflow: matching('workflow', NAME) }),
    response: one('response', ['restrict', 'brake', 'quarantine'], 'brake'),
    reason: String(reason),
    requestId: action === 'contain' || action === 'drill' ? matching('requestId', REQUEST_ID) : '',
    dryRun,
  };
}
