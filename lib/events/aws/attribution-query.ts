import { invalidQueryValue } from '../../core/event-errors';

const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TABLE = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$/;
const STORE = EVENT_ID;

function checked(field: string, value: string, form: RegExp): string {
  if (!form.test(value)) throw invalidQueryValue(field, value, form.source);
  return value;
}

/**
 * Which agent, for which task, through whom: for one event, in SQL of Athena over the table that CloudTrail's console makes. A session's own
 * event names its role and source identity; the `AssumeRole` event that issued its key says who took it on.
 * @see https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
 */
export function athenaAttribution({ table, eventId }: { readonly table: string; readonly eventId: string }): string {
  const from = checked('table', table, TABLE);
  return `SELECT e.eventtime, e.eventsource, e.eventname, e.errorcode,
  e.useridentity.sessioncontext.sessionissuer.arn AS agent_role,
  e.useridentity.sessioncontext.sourceidentity AS begun_by_and_task,
  a.useridentity.sessioncontext.sessionissuer.arn AS taken_on_by,
  a.eventid AS taken_on_in
FROM ${from} e
LEFT JOIN ${from} a ON a.eventsource = 'sts.amazonaws.com' AND a.eventname = 'AssumeRole'
  AND json_extract_scalar(a.responseelements, '$.credentials.accessKeyId') = e.useridentity.accesskeyid
WHERE e.eventid = '${checked('eventId', eventId, EVENT_ID)}'`;
}

/**
 * The same in SQL of CloudTrail Lake.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-create-edit-query.html
 */
export function lakeAttribution({ eventDataStore, eventId }: { readonly eventDataStore: string; readonly eventId: string }): string {
  const from = checked('eventDataStore', eventDataStore, STORE);
  return `SELECT e.eventTime, e.eventSource, e.eventName, e.errorCode,
  e.userIdentity.sessionContext.sessionIssuer.arn AS agentRole,
  e.userIdentity.sessionContext.sourceIdentity AS begunByAndTask,
  a.userIdentity.sessionContext.sessionIssuer.arn AS takenOnBy,
  a.eventID AS takenOnIn
FROM ${from} e
LEFT JOIN ${from} a ON a.eventSource = 'sts.amazonaws.com' AND a.eventName = 'AssumeRole'
  AND json_extract_scalar(element_at(a.responseElements, 'credentials'), '$.accessKeyId') = e.userIdentity.accessKeyId
WHERE e.eventID = '${checked('eventId', eventId, EVENT_ID)}'`;
}

/**
 * The same in CloudWatch Logs Insights, which joins nothing: the event first, and with the key it shows, who took the session on.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function insightsAttribution(eventId: string): string {
  const id = checked('eventId', eventId, EVENT_ID);
  return `fields eventTime, eventSource, eventName, errorCode,
  userIdentity.sessionContext.sessionIssuer.arn as agentRole,
  userIdentity.sessionContext.sourceIdentity as begunByAndTask,
  userIdentity.accessKeyId as key
| filter eventID = "${id}"`;
}
