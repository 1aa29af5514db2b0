import type { AzureApi } from './azure-api';

/** Events of one call, and bytes of one event. @see https://learn.microsoft.com/en-us/azure/event-grid/quotas-limits */
const MOST = 50;

/** An event for a topic. */
export interface TopicEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: object;
}

export const EVENT_GRID_SCOPE = 'https://eventgrid.azure.net/.default';

/** Sends events in the form of CloudEvents; throws where the topic did not take them. @see https://learn.microsoft.com/en-us/azure/event-grid/cloud-event-schema */
export function topicSender(api: AzureApi, source: string): (events: readonly TopicEvent[]) => Promise<void> {
  return async (events) => {
    for (let from = 0; from < events.length; from += MOST)
      await api({
        method: 'POST',
        path: '/api/events?api-version=2018-01-01',
        contentType: 'application/cloudevents-batch+json; charset=utf-8',
        body: events
          .slice(from, from + MOST)
          .map((event) => ({ specversion: '1.0', source, datacontenttype: 'application/json', ...event })),
      });
  };
}
