import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { parameterTemplates, stsAssume } from './adapters';
import { makeHandler } from './handler';
import { dynamoLedger } from './ledger';
import type { BrokerPorts } from './ports';

/** How often a call to AWS is sent: within the time a function of 30 seconds has. */
const ATTEMPTS = 6;

function settings(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

const print = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const ports: BrokerPorts = {
  templates: parameterTemplates(new SSMClient({ maxAttempts: ATTEMPTS }), settings('TEMPLATES_PATH')),
  ledger: dynamoLedger(new DynamoDBClient({ maxAttempts: ATTEMPTS }), settings('LEDGER_TABLE')),
  assume: stsAssume(new STSClient({ maxAttempts: ATTEMPTS })),
  now: () => new Date(),
  // Embedded metrics: CloudWatch reads them out of the log. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
  report: (metric, value, { agent, template }) =>
    print({
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          { Namespace: 'AgenticIam/TaskAccess', Dimensions: [['agent', 'template']], Metrics: [{ Name: metric, Unit: 'Count' }] },
        ],
      },
      agent,
      template,
      [metric]: value,
    }),
};

export const handler = makeHandler(ports, print);
