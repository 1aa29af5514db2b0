import type { AccessOrigin } from '../../../core/review/access';
import type { EscalationStep } from '../../../core/review/world';
import type { AwsResource, PolicyText } from '../model';
import type { Granted, World } from './attacker';

/** What makes a step, but for who acts and what is reached. */
export interface StepDraft {
  readonly technique: string;
  readonly sentence: string;
  readonly granted: readonly Granted[];
  /** @default false */
  readonly assumed?: boolean;
}

/** A step that ends with the attacker holding a principal. */
export function stepToPrincipal(from: PolicyText, target: PolicyText, draft: StepDraft & { readonly world: World }): EscalationStep {
  return makeStep(from, { ...draft, to: draft.world.isAdmin(target) ? 'admin' : 'principal', toId: target });
}

/** Any step. */
export function makeStep(
  from: PolicyText,
  { technique, sentence, granted, assumed, to, toId }: StepDraft & Pick<EscalationStep, 'to' | 'toId'>,
): EscalationStep {
  return {
    from,
    to,
    toId,
    technique,
    sentence,
    requests: granted.map(({ request }) => request),
    allowedBy: unrepeated(granted.flatMap(({ origins }) => origins)),
    ...(assumed ? { assumed } : {}),
  };
}

function unrepeated(origins: readonly AccessOrigin[]): readonly AccessOrigin[] {
  return [
    ...new Map(
      origins.map((origin) => [JSON.stringify([origin.statement, origin.layer, origin.construct, origin.source]), origin]),
    ).values(),
  ];
}

/** Tags of a principal as keys of a request about it. */
export function tagKeys(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`iam:ResourceTag/${key}`, value],
    ]),
  );
}

/** Tags of a resource as keys of a request about it; undefined where it has none. */
export function resourceKeys({ arn, tags = {} }: AwsResource): Readonly<Record<string, string>> | undefined {
  const service = arn.split(':')[2];
  const keys = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`${service}:ResourceTag/${key}`, value],
    [`${service}:resourceTag/${key}`, value],
  ]);
  return keys.length > 0 ? Object.fromEntries(keys) : undefined;
}
