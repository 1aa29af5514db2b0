import type { PrincipalReview, Review } from '../review/result';
import { attentionOf, count } from './words';

/** What a principal that needs attention is said to do; the worst that holds is said, so that the numbers add up. */
const PROBLEMS: readonly { readonly says: string; readonly holds: (one: PrincipalReview) => boolean }[] = [
  { says: 'can take full control', holds: ({ blastRadius, paths }) => blastRadius.admin || paths.some(({ to }) => to === 'admin') },
  { says: 'can get credentials not meant for it', holds: ({ paths }) => paths.some(({ to }) => to === 'credentials') },
  { says: 'can act as another identity', holds: ({ paths }) => paths.some(({ to }) => to === 'principal') },
  { says: 'can reach a resource not meant for it', holds: ({ paths }) => paths.length > 0 },
  { says: 'breaks a claim', holds: ({ claims }) => claims.some(({ verdict }) => verdict === 'refuted') },
  { says: 'has a finding', holds: () => true },
];

/** The whole review in the sentences a manager reads first. Never says more than was shown. */
export function headline({ principals, unknowns }: Review): string {
  if (principals.length === 0) return 'Nothing was reviewed: no agent and no identity was found.';
  const noun = principals.every(({ agent }) => agent !== undefined) ? 'agent' : 'identity';
  const wrong = principals.filter((one) => attentionOf(one) === 'wrong');
  const open = principals.filter((one) => attentionOf(one) === 'open').length;
  const rest = open > 0 ? ` ${open === 1 ? 'One' : open} more could not be decided.` : '';
  if (wrong.length === 0 && open === 0) {
    const not = unknowns.length > 0 ? ` ${count(unknowns.length, 'thing')} in the files could not be understood.` : '';
    return `${count(principals.length, noun)} reviewed, and nothing to report.${not}`;
  }
  if (wrong.length === 0) return `${open} of ${count(principals.length, noun)} could not be decided; nothing was found against the others.`;
  const verb = wrong.length === 1 ? 'needs' : 'need';
  return `${wrong.length} of ${count(principals.length, noun)} ${verb} attention: ${listProblems(wrong)}.${rest}`;
}

function listProblems(wrong: readonly PrincipalReview[]): string {
  const first = wrong.map((one) => PROBLEMS.findIndex(({ holds }) => holds(one)));
  const said = PROBLEMS.flatMap(({ says }, index) => {
    const found = first.filter((one) => one === index).length;
    return found > 0 ? [`${found} ${found === 1 ? says : plural(says)}`] : [];
  });
  return said.length > 1 ? `${said.slice(0, -1).join(', ')} and ${said.at(-1)}` : (said[0] ?? '');
}

function plural(says: string): string {
  return says
    .replace(/^breaks/, 'break')
    .replace(/^has/, 'have')
    .replace(/for it$/, 'for them');
}
