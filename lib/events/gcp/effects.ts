import { type CallEffect, EVERYONE } from '../../core/agent-event';
import { type Fields, fieldsOf, rowsOf, textOf } from '../../core/json-fields';
import facts from './evidence-actions.json';

const ADMINISTERS: ReadonlySet<string> = new Set(facts.administers.roles);
const ACCOUNT = /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/;

/**
 * What a call does beyond its permission: the roles that a new policy gives, and to whom. Accounts of other projects and everyone are let in; of a person or a
 * group nothing says where they belong.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/PolicyDelta
 */
export function effectsOf(payload: Fields): readonly CallEffect[] | undefined {
  const deltas = ['serviceData', 'metadata'].flatMap((name) =>
    rowsOf(fieldsOf(fieldsOf(payload[name])?.['policyDelta'])?.['bindingDeltas']),
  );
  const found = deltas.filter(({ action }) => action === 'ADD').flatMap(effectsOfBinding);
  const unique = [...new Map(found.map((effect) => [`${effect.kind} ${effect.to}`, effect])).values()];
  return unique.length > 0 ? unique : undefined;
}

function effectsOfBinding({ role, member }: Fields): readonly CallEffect[] {
  const [name, who] = [textOf(role) ?? '', textOf(member) ?? ''];
  const project = ACCOUNT.exec(who)?.[1];
  return [
    ...(ADMINISTERS.has(name) ? [{ kind: 'administers' as const, to: name }] : []),
    ...(/^all(Users|AuthenticatedUsers)$/.test(who) ? [{ kind: 'lets-in' as const, to: EVERYONE }] : []),
    ...(project === undefined ? [] : [{ kind: 'lets-in' as const, to: project }]),
  ];
}
