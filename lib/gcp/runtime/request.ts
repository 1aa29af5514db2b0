/** What the framework of functions hands over. @see https://docs.cloud.google.com/functions/docs/writing/write-http-functions */
export interface FunctionRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON, read by the framework. */
  readonly body: unknown;
}

export interface FunctionResponse {
  readonly status: (code: number) => FunctionResponse;
  readonly json: (body: object) => void;
}

/** A message that a subscription pushed. @see https://docs.cloud.google.com/pubsub/docs/push */
export interface PushedMessage {
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** When it was published. @default - nobody said so */
  readonly publishTime?: string;
  /** Its content as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** The message of a push; undefined where the request is none. */
export function pushedMessage(body: unknown): PushedMessage | undefined {
  const { message } = (body ?? {}) as {
    readonly message?: {
      readonly data?: string;
      readonly messageId?: string;
      readonly publishTime?: string;
      readonly attributes?: Record<string, string>;
    };
  };
  if (message?.messageId === undefined) return undefined;
  const { messageId, publishTime, attributes = {} } = message;
  return { messageId, attributes, ...(publishTime === undefined ? {} : { publishTime }), json: jsonOf(message.data) };
}

function jsonOf(data: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(data ?? '', 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
