import { checkTaskId, sourceIdentityOf } from '../../../core/attribution';
import { AgenticIamError } from '../../../core/errors';
import { BrokerError } from '../task-broker/errors';
import type { UrlAnswer, UrlEvent } from '../task-broker/handler';
import { readCaller } from '../task-broker/request';
import type { Stopped } from './chain-policy';

export interface RevokerPorts {
  /** From now on the broker issues nothing more for the task. */
  readonly revoke: (agent: string, task: string, at: string) => Promise<void>;
  /** Denies everything to sessions with a source identity, in every policy that stops chains. */
  readonly stop: (sourceIdentity: string) => Promise<readonly Stopped[]>;
  readonly now: () => Date;
}

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Ends a task: first nothing more is issued for it, then what was issued is denied everything, for live sessions too. Safe to send again. */
export function makeRevoker(ports: RevokerPorts, log: (line: object) => void): (event: UrlEvent) => Promise<UrlAnswer> {
  return async (event) => {
    try {
      if (event.requestContext?.http?.method !== 'POST') throw new BrokerError(405, 'method', 'Send requests by POST.');
      const caller = readCaller(event.requestContext.authorizer?.iam?.userArn);
      const { agent, task } = readBody(event);
      const sourceIdentity = identityOf(agent, task);
      const at = ports.now().toISOString();
      await ports.revoke(agent, task, at);
      const stopped = await ports.stop(sourceIdentity);
      log({
        message: 'revoked',
        agent,
        task,
        caller: caller.arn,
        policies: stopped.length,
        dropped: stopped.reduce((sum, one) => sum + one.dropped, 0),
      });
      return { statusCode: 200, headers: HEADERS, body: JSON.stringify({ sourceIdentity, revokedAt: at, policies: stopped.length }) };
    } catch (error) {
      const known =
        error instanceof BrokerError ? error : new BrokerError(500, 'failed', 'The task may still run; send the request again.');
      log({ message: 'not revoked', code: known.code, error: (error as Error).name });
      return { statusCode: known.status, headers: HEADERS, body: JSON.stringify({ code: known.code, message: known.message }) };
    }
  };
}

function readBody({ body = '', isBase64Encoded }: UrlEvent): { readonly agent: string; readonly task: string } {
  try {
    const fields = JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body) as { agent?: unknown; task?: unknown };
    if (typeof fields.agent === 'string' && typeof fields.task === 'string') return { agent: fields.agent, task: checkTaskId(fields.task) };
  } catch {
    // Said below.
  }
  throw new BrokerError(400, 'invalid-request', "The request must have a JSON body with 'agent' and 'task'.");
}

function identityOf(agent: string, task: string): string {
  try {
    return sourceIdentityOf({ agent, task });
  } catch (error) {
    throw error instanceof AgenticIamError ? new BrokerError(400, error.code, error.message) : error;
  }
}
