import catalog from '../../catalog/policies.json';
import type { GoogleApi, GoogleService } from '../google-api';
import type { PolicyPlace } from './types';

/** How the policy of a place is reached. */
export interface PolicyCalls {
  readonly service: GoogleService;
  /** Of the thing itself. */
  readonly path: string;
  readonly read: 'GET' | 'POST';
  /** Where version 3 is asked for. */
  readonly version: 'query' | 'body' | 'storage' | 'dataset';
  /** Where `testIamPermissions` is told the permissions; some things have no such call. */
  readonly test: 'query' | 'body' | 'storage' | 'none';
}

/** @see catalog/policies.json */
export function callsFor(api: GoogleApi, { type, fields }: PolicyPlace): PolicyCalls {
  const { service, path, read, version, test } = catalog.types[type];
  return {
    service: api.service(filled(service, fields)),
    path: filled(path, fields),
    read: read as PolicyCalls['read'],
    version: version as PolicyCalls['version'],
    test: test as PolicyCalls['test'],
  };
}

/** How a place is called in what is said of it. */
export const nameOfPlace = (place: PolicyPlace): string => {
  const { path } = catalog.types[place.type];
  return `${place.type} ${filled(path.replace(/^\/(storage\/v1|bigquery\/v2|v\d)\//, ''), place.fields)}`;
};

/** `{+field}` is a whole name; of `{field}` the last part counts, since a name is written with or without what it lies in. A folder's name ends in a slash and holds others. */
function filled(template: string, fields: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\+?)(\w+)\}/g, (_, whole: string, field: string) => {
    const value = fields[field];
    if (value === undefined || value === '') throw new Error(`the policy of a thing is not found without its '${field}'`);
    if (whole) return value.split('/').map(encodeURIComponent).join('/');
    return encodeURIComponent(field === 'managedFolder' ? value : (value.split('/').at(-1) ?? ''));
  });
}
