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
}

/**
 * The headers of a request to a function URL, signed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export async function signRequest({ url, body, region, credentials }: Unsigned): Promise<Record<string, string>> {
  const { hostname, pathname, port, protocol } = new URL(url);
  const host = port === '' ? hostname : `${hostname}:${port}`;
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    headers: { host, 'content-type': 'application/json' },
    query: {},
    body,
  });
  // The host is set by who sends.
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
}
