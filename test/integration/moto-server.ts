import { spawn } from 'node:child_process';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { BrokerTemplate } from '../../lib/aws/runtime/task-broker/ports';
import { freePort } from './free-port';

/** A moto server that runs until it is stopped. */
export interface MotoServer {
  readonly endpoint: string;
  readonly stop: () => void;
}

/** Starts a moto server on a free port, and waits until it answers. */
export async function startMoto(command: string, settings: Readonly<Record<string, string>> = {}): Promise<MotoServer> {
  const port = await freePort();
  const server = spawn(command, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env: { ...process.env, ...settings } });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { endpoint, stop: () => server.kill() };
    await new Promise((done) => {
      setTimeout(done, 200);
    });
  }
  server.kill();
  throw new Error('moto did not start within 20 seconds');
}

export const LEDGER = 'ledger';
export const TEMPLATES = '/agentic-iam/main/tasks';

/** A task as `TaskAccess` would deploy it. */
export const TEMPLATE: BrokerTemplate = {
  agent: 'desk',
  fleet: 'main',
  roleArn: 'arn:aws:iam::123456789012:role/agentic-iam/main/main--desk',
  template: 'answer',
  parameters: { customerId: { type: 'identifier', maxLength: 20 } },
  seconds: 900,
  policy: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-files/in/customers/{customerId}/*' }],
  },
  callers: ['arn:aws:iam::123456789012:role/runner'],
};

export interface Clients {
  readonly dynamo: DynamoDBClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Clients of a server, and of other addresses for STS and DynamoDB where they are given. */
export function clientsOf(endpoint: string, stsEndpoint = endpoint, dynamoEndpoint = endpoint): Clients {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const base = { region: 'eu-central-1', credentials, maxAttempts: 6 };
  return {
    dynamo: new DynamoDBClient({ ...base, endpoint: dynamoEndpoint }),
    ssm: new SSMClient({ ...base, endpoint }),
    sts: new STSClient({ ...base, endpoint: stsEndpoint }),
  };
}

/** Makes what the broker finds when it is deployed. */
export async function deploy({ dynamo, ssm }: Clients): Promise<void> {
  await dynamo.send(
    new CreateTableCommand({
      TableName: LEDGER,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await ssm.send(new PutParameterCommand({ Name: `${TEMPLATES}/desk/answer`, Value: JSON.stringify(TEMPLATE), Type: 'String' }));
}
