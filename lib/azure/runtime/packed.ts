import { gunzipSync, gzipSync } from 'node:zlib';

/** Bytes of one property of an entity. @see https://learn.microsoft.com/en-us/rest/api/storageservices/understanding-the-table-service-data-model */
const PIECE = 65_536;
/** Of one entity, with room for its other properties. */
const PIECES = 14;

/** Anything as packed JSON, in as many properties as it takes. Throws where it is more than an entity holds. */
export function packed(value: unknown): Readonly<Record<string, Uint8Array>> {
  const bytes = gzipSync(JSON.stringify(value), { level: 1 });
  if (bytes.length > PIECE * PIECES) throw new Error(`a state of ${bytes.length} bytes is more than an entity holds`);
  const pieces = Math.ceil(bytes.length / PIECE);
  return Object.fromEntries(
    Array.from({ length: pieces }, (_, at) => [`record${at}`, new Uint8Array(bytes.subarray(at * PIECE, (at + 1) * PIECE))]),
  );
}

export function unpacked<T>(entity: Readonly<Record<string, unknown>>): T | undefined {
  const pieces: Uint8Array[] = [];
  for (let at = 0; entity[`record${at}`] instanceof Uint8Array; at += 1) pieces.push(entity[`record${at}`] as Uint8Array);
  return pieces.length === 0 ? undefined : (JSON.parse(gunzipSync(Buffer.concat(pieces)).toString('utf8')) as T);
}
