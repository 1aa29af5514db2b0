import { AccessLevel } from '../enums';
import { showSymbols } from './glob';
import type { Known } from './known';
import { resourcesById } from './listing';
import type { AccessWorld, EscalationStep } from './world';

type Touch = ReturnType<AccessWorld['touches']>[number];

/** The last steps from a principal that is held to named resources that were not given. */
export function resourceSteps(id: string, known: Known): readonly EscalationStep[] {
  const world = known.worldOf(id);
  if (!world) return [];
  const given = known.given.has(id);
  return world.touches(id).flatMap((touch) => {
    // What depends on a condition that nobody has shown to be met is no step.
    if (touch.decision.effect !== 'allowed') return [];
    if (given ? !isStray(touch, id, known) : known.mayAlready(touch.request)) return [];
    return [stepTo(touch, { id, world, given })];
  });
}

/** Whether a principal has it only because the resource's own policy says so, and no declaration does. */
function isStray({ decision, request }: Touch, id: string, known: Known): boolean {
  if (decision.origins.length === 0 || !decision.origins.every(({ layer }) => layer === 'resource')) return false;
  return !known.isDeclared(id, request, true);
}

interface Holder {
  readonly id: string;
  readonly world: AccessWorld;
  readonly given: boolean;
}

function stepTo({ resource, request, decision }: Touch, { id, world, given }: Holder): EscalationStep {
  const known = resourcesById(world).get(resource);
  const reads = world.facts.reads(request.action);
  // Who may only change what is kept in a safe does not get it.
  const yields = reads === 'credentials' || (known?.holdsCredentials === true && reads === 'data');
  const does = `${verbOf(request.action, world)} '${known?.name ?? showSymbols(resource)}'`;
  return {
    from: id,
    to: yields ? 'credentials' : 'resource',
    toId: resource,
    technique: given ? 'resource-policy' : 'use-resource',
    sentence: given ? `${does}, which only the policy of that resource gives it` : does,
    requests: [request],
    allowedBy: decision.origins,
  };
}

function verbOf(action: string, { facts }: AccessWorld): string {
  switch (facts.level(action)) {
    case AccessLevel.LIST:
    case AccessLevel.READ:
      return 'reads';
    case AccessLevel.DELETE:
      return 'deletes from';
    case AccessLevel.PERMISSIONS:
      return 'changes who may use';
    default:
      return facts.runsCode(action) ? 'runs code on' : 'changes';
  }
}
