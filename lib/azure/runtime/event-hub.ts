import { type AzureApiOptions, azureApi } from './azure-api';

/** What tokens for event hubs are asked for. */
const SCOPE = 'https://eventhubs.azure.net/.default';
/** Bytes of one call, well below what the smallest tier takes. @see https://learn.microsoft.com/en-us/azure/event-hubs/event-hubs-quotas */
const MOST = 200_000;

/**
 * Sends events to an event hub, many in one call; throws where it did not take them.
 * @param address `https://NAMESPACE.servicebus.windows.net/HUB`
 * @see https://learn.microsoft.com/en-us/rest/api/eventhub/send-batch-events
 */
export function hubSender(address: string, options: AzureApiOptions): (events: readonly object[]) => Promise<void> {
  const { origin, pathname } = new URL(address);
  const api = azureApi({ address: origin, scope: SCOPE }, options);
  const send = (bodies: readonly string[]): Promise<object> =>
    api({
      method: 'POST',
      path: `${pathname}/messages?api-version=2014-01`,
      contentType: 'application/vnd.microsoft.servicebus.json',
      body: bodies.map((Body) => ({ Body })),
    });
  return async (events) => {
    let part: string[] = [];
    let bytes = 0;
    for (const text of events.map((event) => JSON.stringify(event))) {
      const size = Buffer.byteLength(JSON.stringify(text)) + 12;
      if (part.length > 0 && bytes + size > MOST) {
        await send(part);
        [part, bytes] = [[], 0];
      }
      part.push(text);
      bytes += size;
    }
    if (part.length > 0) await send(part);
  };
}
