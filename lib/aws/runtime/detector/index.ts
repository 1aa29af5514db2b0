import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { busSender } from './event-bus';
import { makeHandler } from './handler';
import { parameterRegistry } from './registry-parameters';
import { stateTable } from './state-table';

/** How often a call to AWS is sent: within the time that a batch has. */
const ATTEMPTS = 6;

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

const settle = process.env['SETTLE_SECONDS'];

export const handler = makeHandler(
  { fleet: setting('FLEET'), ...(settle ? { options: { settleSeconds: Number(settle) } } : {}) },
  {
    registry: parameterRegistry(new SSMClient({ maxAttempts: ATTEMPTS }), setting('REGISTRY_PATH')),
    store: stateTable(new DynamoDBClient({ maxAttempts: ATTEMPTS }), setting('STATE_TABLE')),
    send: busSender(new EventBridgeClient({ maxAttempts: ATTEMPTS }), setting('DETECTION_BUS')),
    now: Date.now,
    pause: (milliseconds) => setTimeout(milliseconds),
    log: (line) => {
      process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  },
);
