import { issue } from './broker';
import { BrokerError } from './errors';
import type { BrokerPorts } from './ports';
import { readCaller, readRequest } from './request';

/** What a function URL passes on. @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
export interface UrlEvent {
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: {
    readonly http?: { readonly method?: string };
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
  };
}

export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** The handler over its ports. What is written to the log never holds a credential, whatever fails. */
export function makeHandler(ports: BrokerPorts, log: (line: object) => void): (event: UrlEvent) => Promise<UrlAnswer> {
  return async (event) => {
    try {
      if (event.requestContext?.http?.method !== 'POST') throw new BrokerError(405, 'method', 'Send requests by POST.');
      const caller = readCaller(event.requestContext.authorizer?.iam?.userArn);
      const request = readRequest(textOf(event));
      const answer = await issue(caller, request, ports);
      const { agent, template, task, requestId } = request;
      log({
        message: 'issued',
        agent,
        template,
        task,
        requestId,
        caller: caller.arn,
        credential: answer.accessKeyId,
        expiresAt: answer.expiresAt,
      });
      return { statusCode: 200, headers: HEADERS, body: JSON.stringify(answer) };
    } catch (error) {
      return refuse(error, log);
    }
  };
}

function textOf({ body, isBase64Encoded }: UrlEvent): string | undefined {
  return body !== undefined && isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function refuse(error: unknown, log: (line: object) => void): UrlAnswer {
  if (error instanceof BrokerError) {
    const { status, code, message } = error;
    log({ message: 'refused', status, code });
    return { statusCode: status, headers: HEADERS, body: JSON.stringify({ code, message }) };
  }
  // The message of another error may quote what was sent or answered.
  log({ message: 'failed', error: (error as Error).name });
  return {
    statusCode: 500,
    headers: HEADERS,
    body: JSON.stringify({ code: 'failed', message: 'Nothing was issued; send the request again.' }),
  };
}
