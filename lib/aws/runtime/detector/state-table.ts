import { gunzipSync, gzipSync } from 'node:zlib';
import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DueSession, StateKey, StateStore } from '../../../core/detection/state-store';

type Item = Readonly<Record<string, AttributeValue>>;

/** Sessions that are due are found by one key: there are few of them at any time. */
const SHARD = 'due';
export const DUE_INDEX = 'due';
const PACE = 'pace';

const keyOf = ({ agent, session }: StateKey) => ({
  agent: { pk: { S: `agent#${agent}` }, sk: { S: PACE } },
  session: { pk: { S: `agent#${agent}` }, sk: { S: `session#${session}` } },
});

/**
 * States in a DynamoDB table: one item for the pace of an agent, one for each session, each with a version, and each written on the condition that it
 * did not change since it was read.
 */
export function stateTable(client: DynamoDBClient, table: string): StateStore {
  return {
    load: async (key) => {
      const keys = keyOf(key);
      const { Responses } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [keys.agent, keys.session], ConsistentRead: true } } }),
      );
      const items: readonly Item[] = Responses?.[table] ?? [];
      const agent = items.find((item) => item['sk']?.S === PACE);
      const session = items.find((item) => item['sk']?.S !== PACE);
      return {
        ...(agent ? { agent: recordOf(agent) } : {}),
        ...(session ? { session: recordOf(session) } : {}),
        agentVersion: versionOf(agent),
        sessionVersion: versionOf(session),
      };
    },
    save: async (key, states, { read, dueAt, forgetAt }) => {
      const keys = keyOf(key);
      const due: Item = dueAt === undefined ? {} : { dueIn: { S: SHARD }, dueAt: { N: String(dueAt) } };
      const ttl = { N: String(Math.ceil(forgetAt)) };
      const put = (Item: Item, version: number): Promise<boolean> =>
        unchanged(
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: { ...Item, ttl, version: { N: String(version + 1) } },
              ...(version === 0
                ? { ConditionExpression: 'attribute_not_exists(pk)' }
                : {
                    ConditionExpression: '#version = :version',
                    ExpressionAttributeNames: { '#version': 'version' },
                    ExpressionAttributeValues: { ':version': { N: String(version) } },
                  }),
            }),
          ),
        );
      if (!(await put({ ...keys.agent, record: bytesOf(states.agent) }, read.agentVersion))) return false;
      return put({ ...keys.session, record: bytesOf(states.session), ...due }, read.sessionVersion);
    },
    due: async (now, most) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: 'dueIn = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': { S: SHARD }, ':now': { N: String(Math.floor(now)) } },
          Limit: most,
        }),
      );
      return Items.flatMap((item) => dueOf(item) ?? []);
    },
  };
}

function dueOf(item: Item): DueSession | undefined {
  const agent = item['pk']?.S?.replace(/^agent#/, '');
  const session = item['sk']?.S?.replace(/^session#/, '');
  return agent === undefined || session === undefined ? undefined : { agent, session };
}

/** A state is mostly repeated words: packed it is a fifth, and an item holds 400 KB at most. */
function bytesOf(record: unknown): AttributeValue {
  return { B: gzipSync(JSON.stringify(record), { level: 1 }) };
}

function recordOf<T>(item: Item): T {
  const bytes = item['record']?.B;
  return JSON.parse(gunzipSync(bytes ?? new Uint8Array()).toString('utf8')) as T;
}

function versionOf(item: Item | undefined): number {
  return Number(item?.['version']?.N ?? 0);
}

/** False where another writer was first. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html */
async function unchanged(written: Promise<unknown>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
