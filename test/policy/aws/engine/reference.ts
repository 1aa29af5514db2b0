import type { AccessEntry, AccessRegion, AccessRequest, KeyConstraint, ValueTest } from '../../../../lib/core/review/access';

/** Globs by trying everything: slow, and simple enough to be believed. `\` makes the next character literal. */
export function globMatches(glob: string, value: string): boolean {
  if (glob === '') return value === '';
  if (glob[0] === '*') return globMatches(glob.slice(1), value) || (value !== '' && globMatches(glob, value.slice(1)));
  if (value === '') return false;
  if (glob[0] === '\\' && glob.length > 1) return glob[1] === value[0] && globMatches(glob.slice(2), value.slice(1));
  return (glob[0] === '?' || glob[0] === value[0]) && globMatches(glob.slice(1), value.slice(1));
}

/** Whether a request is in one of the entries. */
export function allowedByEntries(entries: readonly AccessEntry[], request: AccessRequest): boolean {
  return entries.some(
    ({ actions, region, except }) =>
      actions.includes(request.action) && inRegion(region, request) && !except.some((out) => inRegion(out, request)),
  );
}

function inRegion({ resources, notResources, when }: AccessRegion, { resource, context = {} }: AccessRequest): boolean {
  return (
    resources.every((list) => list.some((glob) => globMatches(glob, resource))) &&
    !notResources.some((glob) => globMatches(glob, resource)) &&
    when.every((one) => holds(one, context))
  );
}

function holds(
  { key, test, whenAbsent, quantifier }: KeyConstraint,
  context: Readonly<Record<string, string | readonly string[]>>,
): boolean {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (found === undefined || found.length === 0) return whenAbsent;
  const values = typeof found === 'string' ? [found] : found;
  return quantifier === 'some' ? values.some((value) => passes(test, value)) : values.every((value) => passes(test, value));
}

function passes(test: ValueTest, value: string): boolean {
  switch (test.kind) {
    case 'one-of':
      return matchesOne(test, value);
    case 'none-of':
      return !matchesOne(test, value);
    case 'range': {
      const number = test.unit === 'number' ? Number(value) : Date.parse(value);
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, minOpen, maxOpen } = test;
      return (minOpen ? number > min : number >= min) && (maxOpen ? number < max : number <= max);
    }
    case 'not-equal':
      return !test.values.includes(test.unit === 'number' ? Number(value) : Date.parse(value));
    case 'network':
      return test.blocks.some((block) => inV4(value, block)) !== test.outside;
    case 'opaque':
      throw new Error(`not decided: ${test.text}`);
  }
}

function matchesOne({ globs, ignoreCase }: { readonly globs: readonly string[]; readonly ignoreCase: boolean }, value: string): boolean {
  return globs.some((glob) => (ignoreCase ? globMatches(glob.toLowerCase(), value.toLowerCase()) : globMatches(glob, value)));
}

function inV4(address: string, block: string): boolean {
  const [base = '', length = '32'] = block.split('/');
  const bits = (text: string) =>
    text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  return bits(address).slice(0, Number(length)) === bits(base).slice(0, Number(length));
}
