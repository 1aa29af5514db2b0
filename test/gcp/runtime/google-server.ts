import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GoogleApi, googleApi } from '../../../lib/gcp/runtime/google-api';
import { isAzure, PublishedApi } from '../../setup/api-descriptions';

/** Google's APIs as they are published; shared, so that a file of tests can say what was never asked. */
export const GOOGLE_API = new PublishedApi((service) => !isAzure(service));

export interface HeardCall {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: Record<string, unknown>;
  /** Version that a change rests on. */
  readonly etag?: string;
}

/** What a call is answered with; undefined where this part does not know it. */
export type Part = (call: HeardCall) => { readonly status?: number; readonly body: unknown } | undefined;

/** A service without the region that its host may name. */
const plain = (service: string): string => service.replace(/^[a-z]+-[a-z]+\d+-/, '').replace(/\..*$/, '');

export const failure = (status: number, code: string) => ({ status, body: { error: { status: code, message: code } } });

/** A local server for Google's APIs, made of parts; what no part knows is an error of the test. */
export class GoogleServer {
  readonly heard: HeardCall[] = [];
  readonly published = GOOGLE_API;
  /** Requests that Google would not know. */
  readonly problems: string[] = [];
  /** Looked at before the parts: an answer to give instead. */
  fault: Part = () => undefined;
  private server?: Server;
  private failures = 0;

  constructor(readonly parts: Part[]) {}

  async start(): Promise<GoogleApi> {
    this.server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const [, service = '', rest = ''] = /^\/([a-z0-9.-]+)(\/.*)$/.exec(request.url ?? '') ?? [];
        const [path = '', query = ''] = rest.split('?');
        const call = {
          service,
          method: request.method ?? '',
          path: decodeURIComponent(path),
          query,
          body: text === '' ? {} : JSON.parse(text),
          ...(request.headers['if-match'] === undefined ? {} : { etag: request.headers['if-match'] }),
        };
        const signed = request.headers.authorization === 'Bearer token';
        const problem = this.published.problemOf({ ...call, path, service: plain(service) });
        if (problem) this.problems.push(problem);
        if (signed) this.heard.push(call);
        const answer = signed ? (this.failing() ?? this.fault(call) ?? this.answerOf(call)) : failure(401, 'UNAUTHENTICATED');
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, resolve));
    return this.api();
  }

  /** Whoever calls it. @param options.attempts how often a call is sent */
  api(options: { readonly attempts?: number } = {}): GoogleApi {
    if (!this.server) throw new Error('it was not started');
    const { port } = this.server.address() as AddressInfo;
    return googleApi({
      auth: { getAccessToken: async () => 'token' },
      address: (service) => `http://localhost:${port}/${service}`,
      pause: async () => {},
      ...options,
    });
  }

  /** Throws where a request was none that Google publishes. */
  async stop(): Promise<void> {
    await new Promise((resolve) => this.server?.close(resolve));
    if (this.problems.length > 0) throw new Error(`not as published: ${[...new Set(this.problems)].join('; ')}`);
  }

  /** Makes that many further calls fail, so that sending again does not help. */
  failNext(count: number): void {
    this.failures = count;
  }

  private failing() {
    if (this.failures === 0) return undefined;
    this.failures -= 1;
    return failure(503, 'UNAVAILABLE');
  }

  /** What the parts do and answer. */
  answerOf(call: HeardCall) {
    for (const part of this.parts) {
      const found = part(call);
      if (found) return found;
    }
    return failure(501, `nobody knows ${call.method} ${call.service}${call.path}`);
  }
}

interface Stored {
  readonly fields: Record<string, Record<string, string>>;
  readonly updateTime: string;
}

/** Documents as Firestore keeps them: writes are all or none, each under its condition. */
export class FirestorePart {
  readonly documents = new Map<string, Stored>();
  private clock = Date.parse('2026-11-26T08:00:00Z') * 1000;

  readonly part: Part = ({ service, path, body }) => {
    if (service !== 'firestore') return undefined;
    if (path.endsWith(':batchGet'))
      return {
        body: (body['documents'] as string[]).map((name) => {
          const found = this.documents.get(name);
          return found ? { found: { name, ...found } } : { missing: name };
        }),
      };
    if (path.endsWith(':commit')) return this.commit(body['writes'] as WriteBody[]);
    return path.endsWith(':runQuery') ? { body: this.query(body['structuredQuery'] as QueryBody) } : undefined;
  };

  private commit(writes: readonly WriteBody[]) {
    for (const { update, currentDocument = {} } of writes) {
      const known = this.documents.get(update.name);
      if (currentDocument.exists === false && known) return failure(409, 'ALREADY_EXISTS');
      if (currentDocument.updateTime !== undefined && known?.updateTime !== currentDocument.updateTime)
        return failure(400, 'FAILED_PRECONDITION');
    }
    for (const { update } of writes) this.documents.set(update.name, { fields: update.fields, updateTime: this.tick() });
    return { body: { writeResults: writes.map(() => ({})) } };
  }

  private query({ from, where, orderBy, limit }: QueryBody) {
    const filters = where?.compositeFilter?.filters ?? (where ? [where] : []);
    const within = [...this.documents].filter(([name, { fields }]) => {
      if (!name.includes(`/documents/${from[0]?.collectionId}/`)) return false;
      return filters.every(({ fieldFilter }) => {
        if (!fieldFilter) return false;
        const { field, op, value } = fieldFilter;
        const have = Object.values(fields[field.fieldPath] ?? {})[0];
        const want = Object.values(value)[0] ?? '';
        if (have === undefined) return false;
        const both = Number.isNaN(Number(want)) ? ([have, want] as const) : ([Number(have), Number(want)] as const);
        return op === 'EQUAL' ? both[0] === both[1] : op === 'LESS_THAN_OR_EQUAL' ? both[0] <= both[1] : both[0] >= both[1];
      });
    });
    const by = orderBy?.[0]?.field.fieldPath;
    const value = ([, { fields }]: [string, Stored]) => Number(Object.values(fields[by ?? ''] ?? {})[0] ?? 0);
    if (by !== undefined) within.sort((a, b) => value(a) - value(b));
    return within.slice(0, limit).map(([name, stored]) => ({ document: { name, ...stored } }));
  }

  private tick(): string {
    this.clock += 1;
    return `${new Date(Math.floor(this.clock / 1_000_000) * 1000).toISOString().slice(0, 19)}.${String(this.clock % 1_000_000).padStart(6, '0')}Z`;
  }
}

interface WriteBody {
  readonly update: { readonly name: string; readonly fields: Record<string, Record<string, string>> };
  readonly currentDocument?: { readonly exists?: boolean; readonly updateTime?: string };
}
interface FieldFilter {
  readonly fieldFilter?: { readonly field: { readonly fieldPath: string }; readonly op: string; readonly value: Record<string, string> };
}
interface QueryBody {
  readonly from: readonly { readonly collectionId: string }[];
  readonly where?: FieldFilter & { readonly compositeFilter?: { readonly filters: readonly FieldFilter[] } };
  readonly orderBy?: readonly { readonly field: { readonly fieldPath: string } }[];
  readonly limit?: number;
}

/** Objects of one bucket. */
export function objectsPart(objects: Map<string, string>, bucket: string): Part {
  const base = `/storage/v1/b/${bucket}/o`;
  return ({ service, method, path, query, body }) => {
    if (service !== 'storage') return undefined;
    if (method === 'GET' && path === base) {
      const prefix = new URLSearchParams(query).get('prefix') ?? '';
      return { body: { items: [...objects.keys()].filter((name) => name.startsWith(prefix)).map((name) => ({ name })) } };
    }
    if (method === 'GET' && path.startsWith(`${base}/`)) {
      const found = objects.get(path.slice(base.length + 1));
      return found === undefined ? failure(404, 'NOT_FOUND') : { body: found };
    }
    if (method === 'POST' && path === `/upload/storage/v1/b/${bucket}/o`) {
      const parameters = new URLSearchParams(query);
      const name = parameters.get('name') ?? '';
      if (parameters.get('ifGenerationMatch') === '0' && objects.has(name)) return failure(412, 'FAILED_PRECONDITION');
      objects.set(name, JSON.stringify(body));
      return { body: { name } };
    }
    return undefined;
  };
}

/** What was published, by topic. */
export function topicsPart(published: { topic: string; data: unknown; attributes: Record<string, string> }[]): Part {
  return ({ service, path, body }) => {
    const topic = /^\/v1\/(projects\/[^/]+\/topics\/[^/]+):publish$/.exec(path)?.[1];
    if (service !== 'pubsub' || topic === undefined) return undefined;
    const messages = body['messages'] as readonly { readonly data: string; readonly attributes: Record<string, string> }[];
    for (const { data, attributes } of messages)
      published.push({ topic, data: JSON.parse(Buffer.from(data, 'base64').toString()), attributes });
    return { body: { messageIds: messages.map((_, at) => String(at)) } };
  };
}
