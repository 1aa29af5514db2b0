import { showSymbols } from '../../../core/review/glob';
import type { EscalationStep } from '../../../core/review/world';
import { canName } from '../engine';
import type { AwsResource, PolicyText } from '../model';
import { type Attacker, typeOf } from './attacker';
import catalog from './resource-policies.json';
import { makeStep } from './steps';

/** One way to rewrite who may use a resource; members are explained in the catalog. */
interface Rewrite {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  readonly use: string;
  readonly part?: string;
  readonly credentials?: boolean;
  readonly does: string;
}

const TECHNIQUES: readonly Rewrite[] = catalog.techniques;

/** Named resources whose own policy the principal can rewrite, and which it may not use yet. */
export function rewritePolicies(from: PolicyText, attacker: Attacker): readonly EscalationStep[] {
  const able = TECHNIQUES.filter(({ action }) => attacker.mayEver(from, action));
  if (able.length === 0) return [];
  return attacker.world.estate.resources.flatMap((resource) =>
    able.flatMap((technique) => rewrite(resource, technique, { from, attacker })),
  );
}

function rewrite(
  { arn }: AwsResource,
  technique: Rewrite,
  { from, attacker }: { readonly from: PolicyText; readonly attacker: Attacker },
): EscalationStep[] {
  const { id, type, action, use, part = '', credentials, does } = technique;
  if (typeOf(arn) !== type || !canName(action, arn)) return [];
  const granted = attacker.try(from, { action, resource: arn });
  if (!granted || attacker.try(from, { action: use, resource: `${arn}${part}` })) return [];
  const sentence = does.replaceAll('{target}', showSymbols(arn).split(/[:/]/).at(-1) ?? arn);
  return [makeStep(from, { to: credentials ? 'credentials' : 'resource', toId: arn, technique: id, sentence, granted: [granted] })];
}
