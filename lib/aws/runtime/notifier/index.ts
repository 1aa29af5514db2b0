import { setTimeout } from 'node:timers/promises';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { type StreamTarget, streamSender } from './firehose';
import { makeHandler, type Target } from './handler';
import { type HubPlace, hubSender } from './security-hub';

const ATTEMPTS = 6;

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

const { hub, streams = [] } = JSON.parse(setting('TARGETS')) as { readonly hub?: HubPlace; readonly streams?: readonly StreamTarget[] };
const firehose = new FirehoseClient({ maxAttempts: ATTEMPTS });

const targets: readonly Target[] = [
  ...(hub ? [{ name: 'security-hub', send: hubSender(new SecurityHubClient({ maxAttempts: ATTEMPTS }), hub, () => new Date()) }] : []),
  ...streams.map((target) => ({ name: target.stream, send: streamSender(firehose, target, (milliseconds) => setTimeout(milliseconds)) })),
];

export const handler = makeHandler(targets, (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
