import { Automaton } from '../../../core/detection/automaton';
import { followsOf } from '../../../core/detection/follows';
import { settingsOf } from '../../../core/detection/options';
import type { WatchedAgent, WatchedGrant } from '../../../core/detection/registry';
import outcomes from '../../../events/gcp/outcomes.json';
import { sqlText, sqlTexts } from './google-sql';

const LOG = 'entry.proto_payload.audit_log';
const CALLER = `${LOG}.authentication_info`;
/** Outcomes that make a call a step: it was done, refused, or asked for what is not there. */
const STEPS: ReadonlySet<string> = new Set(['not-found', 'denied']);
const CODES = [0, ...Object.entries(outcomes.codes).flatMap(([code, outcome]) => (STEPS.has(outcome) ? [Number(code)] : []))];

export interface OrderSubject {
  readonly watched: WatchedAgent;
  /** Email of the agent's account; undefined for a principal that has none. */
  readonly email: string | undefined;
  /** Its subject, as the log has it: `serviceAccount:EMAIL` or `principal://...`. */
  readonly subject: string;
  /** Where its calls are kept. */
  readonly view: string;
}

/**
 * Calls of one agent that come where none of its workflows allows them: directly after a call that they may not follow, or first in a session that may not begin
 * so. Rows say which, after what, how often and since when; undefined where the log shows no step.
 *
 * An alert sees one window of the log at a time, and neither may ask for time. So each call is judged by what came directly before it, the first of a window not at
 * all, and calls of one second in whichever order conforms: every row is a deviation, unless an entry was so late that it is in another window than its neighbours;
 * not every deviation is a row. The detector judges whole orders.
 * @see https://docs.cloud.google.com/logging/docs/analyze/sql-in-alerting
 */
export function orderQuery({ watched, email, subject, view }: OrderSubject): string | undefined {
  const automaton = Automaton.of(watched.workflows);
  const cases = stepCases(watched.grants, automaton.labels);
  if (cases.length === 0) return undefined;
  const { begins, pairs } = followsOf(automaton);
  const { sessionSeconds } = watched;
  // A session may be ended a little later than it could have been.
  const { settleSeconds } = settingsOf();
  const may = pairs.map(([before, after]) => `${before} > ${after}`);
  const callers = [
    ...(email === undefined ? [] : [`${CALLER}.principal_email = ${sqlText(email)}`]),
    `${CALLER}.principal_subject = ${sqlText(subject)}`,
  ];
  return `WITH called AS (
  SELECT
    TIMESTAMP_TRUNC(entry.timestamp, SECOND) AS second,
    (SELECT AS STRUCT one.permission, ${NAMED} AS resource
      FROM UNNEST(${LOG}.authorization_info) AS one WITH OFFSET AS place
      ORDER BY IFNULL(one.granted, TRUE), place LIMIT 1) AS asked
  FROM ${view} AS entry
  WHERE (${callers.join(' OR ')})
    AND IFNULL(${LOG}.status.code, 0) IN (${CODES.join(', ')})
), stepped AS (
  SELECT second, CASE
${cases.map((one) => `    ${one}`).join('\n')}
  END AS step FROM called
), seconds AS (
  SELECT second, ARRAY_AGG(step) AS steps FROM stepped WHERE step IS NOT NULL GROUP BY second
), ordered AS (
  SELECT second, steps, LAG(steps) OVER (ORDER BY second) AS earlier, LAG(second) OVER (ORDER BY second) AS last FROM seconds
)
SELECT step, ARRAY_TO_STRING(earlier, ", ") AS after, COUNT(*) AS calls, MIN(second) AS since
FROM ordered, UNNEST(steps) AS step WITH OFFSET AS place
WHERE last IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM UNNEST(steps) AS beside WITH OFFSET AS other WHERE other != place AND ${allowed('beside', may)})
  AND NOT (${GAP} > ${sessionSeconds} AND step IN (${sqlTexts(begins)}))
  AND NOT (${GAP} <= ${sessionSeconds + settleSeconds} AND EXISTS (SELECT 1 FROM UNNEST(earlier) AS before WHERE ${allowed('before', may)}))
GROUP BY step, after`;
}

/** What a call was made on, as detection names it: an account by its email, all else as the service asked for leave to use it. */
const NAMED = `IF(entry.resource.type = "service_account", JSON_VALUE(entry.resource.labels.email_id), IFNULL(one.resource, ${LOG}.resource_name))`;

const GAP = 'TIMESTAMP_DIFF(second, last, SECOND)';

const allowed = (before: string, may: readonly string[]): string =>
  may.length === 0 ? 'FALSE' : `CONCAT(${before}, " > ", step) IN (${sqlTexts(may)})`;

/** One branch for each grant whose calls are steps, in the order of the grants; resources only where the permission alone does not tell. */
function stepCases(grants: readonly WatchedGrant[], labels: ReadonlySet<string>): readonly string[] {
  const isStep = ({ step }: WatchedGrant): boolean => step !== undefined && labels.has(step);
  const shares = (one: WatchedGrant, other: WatchedGrant): boolean => one.actions.some((action) => other.actions.includes(action));
  return grants
    .filter((one) => one.actions.length > 0 && grants.some((other) => isStep(other) && shares(one, other)))
    .map((one) => {
      const told = !grants.some((other) => other.step !== one.step && shares(one, other));
      const within = told || one.resources.includes('*') ? '' : ` AND (${one.resources.map(reaches).join(' OR ') || 'FALSE'})`;
      return `WHEN asked.permission IN (${sqlTexts(one.actions)})${within} THEN ${isStep(one) ? sqlText(one.step ?? '') : 'NULL'}`;
    });
}

/** Whether a resource is of a pattern: `*` is any text, and what stands between two of them may be anywhere. */
function reaches(pattern: string): string {
  const parts = pattern.split(/\*+/);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return `asked.resource = ${sqlText(first)}`;
  return `(${[
    ...(first === '' ? [] : [`STARTS_WITH(asked.resource, ${sqlText(first)})`]),
    ...parts.slice(1, -1).map((part) => `STRPOS(asked.resource, ${sqlText(part)}) > 0`),
    ...(last === '' ? [] : [`ENDS_WITH(asked.resource, ${sqlText(last)})`]),
  ].join(' AND ')})`;
}
