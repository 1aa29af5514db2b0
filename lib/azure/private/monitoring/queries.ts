import type { FleetMember } from '../../../core/fleet';
import type { IAgentIdentity } from '../../agent-identity';

/** Text as a string of KQL. @see https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/string */
export const kqlText = (text: string): string => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;

/**
 * Every call of one principal that logs in a workspace hold, as rows with when, what, on what, and whether it was let. Tables that are not there yet are passed over.
 * @param principal object id, as text of KQL
 */
function callsOf(principal: string): string {
  return `let agent = ${principal};
let calls = union isfuzzy=true
  (AzureActivity
    | where Caller =~ agent and ActivityStatusValue !in~ ("Start", "Started", "Accept", "Accepted")
    | project TimeGenerated, Operation = tolower(OperationNameValue), Resource = tolower(_ResourceId), Allowed = ActivityStatusValue in~ ("Success", "Succeeded")),
  (StorageBlobLogs
    | where RequesterObjectId =~ agent
    | mv-expand Authorized = todynamic(AuthorizationDetails)
    | project TimeGenerated, Operation = tolower(tostring(Authorized.action)), Resource = tolower(strcat(_ResourceId, ObjectKey)), Allowed = toint(StatusCode) < 400),
  (AZKVAuditLogs
    | where tostring(Identity.claim.oid) =~ agent and OperationName != "Authentication"
    | project TimeGenerated, Operation = tolower(strcat("keyvault:", OperationName)), Resource = tolower(tostring(split(RequestUri, "?")[0])), Allowed = toint(HttpStatusCode) < 400);`;
}

/** Operations of a key vault's log, by the action that lets them. */
const VAULT_OPERATIONS: Readonly<Record<string, string>> = {
  'microsoft.keyvault/vaults/secrets/getsecret/action': 'keyvault:secretget',
  'microsoft.keyvault/vaults/keys/decrypt/action': 'keyvault:keydecrypt',
  'microsoft.keyvault/vaults/keys/encrypt/action': 'keyvault:keyencrypt',
  'microsoft.keyvault/vaults/keys/sign/action': 'keyvault:keysign',
  'microsoft.keyvault/vaults/keys/verify/action': 'keyvault:keyverify',
};

/** What the log of blobs shows, each by its own name. */
const BLOBS = 'microsoft.storage/storageaccounts/blobservices/';

/** What each query of an agent is compiled from. */
export interface QuerySubject {
  /** Object id, or the reference that gives it. */
  readonly principal: string;
  readonly member: FleetMember;
}

const operationsOf = ({ member }: QuerySubject): readonly string[] => {
  const actions = (member.plan?.grants ?? []).flatMap(({ permissions }) => permissions).map((action) => action.toLowerCase());
  return [...new Set(actions.map((action) => VAULT_OPERATIONS[action] ?? action))].sort();
};

/** Calls beyond the grant: operations are compared exactly with those that the agent was given. */
export function beyondGrant(subject: QuerySubject): string {
  const allowed = operationsOf(subject).map(kqlText).join(', ');
  return `${callsOf(kqlText(subject.principal))}
calls
| where Operation !in (dynamic([${allowed}]))
| summarize Calls = count(), First = min(TimeGenerated), Last = max(TimeGenerated), Resources = make_set(Resource, 10) by Operation, Allowed`;
}

/** Operations that the principal was let do, each once, as the tables name them; whoever asks says since when. */
export const operationsUsed = (principal: string): string => `${callsOf(kqlText(principal))}
calls
| where Allowed
| distinct Operation`;

/** The name by which a table shows what an action lets do, in small letters; undefined for what is in no table that is read here. */
export function shownAs(action: string): string | undefined {
  const name = action.toLowerCase();
  return VAULT_OPERATIONS[name] ?? (name.startsWith(BLOBS) ? name : undefined);
}

/** More calls in a minute than the agent's limit; undefined where it has none. */
export function aboveLimit(subject: QuerySubject): string | undefined {
  const most = subject.member.identity.agent.limits?.callsPerMinute;
  if (most === undefined) return undefined;
  return `${callsOf(kqlText(subject.principal))}
calls
| summarize Calls = count() by bin(TimeGenerated, 1m)
| where Calls > ${most}`;
}

/**
 * Orders of calls that no workflow begins with: a later step in a session of which no earlier one was seen. The detector judges whole orders; this asks the
 * workspace alone. Undefined where the agent declares no workflow with two steps.
 * @see https://learn.microsoft.com/en-us/kusto/query/scan-operator
 */
export function outOfOrder(subject: QuerySubject): string | undefined {
  const grants = subject.member.plan?.grants ?? [];
  const stepOf = (label: string): readonly string[] =>
    grants
      .filter(({ resource, capability }) => `${resource}:${capability.slice(capability.indexOf(':') + 1)}` === label)
      .flatMap(({ permissions }) => permissions.map((one) => one.toLowerCase()))
      .map((action) => VAULT_OPERATIONS[action] ?? action);
  const pairs = subject.member.identity.agent.workflows.flatMap(({ steps }) => {
    const [first, second] = steps.map(({ oneOf }) => oneOf.flatMap(stepOf));
    return first && second && first.length > 0 && second.length > 0 && !second.some((one) => first.includes(one))
      ? [[first, second] as const]
      : [];
  });
  if (pairs.length === 0 || pairs.length !== subject.member.identity.agent.workflows.length) return undefined;
  const firsts = [...new Set(pairs.flatMap(([first]) => first))].map(kqlText).join(', ');
  const seconds = [...new Set(pairs.flatMap(([, second]) => second))].filter((one) => !pairs.some(([first]) => first.includes(one)));
  return `${callsOf(kqlText(subject.principal))}
calls
| sort by TimeGenerated asc
| scan declare (Begun: bool = false) with (
    step seen: true => Begun = seen.Begun or Operation in (dynamic([${firsts}]));
  )
| where not(Begun) and Operation in (dynamic([${seconds.map(kqlText).join(', ')}]))
| summarize Calls = count() by Operation`;
}

/** Of an identity, as an alert's query takes it. */
export const subjectOf = (identity: IAgentIdentity, member: FleetMember): QuerySubject => ({ principal: identity.principalId, member });
