import { setTimeout } from 'node:timers/promises';
import { CloudTrailClient, GetEventSelectorsCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { JsonObject } from '../../../core/json';
import { evidenceIn } from './evidence';
import { expectedAgents, partialAgents } from './expected';
import { makeHandler } from './handler';

const base = { maxAttempts: 10, retryMode: 'adaptive' };
/** Evaluations that one call takes. @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
const PER_CALL = 100;

/** A list may be empty, and a trail may be somebody else's. */
const MAY_BE_EMPTY = ['TOPICS', 'TRAIL'];

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || (value === '' && !MAY_BE_EMPTY.includes(name))) throw new Error(`the function lacks its setting ${name}`);
  return value;
}

const fleet = setting('FLEET');
const bus = setting('DETECTION_BUS');
const topics = setting('TOPICS').split(',').filter(Boolean);
const trailName = setting('TRAIL');
const ssm = new SSMClient(base);
const { keep, recall, remember } = evidenceIn(new S3Client(base), setting('EVIDENCE_BUCKET'), fleet);
const sns = new SNSClient(base);
const events = new EventBridgeClient(base);
const config = new ConfigServiceClient(base);
const cloudtrail = new CloudTrailClient(base);

export const handler = makeHandler({
  fleet,
  repair: setting('REPAIR') === 'true',
  unusedDays: Number(setting('UNUSED_DAYS')),
  secretDays: Number(setting('SECRET_DAYS')),
  iam: new IAMClient(base),
  secrets: new SecretsManagerClient(base),
  ...(trailName === ''
    ? {}
    : {
        trail: {
          name: trailName,
          start: async () => void (await cloudtrail.send(new StartLoggingCommand({ Name: trailName }))),
          selectors: async () => (await cloudtrail.send(new GetEventSelectorsCommand({ TrailName: trailName }))) as unknown as JsonObject,
        },
      }),
  agents: () => expectedAgents(ssm, fleet),
  ...(setting('CLEAN_UP') === 'true' ? { cleanUp: { recall, remember, partial: () => partialAgents(ssm, fleet) } } : {}),
  publish: async (event) => {
    process.stdout.write(`${JSON.stringify({ message: 'governance', ...event })}\n`);
    const sent = await events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: bus, Source: 'agentic-iam', DetailType: 'Agent Governance Finding', Detail: JSON.stringify(event) }],
      }),
    );
    if ((sent.FailedEntryCount ?? 0) > 0) throw new Error(`the bus did not take a finding: ${sent.Entries?.[0]?.ErrorMessage ?? ''}`);
    for (const TopicArn of topics)
      await sns.send(new PublishCommand({ TopicArn, Subject: `Governance of fleet ${fleet}`, Message: event.said }));
  },
  keep,
  evaluate: async (evaluations, token) => {
    for (let from = 0; from < evaluations.length; from += PER_CALL)
      await config.send(
        new PutEvaluationsCommand({
          ResultToken: token,
          Evaluations: evaluations.slice(from, from + PER_CALL).map(({ resourceId, resourceType, compliance, annotation, at }) => ({
            ComplianceResourceId: resourceId,
            ComplianceResourceType: resourceType,
            ComplianceType: compliance,
            OrderingTimestamp: new Date(at),
            ...(annotation === undefined ? {} : { Annotation: annotation }),
          })),
        }),
      );
  },
  now: () => new Date(),
  pause: (milliseconds) => setTimeout(milliseconds),
});
