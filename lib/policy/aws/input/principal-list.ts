import { showSymbols } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { unknownPrincipal, unreadableInput } from '../../../core/review-errors';
import { readPrincipalArn } from './arn';
import type { EstateDraft, PrincipalDraft } from './estate-draft';

/**
 * The ARNs of the principals that are to be reviewed. Each is named by its ARN, by that of a session of it, by its construct path or,
 * where that is one principal only, by its name. Ids that other clouds write are left to them.
 * @throws AgenticIamError where one is in no input
 */
export function readPrincipalList(input: ReviewInput, draft: EstateDraft): readonly string[] {
  if (!Array.isArray(input.json) || !input.json.every((id) => typeof id === 'string')) {
    throw unreadableInput(input.file, { rule: 'must be a list of ids of principals', fix: 'write a JSON list of texts' });
  }
  return input.json.filter(isOurs).map((id) => find(id, draft).arn);
}

/** An id of another cloud: an email of a service account, a GUID, a path of Azure, or a prefixed member. */
function isOurs(id: string): boolean {
  return id.startsWith('arn:') || !/[@:]|^\/|^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id);
}

function find(id: string, draft: EstateDraft): PrincipalDraft {
  const all = [...draft.principals.values()];
  const exact = draft.principals.get(id) ?? all.find(({ arn, construct }) => showSymbols(arn) === id || construct === id);
  if (exact) return exact;
  const named = readPrincipalArn(id);
  const likely = all.filter(({ kind, name, account }) =>
    named ? named.path === '' && kind === named.kind && name === named.name && account === named.account : showSymbols(name) === id,
  );
  if (likely.length === 1 && likely[0]) return likely[0];
  throw unknownPrincipal(
    id,
    nearest(
      id,
      all.map(({ arn }) => showSymbols(arn)),
    ),
  );
}

/** Up to three ids that are least different. */
function nearest(id: string, known: readonly string[]): readonly string[] {
  const last = (text: string): string => text.split('/').at(-1)?.toLowerCase() ?? '';
  return known
    .map((one) => ({ one, distance: distanceOf(last(id), last(one)) }))
    .filter(({ distance }) => distance <= Math.max(3, last(id).length / 2))
    .sort((a, b) => a.distance - b.distance || (a.one < b.one ? -1 : 1))
    .slice(0, 3)
    .map(({ one }) => one);
}

/** Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
