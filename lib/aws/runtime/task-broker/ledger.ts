import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { sourceIdentityOf } from '../../../core/attribution';
import type { TaskIssuance } from '../../../core/task-issuance';
import type { Attempt, Claim, Ledger } from './ports';

/** A call that was begun and never ended is taken over after this long: longer than any call of the broker runs. */
const STALE_SECONDS = 60;
/** How long an entry is kept after the task's credentials can have ended. */
const KEPT_SECONDS = 400 * 86_400;
const STATE = 'state';

/**
 * The ledger in a DynamoDB table with the keys `pk` (`agent@task`) and `sk` (`request#id`, or `state` for what is said of the whole task), and
 * `ttl`. A condition on every write makes one of many that come at once the one that is served.
 */
export function dynamoLedger(client: DynamoDBClient, table: string): Ledger {
  const keyOf = ({ agent, task, requestId }: TaskIssuance) => ({
    pk: { S: sourceIdentityOf({ agent, task }) },
    sk: { S: `request#${requestId}` },
  });
  const finish = async (issuance: Attempt, from: TaskIssuance['status']): Promise<void> => {
    const { status, expiresAt, credential } = issuance;
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(issuance),
        UpdateExpression: `SET #status = :status${expiresAt ? ', expiresAt = :expires' : ''}${credential ? ', credential = :credential' : ''}`,
        // Another call may have taken the request over since.
        ConditionExpression: '#status = :from AND attempt = :attempt',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': { S: status },
          ':from': { S: from },
          ':attempt': { S: issuance.attempt },
          ...(expiresAt ? { ':expires': { S: expiresAt } } : {}),
          ...(credential ? { ':credential': { S: credential } } : {}),
        },
      }),
    );
  };
  return {
    claim: (issuance, bodyHash) => claim({ client, table }, issuance, bodyHash),
    issued: (issuance) =>
      finish(issuance, 'pending').catch(async (error: unknown) => {
        // The SDK sends a write again whose answer was lost: what stands there may be our own.
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: keyOf(issuance), ConsistentRead: true }));
        if (issuance.credential === undefined || Item?.['credential']?.S !== issuance.credential) throw error;
      }),
    failed: (issuance) => finish(issuance, 'pending').catch(ignoreTakenOver),
    revoke: async (agent, task, at) => {
      await client
        .send(
          new PutItemCommand({
            TableName: table,
            Item: { pk: { S: sourceIdentityOf({ agent, task }) }, sk: { S: STATE }, revokedAt: { S: at }, ttl: { N: ttl(at) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        )
        .catch(ignoreTakenOver);
    },
  };
}

interface Place {
  readonly client: DynamoDBClient;
  readonly table: string;
}

async function claim({ client, table }: Place, issuance: Attempt, bodyHash: string): Promise<Claim> {
  const { agent, task, requestId, requestedAt } = issuance;
  const pk = { S: sourceIdentityOf({ agent, task }) };
  const sk = { S: `request#${requestId}` };
  const stale = new Date(Date.parse(requestedAt) - STALE_SECONDS * 1000).toISOString();
  const read = async (key: string): Promise<Readonly<Record<string, { readonly S?: string }>>> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { pk, sk: { S: key } }, ConsistentRead: true }));
    return (Item ?? {}) as Readonly<Record<string, { readonly S?: string }>>;
  };
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { pk, sk, bodyHash: { S: bodyHash }, ttl: { N: ttl(requestedAt) }, ...itemOf(issuance) },
        ConditionExpression:
          'attribute_not_exists(pk) OR (bodyHash = :body AND (#status = :failed OR (#status = :pending AND requestedAt < :stale)))',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':body': { S: bodyHash },
          ':failed': { S: 'failed' },
          ':pending': { S: 'pending' },
          ':stale': { S: stale },
        },
      }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    const { bodyHash: known, status, attempt } = await read(sk.S);
    if (known?.S !== bodyHash) return 'differs';
    // The SDK sends a write again whose answer was lost: what stands there may be this very claim.
    if (attempt?.S !== issuance.attempt) return status?.S === 'issued' ? 'issued' : 'in-progress';
  }
  // After the claim, so that no revocation falls between the look and the claim.
  const { revokedAt } = await read(STATE);
  return revokedAt === undefined ? 'taken' : 'revoked';
}

function itemOf(issuance: Attempt): Readonly<Record<string, { S: string }>> {
  const { parameters, ...texts } = issuance;
  const fields = Object.entries({ ...texts, parameters: JSON.stringify(parameters) });
  return Object.fromEntries(fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, { S: value }]])));
}

function ttl(at: string): string {
  return String(Math.ceil(Date.parse(at) / 1000) + KEPT_SECONDS);
}

function ignoreTakenOver(error: unknown): void {
  if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
}
