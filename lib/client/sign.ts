import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './task-access-client';

/** SHA-256 in the form the signer takes. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

export interface Unsigned {
  readonly url: string;
  readonly body: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** As signatures name it. @default 'lambda' */
  readonly service?: string;
  /** Headers besides the host. @default - JSON */
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_BODY = { 'content-type': 'application/json' };

/**
 * The headers of a request by POST, to a function URL unless it says another service, signed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export async function signRequest({
  url,
  body,
  region,
  credentials,
  service = 'lambda',
  headers: more = JSON_BODY,
}: Unsigned): Promise<Record<string, string>> {
  const { hostname, pathname, port, protocol } = new URL(url);
  const host = port === '' ? hostname : `${hostname}:${port}`;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    headers: { host, ...more },
    query: {},
    body,
  });
  // The host is set by who sends.
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
}
