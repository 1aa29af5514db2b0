import { byCodePoint, stableStringify } from '../../core/json';
import { policyTooLarge } from '../../core/native-errors';
import type { AccessWindow } from '../../core/window';
import guardrails from '../catalog/guardrails.json';
import { largest, ROLE_ROOM } from './pack-policies';
import type { SizeOf, Statement } from './statement';
import { documentSize } from './statement';

/** What bounds an agent, before it is written down as a policy. */
export interface Bounds {
  readonly agent: string;
  /** Everything granted: by capabilities, natively, and admitted beyond. */
  readonly granted: readonly Statement[];
  /** Regions the agent may call; may hold tokens. */
  readonly regions: readonly string[];
  /** @default - at any time */
  readonly window?: AccessWindow;
  readonly sizeOf: SizeOf;
}

/** A permissions boundary as data. */
export interface Boundary {
  readonly statements: readonly Statement[];
  /** Whether it holds the very resources, or, where they take too much room, the actions alone. */
  readonly detail: 'resources' | 'actions';
}

/**
 * The permissions boundary of an agent: allowed is what was granted, and everything else is denied in so many words,
 * because what a boundary merely does not allow, a resource policy can still grant to a session of the role. Where
 * the resources take too much room, they are left to the role's own policies; a deny is never left out.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function deriveBoundary(bounds: Bounds): Boundary {
  const { agent, granted, sizeOf } = bounds;
  const denies = denyStatements(bounds);
  const allowed = granted.filter(({ Effect }) => Effect === 'Allow').map(withoutSid);
  const exact = [...unique(allowed), ...denies];
  if (documentSize(exact, sizeOf) <= ROLE_ROOM.managed) return { statements: exact, detail: 'resources' };
  const byAction = [allowServices(allowed), ...denies];
  const size = documentSize(byAction, sizeOf);
  if (size <= ROLE_ROOM.managed) return { statements: byAction, detail: 'actions' };
  throw policyTooLarge(agent, { what: 'its permissions boundary', size, limit: ROLE_ROOM.managed, largest: largest(byAction, sizeOf) });
}

function withoutSid(statement: Statement): Statement {
  if (statement.Sid === undefined) return statement;
  const { Sid: _sid, ...rest } = statement;
  return rest;
}

/** What is denied whatever else is granted to the role, by anyone. */
export function denyStatements({ granted, regions, window }: Bounds): readonly Statement[] {
  const actions = grantedActions(granted);
  return [
    ...(actions ? [denyAllBut(actions)] : []),
    { Sid: 'DenyAdministration', Effect: 'Deny', Action: administration(actions), Resource: ['*'] },
    denyOtherRegions(actions, regions),
    ...(window?.notBefore ? [denyWhen('DenyBefore', 'DateLessThan', window.notBefore)] : []),
    ...(window?.notAfter ? [denyWhen('DenyAfter', 'DateGreaterThan', window.notAfter)] : []),
  ];
}

/** Actions and patterns of everything granted, or undefined where a grant says what it does not allow, and so has no list. */
export function grantedActions(granted: readonly Statement[]): readonly string[] | undefined {
  const allowed = granted.filter(({ Effect }) => Effect === 'Allow');
  if (allowed.some(({ Action }) => Action === undefined)) return undefined;
  return [...new Set(allowed.flatMap(({ Action }) => Action ?? []))].sort(byCodePoint);
}

/** An empty list is no valid `NotAction`: where nothing is granted, everything is denied. */
function denyAllBut(actions: readonly string[]): Statement {
  const what = actions.length > 0 ? { NotAction: actions } : { Action: ['*'] };
  return { Sid: 'DenyUndeclared', Effect: 'Deny', ...what, Resource: ['*'] };
}

const serviceOf = (action: string): string => action.split(':')[0] ?? '';

/** Whole services where nothing of them was granted; of others, such as for a native `iam:GetRole`, only what changes something. */
function administration(actions: readonly string[] | undefined): readonly string[] {
  return guardrails.mutations.flatMap(({ service, verbs }) => {
    const isUntouched = actions?.every((action) => !/[*?]/.test(serviceOf(action)) && serviceOf(action).toLowerCase() !== service);
    return isUntouched ? [`${service}:*`] : verbs.map((verb) => `${service}:${verb}*`);
  });
}

/** The services say what, the deny of everything undeclared says which of it: shorter than the list twice. */
function allowServices(allowed: readonly Statement[]): Statement {
  const actions = grantedActions(allowed);
  const services = actions?.map((action) => (action === '*' ? '*' : `${serviceOf(action)}:*`)) ?? ['*'];
  return { Effect: 'Allow', Action: [...new Set(services)], Resource: ['*'] };
}

/** Global services are served from one region, so what is granted of them is let through. */
function denyOtherRegions(actions: readonly string[] | undefined, regions: readonly string[]): Statement {
  const { prefixes } = guardrails.globalServices;
  const all = !actions || actions.includes('*');
  const exempt = all ? prefixes.map((prefix) => `${prefix}:*`) : actions.filter((action) => prefixes.includes(serviceOf(action)));
  return {
    Sid: 'DenyOtherRegions',
    Effect: 'Deny',
    ...(exempt.length > 0 ? { NotAction: exempt } : { Action: ['*'] }),
    Resource: ['*'],
    Condition: { StringNotEquals: { 'aws:RequestedRegion': [...new Set(regions)] } },
  };
}

function denyWhen(sid: string, operator: string, instant: string): Statement {
  return { Sid: sid, Effect: 'Deny', Action: ['*'], Resource: ['*'], Condition: { [operator]: { 'aws:CurrentTime': instant } } };
}

function unique(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((statement) => [stableStringify(statement), statement])).values()];
}
