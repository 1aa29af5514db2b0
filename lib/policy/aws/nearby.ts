import { readable } from '../../core/review/constraint-values';
import type { RequestPrincipal } from './engine';
import { splitOutsideSymbols } from './input/arn';

/** What a lone wildcard becomes in a counter-example. */
const ANYTHING = readable('*');
const REGION = 'us-east-1';

/**
 * The ARN of a counter-example, with the principal's own partition and account, and a real region, where a wildcard left them open: what
 * another account answers depends on policies of its own.
 */
export function nearby(resource: string, { arn, account }: Pick<RequestPrincipal, 'arn' | 'account'>): string {
  const [head = '', partition = '', service = '', region = '', owner = '', ...rest] = splitOutsideSymbols(resource, ':');
  if (head !== 'arn' || rest.length === 0) return resource;
  const fill = (part: string, own: string): string => (part === ANYTHING ? own : part);
  const [, ownPartition = 'aws'] = splitOutsideSymbols(arn, ':');
  return [head, fill(partition, ownPartition), service, fill(region, REGION), fill(owner, account), ...rest].join(':');
}
