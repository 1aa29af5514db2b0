import type { AccessRequest } from '../../core/review/access';
import { readable } from '../../core/review/constraint-values';
import type { RequestPrincipal } from './engine';
import { actionCatalog } from './engine/action-space';
import { splitOutsideSymbols } from './input/arn';

/** What a lone wildcard becomes in a counter-example. */
const ANYTHING = readable('*');
const REGION = 'us-east-1';

/**
 * The ARN of a counter-example, with the principal's own partition and account, and a real region, where a wildcard left them open: what
 * another account answers depends on policies of its own.
 */
export function nearby({ action, resource: chosen }: AccessRequest, { arn, account }: Pick<RequestPrincipal, 'arn' | 'account'>): string {
  const resource = chosen.includes(':') ? chosen : (formatOf(action) ?? chosen);
  const [head = '', partition = '', service = '', region = '', owner = '', ...rest] = splitOutsideSymbols(resource, ':');
  if (head !== 'arn' || rest.length === 0) return resource;
  const fill = (part: string, own: string): string => (part === ANYTHING ? own : part);
  const [, ownPartition = 'aws'] = splitOutsideSymbols(arn, ':');
  return [head, fill(partition, ownPartition), service, fill(region, REGION), fill(owner, account), ...rest].join(':');
}

/** What an action is about, where a policy says `*`: the first kind of resource that it can name, or `*` where it names none. */
function formatOf(action: string): string | undefined {
  const { actions, indexOf } = actionCatalog();
  const known = actions[indexOf.get(action.toLowerCase()) ?? -1];
  if (!known) return undefined;
  const [format = '*'] = known.formats;
  const [arn, partition, service, region, owner, ...rest] = format.split(':');
  if (rest.length === 0) return format;
  return [arn, partition, service, region, owner]
    .map((part) => (part === '*' ? ANYTHING : part))
    .concat(rest.join(':').replaceAll('*', ANYTHING))
    .join(':');
}
