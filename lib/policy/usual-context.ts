import type { AccessRequest } from '../core/review/access';
import { symbol } from '../core/review/glob';
import type { ReviewInput } from '../core/review/input';
import type { Located } from './answer';

type Context = NonNullable<AccessRequest['context']>;

/** Services whose requests are sent to one region, wherever they come from. */
const GLOBAL_REGION = 'us-east-1';
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'organizations', 'route53', 'cloudfront', 'support']);

/**
 * Keys that every request carries and a test need not spell out: it is encrypted, it comes from no service, and it is sent to the region of
 * its resource or, where that has none, of the principal's stack. On Azure, what the name of a blob says of it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function usualContext({ world, principal }: Located, request: AccessRequest, inputs: readonly ReviewInput[]): Context {
  if (world.cloud === 'azure') return blobContext(request.resource);
  if (world.cloud !== 'aws') return {};
  const region = regionOf(request, principal.source, inputs);
  return {
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    ...(region === undefined ? {} : { 'aws:RequestedRegion': region }),
  };
}

const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers';

/** @see https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes */
function blobContext(resource: string): Context {
  const [, container, path] = /\/blobServices\/default\/containers\/([^/]+)(?:\/blobs\/(.+))?$/i.exec(resource) ?? [];
  return {
    ...(container === undefined ? {} : { [`@Resource[${CONTAINERS}:name]`]: container }),
    ...(path === undefined ? {} : { [`@Resource[${CONTAINERS}/blobs:path]`]: path }),
  };
}

function regionOf({ action, resource }: AccessRequest, source: string, inputs: readonly ReviewInput[]): string | undefined {
  if (GLOBAL_SERVICES.has(action.split(':')[0]?.toLowerCase() ?? '')) return GLOBAL_REGION;
  const named = /^arn:[\w-]+:[\w-]+:([a-z]{2}(-[a-z]+)+-\d):/.exec(resource)?.[1];
  if (named !== undefined) return named;
  const input = inputs.find(({ kind, file }) => kind === 'template' && file === source);
  if (!input) return undefined;
  const region = input.stack?.region;
  // A stack that is bound to no region has a reference in its place, and so have its policies.
  return region === undefined || region.startsWith('unknown-') ? symbol('AWS.Region') : region;
}

/** Keys that every request carries with a value that nobody can know beforehand. */
const ALWAYS_THERE = /\b(aws:(CurrentTime|EpochTime|RequestedRegion|ResourceAccount|SecureTransport)|request\.time)\b/i;

/** Whether a condition, as it was written, tests a key that no request lacks. */
export function isAlwaysThere(condition: string): boolean {
  return ALWAYS_THERE.test(condition);
}
