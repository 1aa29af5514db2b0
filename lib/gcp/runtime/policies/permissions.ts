import type { GoogleApi } from '../google-api';
import { callsFor, type PolicyCalls } from './place';
import type { PolicyPlace } from './types';

/** What Google takes in one question. @see https://docs.cloud.google.com/resource-manager/reference/rest/v3/projects/testIamPermissions */
const MOST = 100;

/**
 * Which of these permissions the caller itself has at a place, as IAM says: it answers for who asks, and for nobody else. Of what has no such call nothing is found.
 * @see https://docs.cloud.google.com/iam/docs/testing-permissions
 */
export async function permissionsAt(api: GoogleApi, place: PolicyPlace, permissions: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = 0; at < permissions.length; at += MOST) {
    const { permissions: has = [] } = await ask(callsFor(api, place), permissions.slice(at, at + MOST));
    found.push(...has);
  }
  return found;
}

interface Answer {
  readonly permissions?: readonly string[];
}

async function ask({ service, path, test }: PolicyCalls, permissions: readonly string[]): Promise<Answer> {
  const query = new URLSearchParams(permissions.map((one): [string, string] => ['permissions', one]));
  switch (test) {
    case 'storage':
      return service.call<Answer>('GET', `${path}/iam/testPermissions?${query}`);
    case 'query':
      return service.call<Answer>('POST', `${path}:testIamPermissions?${query}`);
    case 'body':
      return service.call<Answer>('POST', `${path}:testIamPermissions`, { permissions });
    case 'none':
      return {};
  }
}
