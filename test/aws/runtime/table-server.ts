import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';

const dynalite = require('dynalite') as (options: object) => Server;

/** DynamoDB in this process, with a table as the detector's. */
export async function stateServer(table: string): Promise<{ readonly client: DynamoDBClient; readonly stop: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((done) => {
    server.listen(0, done);
  });
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials });
  await client.send(new CreateTableCommand(stateTableInput(table)));
  return {
    client,
    stop: async () => {
      client.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A table as the detector's. */
export function stateTableInput(table: string): CreateTableCommandInput {
  const attribute = (AttributeName: string, AttributeType: 'S' | 'N') => ({ AttributeName, AttributeType });
  const throughput = { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 };
  return {
    TableName: table,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [attribute('pk', 'S'), attribute('sk', 'S'), attribute('dueIn', 'S'), attribute('dueAt', 'N')],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'due',
        KeySchema: [
          { AttributeName: 'dueIn', KeyType: 'HASH' },
          { AttributeName: 'dueAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
        ProvisionedThroughput: throughput,
      },
    ],
    ProvisionedThroughput: throughput,
  };
}
