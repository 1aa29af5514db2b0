import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AgentKey, ContainmentStore } from '../../../core/containment/responder';
import type { ContainmentRecord } from '../../../core/containment/types';

const DUE = 'due';
const PREFIX = 'agent#';

const nameOf = ({ agent, workflow }: AgentKey): string => `${PREFIX}${agent}${workflow === undefined ? '' : `/${workflow}`}`;

/** Openings are counted for an hour, and kept a little longer. */
const OPENING_SECONDS = 7_200;

/**
 * Records in a DynamoDB table with the keys `pk` (`fleet`) and `sk` (`agent#name`, or `agent#name/workflow`), and the index `due` of those with something open (`dueIn`, `dueAt`). A
 * condition on the version makes every write one that nobody came before. Openings lie beside them, so that counting reads no record.
 */
export function recordTable(client: DynamoDBClient, table: string, now: () => number): ContainmentStore {
  return {
    load: async (key) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { pk: { S: key.fleet }, sk: { S: nameOf(key) } }, ConsistentRead: true }),
      );
      if (!item) return { version: 0 };
      const record = JSON.parse(gunzipSync(item['record']?.B ?? new Uint8Array()).toString()) as ContainmentRecord;
      return { record, version: Number(item['version']?.N) };
    },
    save: async (record, { version, dueAt }) => {
      await noteOpening(client, table, record);
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              pk: { S: record.fleet },
              sk: { S: nameOf(record) },
              version: { N: String(version + 1) },
              record: { B: gzipSync(JSON.stringify(record)) },
              ...(dueAt === undefined ? {} : { dueIn: { S: DUE }, dueAt: { N: String(Math.floor(dueAt)) } }),
            },
            ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : '#version = :version',
            ...(version === 0
              ? {}
              : { ExpressionAttributeNames: { '#version': 'version' }, ExpressionAttributeValues: { ':version': { N: String(version) } } }),
          }),
        );
        return true;
      } catch (error) {
        if ((error as Error).name === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    },
    due: async (until) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: DUE,
          KeyConditionExpression: 'dueIn = :due AND dueAt <= :now',
          ExpressionAttributeValues: { ':due': { S: DUE }, ':now': { N: String(Math.floor(until)) } },
          Limit: 200,
        }),
      );
      return Items.map(({ pk, sk }) => {
        const [agent = '', workflow] = (sk?.S ?? '').slice(PREFIX.length).split('/');
        return { fleet: pk?.S ?? '', agent, ...(workflow === undefined ? {} : { workflow }) };
      });
    },
    opened: async (fleet, since) => {
      const { Count = 0 } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :fleet AND sk >= :since',
          ExpressionAttributeValues: { ':fleet': { S: `${fleet}#opened` }, ':since': { S: new Date(since * 1000).toISOString() } },
          Select: 'COUNT',
          ConsistentRead: true,
        }),
      );
      return Count;
    },
  };

  async function noteOpening(db: DynamoDBClient, TableName: string, { fleet, incident }: ContainmentRecord): Promise<void> {
    const isNew = incident?.automatic && incident.steps.every(({ attempts }) => attempts === 0);
    if (!isNew) return;
    const ttl = String(Math.ceil(now() + OPENING_SECONDS));
    const Item = { pk: { S: `${fleet}#opened` }, sk: { S: `${incident.openedAt}#${incident.id}` }, ttl: { N: ttl } };
    await db.send(new PutItemCommand({ TableName, Item }));
  }
}
