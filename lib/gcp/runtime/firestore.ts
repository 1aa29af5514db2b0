import { gunzipSync, gzipSync } from 'node:zlib';
import { type GoogleApi, GoogleError } from './google-api';

/** A document, with the version that it was read in. */
export interface Document {
  readonly fields: Fields;
  /** Microseconds since 1970 of its last change; 0 where there is none. */
  readonly version: number;
}

export type Fields = Readonly<Record<string, FieldValue>>;

/** @see https://firebase.google.com/docs/firestore/reference/rest/Shared.Types/ArrayValue#value */
export interface FieldValue {
  readonly stringValue?: string;
  readonly integerValue?: string;
  readonly bytesValue?: string;
  readonly timestampValue?: string;
}

export interface Write {
  readonly id: string;
  readonly fields: Fields;
  /** The version that it replaces. */
  readonly version: number;
}

/** Answers that say that somebody else was first. */
const CONFLICTS: ReadonlySet<string> = new Set(['FAILED_PRECONDITION', 'ALREADY_EXISTS', 'ABORTED', 'NOT_FOUND']);

/** One collection of a database of Firestore. */
export class Collection {
  private readonly database: string;

  /** @param database `projects/P/databases/D` */
  constructor(
    private readonly api: GoogleApi,
    database: string,
    private readonly name: string,
  ) {
    this.database = database;
  }

  /** Documents by their ids; what is not there has version 0. */
  async get(ids: readonly string[]): Promise<readonly Document[]> {
    const rows = await this.api.service('firestore').call<readonly BatchRow[]>('POST', `/v1/${this.database}/documents:batchGet`, {
      documents: ids.map((id) => this.pathOf(id)),
    });
    const found = new Map(rows.flatMap(({ found: one }) => (one ? [[one.name, one] as const] : [])));
    return ids.map((id) => {
      const one = found.get(this.pathOf(id));
      return one ? { fields: one.fields ?? {}, version: microsOf(one.updateTime) } : { fields: {}, version: 0 };
    });
  }

  /** Writes all of them, or none. @returns false where one of them is in another version */
  async write(writes: readonly Write[]): Promise<boolean> {
    try {
      await this.api.service('firestore').call('POST', `/v1/${this.database}/documents:commit`, {
        writes: writes.map(({ id, fields, version }) => ({
          update: { name: this.pathOf(id), fields },
          currentDocument: version === 0 ? { exists: false } : { updateTime: timeOf(version) },
        })),
      });
      return true;
    } catch (error) {
      if (error instanceof GoogleError && CONFLICTS.has(error.code)) return false;
      throw error;
    }
  }

  /** Documents whose field is no more than a number, smallest first. */
  async upTo(field: string, most: number, limit: number): Promise<readonly Document[]> {
    return this.query({
      where: { fieldFilter: { field: { fieldPath: field }, op: 'LESS_THAN_OR_EQUAL', value: { integerValue: String(Math.floor(most)) } } },
      orderBy: [{ field: { fieldPath: field }, direction: 'ASCENDING' }],
      limit,
    });
  }

  /** Documents whose field is no less than a number, smallest first. */
  async from(field: string, least: number, limit: number): Promise<readonly Document[]> {
    return this.query({
      where: {
        fieldFilter: { field: { fieldPath: field }, op: 'GREATER_THAN_OR_EQUAL', value: { integerValue: String(Math.floor(least)) } },
      },
      orderBy: [{ field: { fieldPath: field }, direction: 'ASCENDING' }],
      limit,
    });
  }

  /** Writes one, whatever was there. */
  async put(id: string, fields: Fields): Promise<void> {
    await this.api.service('firestore').call('POST', `/v1/${this.database}/documents:commit`, {
      writes: [{ update: { name: this.pathOf(id), fields } }],
    });
  }

  private async query(query: object): Promise<readonly Document[]> {
    const rows = await this.api.service('firestore').call<readonly QueryRow[]>('POST', `/v1/${this.database}/documents:runQuery`, {
      structuredQuery: { from: [{ collectionId: this.name }], ...query },
    });
    return rows.flatMap(({ document }) => (document ? [{ fields: document.fields ?? {}, version: microsOf(document.updateTime) }] : []));
  }

  private pathOf(id: string): string {
    // Ids may hold anything but slashes.
    return `${this.database}/documents/${this.name}/${Buffer.from(id).toString('base64url')}`;
  }
}

interface Stored {
  readonly name: string;
  readonly fields?: Fields;
  readonly updateTime: string;
}
interface BatchRow {
  readonly found?: Stored;
}
interface QueryRow {
  readonly document?: Stored;
}

const NANOS = /^(.+?)(?:\.(\d+))?Z$/;

/** A time in microseconds, which is as exact as the store's, and fits a number. */
function microsOf(time: string): number {
  const [, whole = '', fraction = ''] = NANOS.exec(time) ?? [];
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function timeOf(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}Z`;
}

export const text = (value: string): FieldValue => ({ stringValue: value });
export const integer = (value: number): FieldValue => ({ integerValue: String(Math.floor(value)) });
export const moment = (seconds: number): FieldValue => ({ timestampValue: new Date(Math.ceil(seconds) * 1000).toISOString() });

/** Anything as packed JSON: what is kept is mostly repeated words. */
export const packed = (value: unknown): FieldValue => ({ bytesValue: gzipSync(JSON.stringify(value), { level: 1 }).toString('base64') });

export function unpacked<T>(value: FieldValue | undefined): T | undefined {
  return value?.bytesValue === undefined
    ? undefined
    : (JSON.parse(gunzipSync(Buffer.from(value.bytesValue, 'base64')).toString('utf8')) as T);
}
