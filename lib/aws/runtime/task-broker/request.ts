import { checkTaskId } from '../../../core/attribution';
import { AgenticIamError } from '../../../core/errors';
import { BrokerError } from './errors';

/** A request for the credentials of one task. */
export interface TaskRequest {
  readonly agent: string;
  readonly template: string;
  readonly task: string;
  /** The same request sent again has the same id. */
  readonly requestId: string;
  readonly parameters: unknown;
  /** Life that is asked for, in seconds. @default - the longest of the template */
  readonly seconds?: number;
}

/** Who asks, as IAM authenticated it. */
export interface Caller {
  /** ARN of the role or user; of a role without its path, which no session tells. */
  readonly arn: string;
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A body is a handful of names. */
const LONGEST_BODY = 8_192;

/** Reads the body of a request; whatever is not one is refused with what is wrong. */
export function readRequest(body: string | undefined): TaskRequest {
  if (body === undefined || body.length > LONGEST_BODY) throw invalid(`must have a JSON body of at most ${LONGEST_BODY} characters`);
  const fields = parse(body);
  const known = ['agent', 'template', 'task', 'requestId', 'parameters', 'seconds'];
  const odd = Object.keys(fields).find((key) => !known.includes(key));
  if (odd !== undefined) throw invalid(`has the unknown member ${JSON.stringify(odd)}; send: ${known.join(', ')}`);
  const { agent, template, task, requestId, parameters = {}, seconds } = fields;
  if (seconds !== undefined && !(typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0))
    throw invalid("must have whole 'seconds'");
  return {
    agent: text('agent', agent, NAME),
    template: text('template', template, NAME),
    task: taskId(task),
    requestId: text('requestId', requestId, REQUEST_ID),
    parameters,
    ...(seconds === undefined ? {} : { seconds }),
  };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below: the text may hold anything.
  }
  throw invalid('must have a JSON object as its body');
}

function text(name: string, value: unknown, form: RegExp): string {
  if (typeof value !== 'string' || !form.test(value)) throw invalid(`must have '${name}' of the form ${form.source}`);
  return value;
}

function taskId(value: unknown): string {
  try {
    return checkTaskId(value);
  } catch (error) {
    throw error instanceof AgenticIamError ? invalid(`must have a task id that is valid: ${error.message}`) : error;
  }
}

function invalid(rule: string): BrokerError {
  return new BrokerError(400, 'invalid-request', `The request ${rule}.`);
}

/**
 * Who called, from what the function URL says of a signed request. A session says the name of its role, and not its path.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function readCaller(userArn: unknown): Caller {
  const text = typeof userArn === 'string' ? userArn : '';
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(text) ?? [];
  if (name !== undefined) return { arn: `arn:${partition}:iam::${account}:role/${name}` };
  throw new BrokerError(403, 'unknown-caller', 'Only a session of a role may ask for the credentials of a task.');
}

/** Whether a caller is one of these roles, given by their ARNs with their paths. The name of a role is one of a kind in its account. */
export function isOneOf({ arn }: Caller, roles: readonly string[]): boolean {
  return roles.some((role) => role.replace(/:role\/(?:.*\/)?([^/]+)$/, ':role/$1') === arn);
}
