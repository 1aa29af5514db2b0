import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PeerAddress } from '../../lib/peers/types';
import { PublishedApi } from '../setup/api-descriptions';

/** Who a token is of, as the clouds that get it know each other. */
export interface Claims {
  readonly cloud: string;
  readonly aud: string;
}

/** A token as one cloud signs it: here its claims are its signature. */
export const tokenOf = (claims: Claims): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
const claimsOf = (token: string): Claims => JSON.parse(Buffer.from(token, 'base64url').toString());

export const ADDRESSES = {
  aws: {
    cloud: 'aws',
    audience: 'agentic-iam-containment',
    listener: 'arn:aws:iam::111122223333:role/agentic-iam-responder/main--listener',
    bus: 'arn:aws:events:eu-central-1:111122223333:event-bus/agentic-iam-main',
  },
  azure: {
    cloud: 'azure',
    audience: 'api://AzureADTokenExchange',
    tenantId: '11111111-1111-1111-1111-111111111111',
    clientId: '22222222-2222-2222-2222-222222222222',
    topic: 'https://agentic-iam-main-containments.westeurope-1.eventgrid.azure.net',
  },
  gcp: {
    cloud: 'gcp',
    audience: 'agentic-iam-containment',
    provider: '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aim-peers-0123abcd/providers/from-aws',
    topic: 'projects/agents-prod/topics/agentic-iam-main-containments',
  },
} as const satisfies Readonly<Record<string, PeerAddress>>;

const GOOGLE = new PublishedApi(() => true);
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

interface Heard {
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What each service takes, by its published API; whatever else comes is refused as the service would. */
type Answer = { readonly code: number; readonly body: string };
const bad = (body: string): Answer => ({ code: 400, body });
const ok = (body: string): Answer => ({ code: 200, body });

/** The services of three clouds by which responders tell each other, on one port: the host of a request is its first path segment. */
export class CloudsServer {
  /** Events that arrived, as their receiver gets them, by cloud. */
  readonly delivered: { readonly cloud: string; readonly event: unknown }[] = [];
  readonly requests: Heard[] = [];
  /** Answers to give instead, by host, one after the other. */
  readonly failures = new Map<string, number[]>();
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (incoming, outgoing) => {
      const [, host = '', ...rest] = (incoming.url ?? '').split('/');
      const heard = { host, path: `/${rest.join('/')}`, headers: incoming.headers, body: await text(incoming) };
      this.requests.push(heard);
      const failure = this.failures.get(host)?.shift();
      const answer = failure === undefined ? this.answer(heard) : { code: failure, body: 'busy' };
      outgoing.writeHead(answer.code).end(answer.body);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }

  /** Where a service really is. */
  readonly address = (url: string): string => {
    const { host, pathname, search } = new URL(url);
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${host}${pathname}${search}`;
  };

  private answer(heard: Heard): Answer {
    const { host } = heard;
    if (host === 'sts.eu-central-1.amazonaws.com') return this.assumeRole(new URLSearchParams(heard.body));
    if (host === 'events.eu-central-1.amazonaws.com') return this.putEvents(heard);
    if (host === 'login.microsoftonline.com') return this.entra(heard);
    if (host === 'agentic-iam-main-containments.westeurope-1.eventgrid.azure.net') return this.eventGrid(heard);
    if (host === 'sts.googleapis.com') return this.exchange(heard);
    if (host === 'pubsub.googleapis.com') return this.publish(heard);
    return { code: 404, body: host };
  }

  private assumeRole(form: URLSearchParams): Answer {
    const { audience, listener } = ADDRESSES.aws;
    if (form.get('Action') !== 'AssumeRoleWithWebIdentity' || form.get('Version') !== '2011-06-15') return bad('InvalidAction');
    if (!/^[\w+=,.@-]{2,64}$/.test(form.get('RoleSessionName') ?? '') || Number(form.get('DurationSeconds')) < 900)
      return bad('ValidationError');
    if (form.get('RoleArn') !== listener || claimsOf(form.get('WebIdentityToken') ?? '').aud !== audience)
      return { code: 403, body: 'AccessDenied' };
    const fields = `<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>${SECRET}</SecretAccessKey><SessionToken>IQoJb3JpZ2luX2VjEXAMPLE==</SessionToken>`;
    return ok(
      `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>${fields}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
  }

  private putEvents({ headers, body }: Heard): Answer {
    if (headers['x-amz-target'] !== 'AWSEvents.PutEvents' || headers['content-type'] !== 'application/x-amz-json-1.1')
      return bad('UnknownOperationException');
    if (!isSigned(headers, body)) return { code: 403, body: 'InvalidSignatureException' };
    const { Entries } = JSON.parse(body) as { Entries: readonly Record<string, string>[] };
    for (const { EventBusName, Source, DetailType, Detail = '' } of Entries) {
      // What the role may do is bound to these.
      if (EventBusName !== ADDRESSES.aws.bus || Source !== 'agentic-iam.peer' || DetailType !== 'Agent Containment')
        return { code: 400, body: 'AccessDeniedException' };
      this.delivered.push({ cloud: 'aws', event: { 'detail-type': DetailType, detail: JSON.parse(Detail) } });
    }
    return ok(JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map((_, at) => ({ EventId: String(at) })) }));
  }

  private entra({ path, body }: Heard): Answer {
    const { tenantId, clientId, audience } = ADDRESSES.azure;
    const form = new URLSearchParams(body);
    if (path !== `/${tenantId}/oauth2/v2.0/token`) return { code: 404, body: path };
    const fixed = {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      grant_type: 'client_credentials',
      scope: 'https://eventgrid.azure.net/.default',
    };
    const odd = Object.entries(fixed).find(([name, value]) => form.get(name) !== value);
    if (odd) return bad(`AADSTS900144 ${odd[0]}`);
    if (claimsOf(form.get('client_assertion') ?? '').aud !== audience) return { code: 401, body: 'AADSTS700212' };
    return ok(JSON.stringify({ token_type: 'Bearer', expires_in: 86_399, access_token: 'entra-token' }));
  }

  private eventGrid({ path, headers, body }: Heard): Answer {
    if (path !== '/api/events?api-version=2018-01-01') return { code: 404, body: path };
    if (headers.authorization !== 'Bearer entra-token') return { code: 401, body: 'Unauthorized' };
    if (!headers['content-type']?.startsWith('application/cloudevents+json')) return { code: 415, body: 'UnsupportedMediaType' };
    const event = JSON.parse(body) as Record<string, unknown>;
    const lacking = ['specversion', 'id', 'source', 'type'].find((name) => typeof event[name] !== 'string');
    if (lacking) return bad(`This resource is configured for 'CloudEventV10' schema and requires '${lacking}'`);
    this.delivered.push({ cloud: 'azure', event });
    return ok('');
  }

  private exchange({ path, body }: Heard): Answer {
    const problem = GOOGLE.problemOf({ service: 'sts', method: 'POST', path, query: '', body: JSON.parse(body) });
    if (problem) return bad(problem);
    const { provider, audience } = ADDRESSES.gcp;
    const asked = JSON.parse(body) as Record<string, string>;
    if (path !== '/v1/token' || asked['grantType'] !== 'urn:ietf:params:oauth:grant-type:token-exchange') return bad('invalid_request');
    if (asked['subjectTokenType'] !== 'urn:ietf:params:oauth:token-type:jwt') return bad('unsupported_token_type');
    if (asked['audience'] !== provider || claimsOf(asked['subjectToken'] ?? '').aud !== audience) return bad('invalid_grant');
    return ok(JSON.stringify({ access_token: 'google-token', issued_token_type: asked['requestedTokenType'], token_type: 'Bearer' }));
  }

  private publish({ path, headers, body }: Heard): Answer {
    const problem = GOOGLE.problemOf({ service: 'pubsub', method: 'POST', path, query: '', body: JSON.parse(body) });
    if (problem) return bad(problem);
    if (path !== `/v1/${ADDRESSES.gcp.topic}:publish`) return { code: 404, body: path };
    if (headers.authorization !== 'Bearer google-token') return { code: 401, body: 'UNAUTHENTICATED' };
    const { messages } = JSON.parse(body) as { readonly messages: readonly object[] };
    for (const message of messages) this.delivered.push({ cloud: 'gcp', event: { message: { messageId: '1', ...message } } });
    return ok(JSON.stringify({ messageIds: messages.map((_, at) => String(at)) }));
  }
}

/** Signs again what came, by the published algorithm. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned(headers: IncomingMessage['headers'], body: string): boolean {
  const [, scope = '', names = '', signature = ''] =
    /Credential=ASIAEXAMPLE\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]+)/.exec(headers.authorization ?? '') ?? [];
  const [date = '', region = '', service = ''] = scope.split('/');
  if (service !== 'events' || region !== 'eu-central-1' || headers['x-amz-security-token'] !== 'IQoJb3JpZ2luX2VjEXAMPLE==') return false;
  const hash = (value: string): string => createHash('sha256').update(value).digest('hex');
  const headerOf = (name: string): string => (name === 'host' ? 'events.eu-central-1.amazonaws.com' : String(headers[name]));
  const canonical = ['POST', '/', '', ...names.split(';').map((name) => `${name}:${headerOf(name)}`), '', names, hash(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    `AWS4${SECRET}`,
  );
  return createHmac('sha256', key).update(text).digest('hex') === signature;
}
