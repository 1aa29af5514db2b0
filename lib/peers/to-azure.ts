import type { PeerEvent } from '../core/containment/peer';
import { form, send } from './send';
import type { AzureAddress, CourierPorts } from './types';

/**
 * Sends the event to the topic, as the identity that this cloud's token is federated with.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential
 * @see https://learn.microsoft.com/en-us/azure/event-grid/cloud-event-schema
 */
export async function tellAzure(event: PeerEvent, address: AzureAddress, ports: CourierPorts): Promise<void> {
  const { tenantId, clientId, topic, audience } = address;
  const fields = {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await ports.token(audience),
    grant_type: 'client_credentials',
    scope: 'https://eventgrid.azure.net/.default',
  };
  const answer = await send({ url: `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, ...form(fields) }, ports);
  const { access_token: token } = JSON.parse(answer) as { readonly access_token?: string };
  if (!token) throw new Error('the answer of Entra lacks a token');
  const body = JSON.stringify({
    specversion: '1.0',
    id: `${event.cloud} ${event.id} ${event.stage}`,
    source: `/agentic-iam/${event.fleet}/${event.cloud}`,
    type: 'AgentContainment',
    subject: `${event.fleet}/${event.agent}`,
    time: event.at,
    datacontenttype: 'application/json',
    data: event,
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents+json; charset=utf-8' };
  await send({ url: `${topic}/api/events?api-version=2018-01-01`, headers, body }, ports);
}
