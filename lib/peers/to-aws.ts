import { signRequest } from '../client/sign';
import type { PeerEvent } from '../core/containment/peer';
import facts from './facts.json';
import { form, send } from './send';
import type { AwsAddress, CourierPorts } from './types';

const SHORTEST_SECONDS = 900;

/**
 * Puts the event on the bus, as the role that trusts this cloud's token.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function tellAws(event: PeerEvent, { listener, bus, audience }: AwsAddress, ports: CourierPorts): Promise<void> {
  const [, partition, , region = ''] = bus.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const fields = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: listener,
    RoleSessionName: `incident-${event.id}`.slice(0, 64),
    WebIdentityToken: await ports.token(audience),
    DurationSeconds: String(SHORTEST_SECONDS),
  };
  const session = await send({ url: `https://sts.${region}.${suffix}/`, ...form(fields) }, ports);
  const credentials = {
    accessKeyId: field(session, 'AccessKeyId'),
    secretAccessKey: field(session, 'SecretAccessKey'),
    sessionToken: field(session, 'SessionToken'),
  };
  const url = `https://events.${region}.${suffix}/`;
  const entry = { EventBusName: bus, Source: facts.source.value, DetailType: 'Agent Containment', Detail: JSON.stringify(event) };
  const body = JSON.stringify({ Entries: [entry] });
  const more = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' };
  const headers = await signRequest({ url, body, region, credentials, service: 'events', headers: more });
  const { FailedEntryCount = 0 } = JSON.parse(await send({ url, headers, body }, ports)) as { readonly FailedEntryCount?: number };
  if (FailedEntryCount > 0) throw new Error('the bus did not take the event');
}

/** One field of the answer of STS, which is XML whose values hold nothing that is escaped. */
function field(xml: string, name: string): string {
  const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (value === undefined) throw new Error(`the answer of STS lacks ${name}`);
  return value.trim();
}
