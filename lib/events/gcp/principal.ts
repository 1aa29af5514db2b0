import { type Fields, fieldsOf, rowsOf, textOf } from '../../core/json-fields';

/** Accounts of agents are called `<fleet>--<agent>`, where that is not too long. */
const AGENT = /^([a-z0-9-]+?)--([a-z0-9-]+)@[a-z0-9-]+\.iam\.gserviceaccount\.com$/;

/** Who called, as far as an entry says. */
export interface Caller {
  /** Email of an account, subject of a federated principal, or `unknown`. */
  readonly principal: string;
  readonly fleet?: string;
  readonly agent?: string;
  /** Key that the account was used by, where it was one. */
  readonly credential?: string;
  /** Agents through which the token was asked for, first to last, the acting one included. */
  readonly chain?: readonly string[];
}

/** Who called. Federated principals and agent identities have no email and are named by their subject. */
export function callerOf(info: Fields | undefined): Caller {
  const principal = principalOf(info);
  const [, fleet, agent] = AGENT.exec(principal) ?? [];
  const through = rowsOf(info?.['serviceAccountDelegationInfo']).map(principalOf);
  const chain = [...through].reverse().flatMap((one) => AGENT.exec(one)?.[2] ?? []);
  const key = textOf(info?.['serviceAccountKeyName'])?.split('/').at(-1);
  return {
    principal,
    ...(agent === undefined || fleet === undefined ? {} : { agent, fleet }),
    ...(key === undefined ? {} : { credential: key }),
    ...(agent === undefined || chain.length === 0 ? {} : { chain: [...chain, agent] }),
  };
}

function principalOf(info: Fields | undefined): string {
  const first = fieldsOf(info?.['firstPartyPrincipal']);
  return (
    textOf(info?.['principalEmail']) ??
    textOf(info?.['principalSubject'])?.replace(/^serviceAccount:/, '') ??
    textOf(first?.['principalEmail']) ??
    'unknown'
  );
}
