import type { GoogleApi } from './google-api';

/** Messages of one call. @see https://docs.cloud.google.com/pubsub/quotas */
const MOST = 100;
/** Longest value of an attribute, in bytes. */
const ATTRIBUTE = 1_024;

/** Something to say on a topic; attributes are what subscriptions choose by. */
export interface TopicMessage {
  readonly type: string;
  readonly body: object;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Sends messages; throws where the topic did not take all of them. @param topic `projects/P/topics/T` */
export function topicSender(api: GoogleApi, topic: string): (messages: readonly TopicMessage[]) => Promise<void> {
  return async (messages) => {
    for (let from = 0; from < messages.length; from += MOST) {
      const part = messages.slice(from, from + MOST);
      const { messageIds = [] } = await api
        .service('pubsub')
        .call<{ readonly messageIds?: readonly string[] }>('POST', `/v1/${topic}:publish`, {
          messages: part.map(({ type, body, attributes }) => ({
            data: Buffer.from(JSON.stringify(body)).toString('base64'),
            attributes: Object.fromEntries(
              Object.entries({ type, ...attributes }).map(([name, value]) => [name, value.slice(0, ATTRIBUTE)]),
            ),
          })),
        });
      if (messageIds.length !== part.length) throw new Error(`the topic took ${messageIds.length} of ${part.length} messages`);
    }
  };
}
