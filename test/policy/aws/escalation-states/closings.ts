import type { AccountState, Statement, StatePrincipal } from './state';

/** Closes the way that a state shows; undefined where it does not apply to that state. */
export type Closing = (state: AccountState) => AccountState | undefined;

const UNRELATED = 'arn:aws:iam::111111111111:role/unrelated/nobody-has-this-name';
const NEVER = { DateLessThan: { 'aws:CurrentTime': '2000-01-01T00:00:00Z' } };
const NO_SUCH_TAG = { StringEquals: { 'aws:PrincipalTag/nobody-has-this-tag': 'yes' } };

/** Ways to close a state without touching the statement that opens it, or by touching nothing else. */
export const CLOSINGS: Readonly<Record<string, Closing>> = {
  'a separate deny': (state) =>
    withHolder(state, (holder) => ({
      ...holder,
      policies: [...(holder.policies ?? []), [{ Effect: 'Deny', Action: needsOf(state), Resource: '*' }]],
    })),
  'a boundary without it': (state) => {
    const boundary = `arn:aws:iam::${holderOf(state).split(':')[4]}:policy/bound`;
    const policies = { ...state.policies, [boundary]: [{ Effect: 'Allow', NotAction: needsOf(state), Resource: '*' }] };
    return withHolder({ ...state, policies }, (holder) => ({ ...holder, boundary }));
  },
  'an unrelated resource': (state) => rewrite(state, (statement) => ({ ...statement, Resource: UNRELATED })),
  'a date in the past': (state) => rewrite(state, (statement) => ({ ...statement, Condition: { ...conditionOf(statement), ...NEVER } })),
  'a tag that nobody has': (state) =>
    rewrite(state, (statement) => ({
      ...statement,
      Condition: { ...conditionOf(statement), StringEquals: { ...equalsOf(statement), ...NO_SUCH_TAG.StringEquals } },
    })),
  'targets without privileges': powerless,
};

function needsOf({ id, needs }: AccountState): readonly string[] {
  if (!needs || needs.length === 0) throw new Error(`${id} does not say what it needs`);
  return needs;
}

function holderOf({ at, start }: AccountState): string {
  return at ?? start;
}

function withHolder(state: AccountState, change: (holder: StatePrincipal) => StatePrincipal): AccountState {
  const arn = holderOf(state);
  const holder = state.principals[arn];
  if (!holder) throw new Error(`${state.id}: no '${arn}'`);
  return { ...state, principals: { ...state.principals, [arn]: change(holder) } };
}

/** Rewrites each statement that allows the holder something it needs: its own, its groups' and those of its managed policies. */
function rewrite(state: AccountState, change: (statement: Statement) => Statement): AccountState {
  const needs = new Set(needsOf(state));
  const one = (statement: Statement): Statement =>
    statement['Effect'] === 'Allow' && listOf(statement['Action']).some((action) => touches(action, needs)) ? change(statement) : statement;
  const holder = holderOf(state);
  const { groups = [], managed = [] } = state.principals[holder] ?? {};
  const mine = new Set([holder, ...groups.map((group) => `arn:aws:iam::${holder.split(':')[4]}:group/${group}`)]);
  const attached = new Set([...managed, ...[...mine].flatMap((arn) => state.principals[arn]?.managed ?? [])]);
  const each = <T>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => T) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
  return {
    ...state,
    principals: each(state.principals, (principal, arn) =>
      mine.has(arn) ? { ...principal, policies: principal.policies?.map((policy) => policy.map(one)) } : principal,
    ),
    policies: each(state.policies ?? {}, (policy, arn) => (attached.has(arn) ? policy.map(one) : policy)),
  };
}

/** Every principal at the end of a way has nothing of its own, and no resource lets anybody in. */
function powerless(state: AccountState): AccountState | undefined {
  const targets = new Set(state.ends.map(([, arn]) => arn));
  if (targets.has(state.start)) return undefined;
  const principals = Object.fromEntries(
    Object.entries(state.principals).map(([arn, principal]) =>
      targets.has(arn) || (arn !== state.start && !arn.includes(':group/'))
        ? [arn, { ...principal, policies: [], managed: [], groups: [] }]
        : [arn, principal],
    ),
  );
  return { ...state, principals, resources: state.resources?.map(({ policy: _, ...rest }) => rest) };
}

function touches(action: string, needs: ReadonlySet<string>): boolean {
  const pattern = new RegExp(
    `^${action
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    'i',
  );
  return [...needs].some((need) => pattern.test(need));
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
}

function conditionOf(statement: Statement): object {
  return (statement['Condition'] as object | undefined) ?? {};
}

function equalsOf(statement: Statement): object {
  return (conditionOf(statement) as { StringEquals?: object }).StringEquals ?? {};
}
