import { type PeerForm, peerValue } from '../core/containment/peer';
import facts from './facts.json';
import type { AwsAddress, AzureAddress, GoogleAddress } from './types';

/** The responder on AWS, as its stack's output `Peer` names it, and the issuer of its account. */
export interface AwsPeer {
  /** Issuer of the account's outbound identity federation, `AgentIdentity.outboundIssuer`: `https://ID.tokens.sts.global.api.aws`. */
  readonly issuer: string;
  /** ARN of the responder's role. */
  readonly responder: string;
  /** ARN of the role by which others put containments on its bus. */
  readonly listener: string;
  /** ARN of the bus. */
  readonly bus: string;
}

/** The responder on Azure, as its stack's output `Peer` names it. */
export interface AzurePeer {
  readonly tenantId: string;
  /** Object id of the responder's identity. */
  readonly principalId: string;
  /** Client id of the identity by which others send to its topic. */
  readonly clientId: string;
  /** Address of the topic, without a path. */
  readonly topic: string;
  /** Application that its tokens are for. */
  readonly audience: string;
  /** Whether that application takes tokens of version 2. @default false, as applications are made */
  readonly v2Tokens?: boolean;
}

/** The responder on Google Cloud, as its stack's output `Peer` names it. */
export interface GcpPeer {
  /** Unique id of the responder's service account. */
  readonly uniqueId: string;
  /** `projects/P/topics/T` */
  readonly topic: string;
  /** `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL` */
  readonly pool: string;
}

const ID: PeerForm = {
  form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  words: 'an id of Entra in lower case',
  example: '00000000-0000-0000-0000-000000000000',
};
const ROLE: PeerForm = {
  form: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  words: 'the ARN of a role',
  example: 'arn:aws:iam::111122223333:role/agentic-iam-responder/main--listener',
};
const FORMS = {
  issuer: { form: /^https:\/\/[\w.-]+(\/[\w.-]+)*$/, words: 'an https address', example: 'https://0123.tokens.sts.global.api.aws' },
  bus: {
    form: /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+$/,
    words: 'the ARN of a bus',
    example: 'arn:aws:events:eu-central-1:111122223333:event-bus/agentic-iam-main',
  },
  audience: { form: /^api:\/\/[\w.-]+$/, words: 'the URI of an application', example: 'api://00000000-0000-0000-0000-000000000000' },
  azureTopic: {
    form: /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*\.eventgrid\.azure\.(net|us|cn)$/,
    words: 'the address of a topic, without a path',
    example: 'https://agentic-iam-main-containments.westeurope-1.eventgrid.azure.net',
  },
  uniqueId: { form: /^\d{15,25}$/, words: 'the numeric unique id of a service account', example: '112233445566778899001' },
  googleTopic: {
    form: /^projects\/[a-z][a-z0-9:.-]+\/topics\/[A-Za-z][\w.~+%-]{2,254}$/,
    words: 'the name of a topic',
    example: 'projects/agents-prod/topics/agentic-iam-main-containments',
  },
  pool: {
    form: /^\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32}$/,
    words: 'the full name of a workload identity pool',
    example: '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aim-peers-0123abcd',
  },
} satisfies Readonly<Record<string, PeerForm>>;

/** Refuses what names nothing exactly. */
export function checkAwsPeer({ issuer, responder, listener, bus }: AwsPeer): AwsPeer {
  return {
    issuer: peerValue('AWS', ['issuer', issuer], FORMS.issuer),
    responder: peerValue('AWS', ['responder', responder], ROLE),
    listener: peerValue('AWS', ['listener', listener], ROLE),
    bus: peerValue('AWS', ['bus', bus], FORMS.bus),
  };
}

export function checkAzurePeer({ tenantId, principalId, clientId, topic, audience, v2Tokens = false }: AzurePeer): Required<AzurePeer> {
  return {
    tenantId: peerValue('Azure', ['tenantId', tenantId], ID),
    principalId: peerValue('Azure', ['principalId', principalId], ID),
    clientId: peerValue('Azure', ['clientId', clientId], ID),
    topic: peerValue('Azure', ['topic', topic], FORMS.azureTopic),
    audience: peerValue('Azure', ['audience', audience], FORMS.audience),
    v2Tokens,
  };
}

export function checkGcpPeer({ uniqueId, topic, pool }: GcpPeer): GcpPeer {
  return {
    uniqueId: peerValue('Google Cloud', ['uniqueId', uniqueId], FORMS.uniqueId),
    topic: peerValue('Google Cloud', ['topic', topic], FORMS.googleTopic),
    pool: peerValue('Google Cloud', ['pool', pool], FORMS.pool),
  };
}

/** Where a responder on AWS is told. @param audience whom the teller's token is for */
export const awsAddress = ({ listener, bus }: AwsPeer, audience: string): AwsAddress => ({ cloud: 'aws', audience, listener, bus });

/** Where a responder on Azure is told: Entra takes tokens for one audience alone. */
export const azureAddress = ({ tenantId, clientId, topic }: AzurePeer): AzureAddress => ({
  cloud: 'azure',
  audience: facts.exchange.value,
  tenantId,
  clientId,
  topic,
});

/** Where a responder on Google Cloud is told, by the provider for the teller's cloud. */
export const gcpAddress = (
  { topic, pool }: GcpPeer,
  { audience, from }: { readonly audience: string; readonly from: string },
): GoogleAddress => ({
  cloud: 'gcp',
  audience,
  provider: `${pool}/providers/${providerFor(from)}`,
  topic,
});

/** Id of the provider that lets in the responder of a cloud. */
export const providerFor = (cloud: string): string => `from-${cloud}`;

/** Who signs the tokens of a responder on Azure, and whom they name. */
export function azureTokens({ tenantId, principalId, audience, v2Tokens }: Required<AzurePeer>): {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
} {
  return {
    issuer: facts.issuers[v2Tokens ? 'v2' : 'v1'].replace('{tenant}', tenantId),
    subject: principalId,
    audience: v2Tokens ? audience.replace(/^api:\/\//, '') : audience,
  };
}
