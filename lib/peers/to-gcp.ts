import type { PeerEvent } from '../core/containment/peer';
import { json, send } from './send';
import type { CourierPorts, GoogleAddress } from './types';

/**
 * Publishes the event, as the one principal that the provider makes of this cloud's token.
 * @see https://docs.cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 * @see https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish
 */
export async function tellGoogle(event: PeerEvent, { provider, topic, audience }: GoogleAddress, ports: CourierPorts): Promise<void> {
  const asked = {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: provider,
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    subjectToken: await ports.token(audience),
  };
  const answer = await send({ url: 'https://sts.googleapis.com/v1/token', ...json(asked) }, ports);
  const { access_token: token } = JSON.parse(answer) as { readonly access_token?: string };
  if (!token) throw new Error('the answer of the token service lacks a token');
  const attributes = { type: 'Agent Containment', agent: event.agent, fleet: event.fleet };
  const message = json({ messages: [{ data: Buffer.from(JSON.stringify(event)).toString('base64'), attributes }] });
  const headers = { ...message.headers, authorization: `Bearer ${token}` };
  await send({ url: `https://pubsub.googleapis.com/v1/${topic}:publish`, headers, body: message.body }, ports);
}
