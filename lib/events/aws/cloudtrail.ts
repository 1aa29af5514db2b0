import type { AgentEvent, EventReader, UnreadEvent } from '../../core/agent-event';
import { tryReadSourceIdentity } from '../../core/attribution';
import { actionOf } from './action';
import { effectsOf } from './effects';
import { type Fields, fieldsOf, memberOf, textOf } from './fields';
import { identityOf } from './identity';
import { outcomeOf } from './outcome';
import { resourcesOf } from './resource';

/** The versions whose fields are known: additions raise the second number. */
const VERSION = /^1\.\d+$/;

/**
 * Reads one record of CloudTrail. An event of EventBridge that holds one is read as what it holds.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const readCloudTrail: EventReader = (given): AgentEvent | UnreadEvent => {
  const outer = fieldsOf(given);
  const record = fieldsOf(outer?.['detail']) ?? outer;
  if (!record) return { reason: 'It is no JSON object.' };
  const id = textOf(record['eventID']);
  const unread = (reason: string): UnreadEvent => ({ ...(id === undefined ? {} : { id }), reason });
  const [version, time, source, name] = ['eventVersion', 'eventTime', 'eventSource', 'eventName'].map((key) => textOf(record[key]));
  if (version === undefined || !VERSION.test(version))
    return unread(`Its version is ${JSON.stringify(record['eventVersion'] ?? null)}, and 1.x is known.`);
  const category = textOf(record['eventCategory']);
  if (category === 'Insight') return unread('It is about many calls, and is none itself.');
  if (id === undefined || time === undefined || source === undefined || name === undefined)
    return unread('It lacks one of eventID, eventTime, eventSource and eventName.');
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return unread(`Its time is ${JSON.stringify(time)}.`);
  return { id, time: at.toISOString(), cloud: 'aws', ...called(record, source, name) };
};

function called(record: Fields, source: string, name: string): Omit<AgentEvent, 'id' | 'time' | 'cloud'> {
  const { service, action } = actionOf(source, name);
  const identity = identityOf(fieldsOf(record['userIdentity']), record);
  const began = identity.sourceIdentity === undefined ? undefined : tryReadSourceIdentity(identity.sourceIdentity);
  const error = textOf(record['errorCode']);
  const { agent } = identity;
  const chain = began ? [...new Set([began.agent, ...(agent === undefined ? [] : [agent])])] : undefined;
  return {
    principal: identity.principal,
    action,
    resources: resourcesOf(record, service),
    outcome: outcomeOf(error),
    ...pick('agent', agent),
    ...pick('fleet', identity.fleet),
    ...pick('session', identity.session),
    ...pick('credential', identity.credential),
    ...pick('issued', textOf(memberOf(memberOf(record['responseElements'], 'credentials'), 'accessKeyId'))),
    ...pick('task', began?.task),
    ...pick('error', error),
    ...pick('account', textOf(record['recipientAccountId'])),
    ...pick('region', textOf(record['awsRegion'])),
    ...pick('source', textOf(record['sourceIPAddress'])),
    ...pick('chain', chain),
    ...pick('effects', effectsOf(action, record['requestParameters'])),
    ...pick('readOnly', typeof record['readOnly'] === 'boolean' ? record['readOnly'] : undefined),
  };
}

function pick<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}
