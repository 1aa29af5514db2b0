import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { dynamoLedger } from '../task-broker/ledger';
import { stopChain } from './chain-policy';
import { makeRevoker } from './handler';

const ATTEMPTS = 8;

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

const policies = setting('CHAIN_POLICIES').split(',');
const ledger = dynamoLedger(new DynamoDBClient({ maxAttempts: ATTEMPTS }), setting('LEDGER_TABLE'));
const iam = new IAMClient({ maxAttempts: ATTEMPTS });

export const handler = makeRevoker(
  {
    revoke: ledger.revoke,
    stop: async (sourceIdentity) => {
      const stopped = [];
      for (const policy of policies) stopped.push(await stopChain(iam, policy, sourceIdentity));
      return stopped;
    },
    now: () => new Date(),
  },
  (line) => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
);
