import type { ReviewInput } from '../../../lib/core/review/input';
import { ACCOUNT, accountOf, allow, deny, KNOWN_PATHS, type KnownPath, type Statement, type User } from './paths';
import open from './really-open.json';
import { accountWithTargets } from './targets';

/** A known path that something closes. */
export interface Closed {
  readonly inputs: readonly ReviewInput[];
  /** The one action that was taken away. @default - all of them, or the condition fails for all */
  readonly without?: string;
}

/** Closed by something other than the statement that opens it. */
export const CLOSINGS: Readonly<Record<string, (path: KnownPath) => readonly Closed[]>> = {
  'a separate deny of it': ({ required }) => inBoth({ policies: [[allow(required)], [deny(required)]] }),
  'a separate deny of one action, each in turn': ({ required }) =>
    required.flatMap((action) => inBoth({ policies: [[allow(required)], [deny([action])]] }, action)),
  'a boundary without it': ({ required }) => inBoth({ policies: [[allow(required)]], boundary: [allBut(required)] }),
  'a boundary without one action, each in turn': ({ required }) =>
    required.flatMap((action) => inBoth({ policies: [[allow(required)]], boundary: [allBut([action])] }, action)),
  'an unrelated resource': ({ required }) => inBoth({ policies: [[{ ...allow(required), Resource: UNRELATED }]] }),
  'a date in the past': (path) => inBoth(under(path, { DateLessThan: { 'aws:CurrentTime': '2000-01-01T00:00:00Z' } })),
  'a tag that nobody has': (path) => inBoth(under(path, { StringEquals: { 'aws:PrincipalTag/nobody-has-this-tag': 'none' } })),
  'targets without privileges': (path) =>
    GIVES_PRIVILEGES.has(path.id) ? [] : [{ inputs: accountWithTargets(accountOf({ policies: [[allow(path.required)]] }), false) }],
};

/** Ways that stay open, with the reason; none where the closing is expected to close the path. */
export function reallyOpen(path: KnownPath, { without }: Closed): string | undefined {
  if (without === undefined) return undefined;
  const left = path.required.filter((action) => action !== without);
  const other = KNOWN_PATHS.find(({ id, required }) => id !== path.id && required.every((action) => left.includes(action)));
  if (other) return `what is left is all that ${other.id} needs`;
  return open.exceptions.find(({ id, actions }) => id === path.id && actions.includes(without))?.reason;
}

const UNRELATED = `arn:aws:sqs:eu-west-1:${ACCOUNT}:unrelated`;

/** Paths on which the attacker writes the privileges: where the targets have none, they are given some. */
const GIVES_PRIVILEGES: ReadonlySet<string> = new Set(open.givesPrivileges);

/** Where the user alone is known, so that targets are assumed; and in an account with targets in view. */
function inBoth(user: User, without?: string): readonly Closed[] {
  return [
    { inputs: [accountOf(user)], without },
    { inputs: accountWithTargets(accountOf(user)), without },
  ];
}

function allBut(actions: readonly string[]): Statement {
  return { Effect: 'Allow', NotAction: actions, Resource: '*' };
}

function under({ required }: KnownPath, condition: object): User {
  return { policies: [[{ ...allow(required), Condition: condition }]] };
}
