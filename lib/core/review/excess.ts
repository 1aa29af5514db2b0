import { byCodePoint } from '../json';
import type { AccessEntry } from './access';
import { declaredBy, yieldingCredentials } from './claims';
import { accessBeyond } from './difference';
import { admittedFor, changing } from './read-only';
import type { ClaimId } from './result';
import type { AccessWorld, WorldPrincipal } from './world';

/**
 * Everything that breaks a claim, or may, as texts in stable order. A verdict names one request; a finding must change when anything else
 * comes to break the claim too, or accepting it once would hide that.
 */
export function excessOf(claim: ClaimId, principal: WorldPrincipal, world: AccessWorld): readonly string[] {
  const { entries, unknowns } = world.access(principal.id);
  const beyond = QUESTIONS[claim]?.(entries, principal, world) ?? [];
  return [...new Set([...beyond.map(textOf), ...unknowns])].sort(byCodePoint);
}

type Question = (entries: readonly AccessEntry[], principal: WorldPrincipal, world: AccessWorld) => readonly AccessEntry[];

const notReadOnly: Question = (entries, { id }, world) => accessBeyond(changing(entries, world), admittedFor(id, world));
const notDeclared: Question = (entries, principal) => accessBeyond(entries, declaredBy(principal));

const QUESTIONS: Readonly<Partial<Record<ClaimId, Question>>> = {
  'read-only': notReadOnly,
  'no-undeclared-credentials': (entries, principal, world) => accessBeyond(yieldingCredentials(entries, world), declaredBy(principal)),
  'within-declared': notDeclared,
  'within-delegated': notDeclared,
};

function textOf({ actions, region: { resources, notResources, when }, except, origins }: AccessEntry): string {
  return JSON.stringify([
    actions,
    resources,
    notResources,
    when.map(({ text }) => text),
    except.map((one) => [one.resources, one.notResources, one.when.map(({ text }) => text)]),
    origins.map(({ statement, construct = '' }) => [statement, construct]),
  ]);
}
