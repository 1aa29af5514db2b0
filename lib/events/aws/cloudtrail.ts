import type { AgentEvent, EventReader, UnreadEvent } from '../../core/agent-event';
import { tryReadSourceIdentity } from '../../core/attribution';
import { type Fields, fieldsOf, member as memberOf, textOf } from '../../core/json-fields';
import { actionOf } from './action';
import { effectsOf } from './effects';
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
  const at = utcOf(time);
  if (at === undefined) return unread(`Its time is ${JSON.stringify(time)}.`);
  return called(record, { id, time: at, source, name });
};

const WHOLE_SECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Nearly all times are in whole seconds and in UTC, which need no more than three zeros. */
function utcOf(time: string): string | undefined {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return undefined;
  return WHOLE_SECONDS.test(time) ? `${time.slice(0, -1)}.000Z` : new Date(at).toISOString();
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Called {
  readonly id: string;
  readonly time: string;
  readonly source: string;
  readonly name: string;
}

/** Written field by field: a trail has millions of records, and copying an object for each field costs more than reading it. */
function called(record: Fields, { id, time, source, name }: Called): AgentEvent {
  const { service, action } = actionOf(source, name);
  const identity = identityOf(fieldsOf(record['userIdentity']), record);
  const began = identity.sourceIdentity === undefined ? undefined : tryReadSourceIdentity(identity.sourceIdentity);
  const error = textOf(record['errorCode']);
  const { agent } = identity;
  const event: Writable<AgentEvent> = {
    id,
    time,
    cloud: 'aws',
    principal: identity.principal,
    action,
    resources: resourcesOf(record, service),
    outcome: outcomeOf(error),
  };
  const set = <K extends keyof AgentEvent>(key: K, value: AgentEvent[K] | undefined): void => {
    if (value !== undefined) event[key] = value as Writable<AgentEvent>[K];
  };
  set('agent', agent);
  set('fleet', identity.fleet);
  set('session', identity.session);
  set('credential', identity.credential);
  set('issued', textOf(memberOf(memberOf(record['responseElements'], 'credentials'), 'accessKeyId')));
  set('task', began?.task);
  set('error', error);
  set('account', textOf(record['recipientAccountId']));
  set('region', textOf(record['awsRegion']));
  set('source', textOf(record['sourceIPAddress']));
  set('chain', began && [...new Set([began.agent, ...(agent === undefined ? [] : [agent])])]);
  set('readOnly', typeof record['readOnly'] === 'boolean' ? record['readOnly'] : undefined);
  set('effects', effectsOf(action, record['requestParameters']));
  return event;
}
