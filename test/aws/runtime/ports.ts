import type { BrokerPorts, BrokerTemplate, Claim, Ledger } from '../../../lib/aws/runtime/task-broker/ports';
import type { TaskIssuance } from '../../../lib/core/task-issuance';

export const CALLER = 'arn:aws:iam::111122223333:role/apps/runner';
export const CALLER_SESSION = 'arn:aws:sts::111122223333:assumed-role/runner/fn';
export const SECRET = 'planted-secret-access-key';
export const TOKEN = 'planted-session-token';

export const TEMPLATE: BrokerTemplate = {
  agent: 'desk',
  fleet: 'main',
  roleArn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--desk',
  template: 'answer',
  parameters: { customerId: { type: 'identifier', maxLength: 20 } },
  seconds: 1200,
  policy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-files/in/customers/{customerId}/*' },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::example-files',
        Condition: { StringLike: { 's3:prefix': 'in/customers/{customerId}/*' } },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:Query',
        Resource: 'arn:aws:dynamodb:eu-central-1:111122223333:table/claims',
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['{customerId}'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
      },
    ],
  },
  callers: [CALLER],
};

/** A ledger in memory that answers as told, and notes what it was told. */
export class NotedLedger implements Ledger {
  readonly noted: string[] = [];
  readonly entries: TaskIssuance[] = [];

  constructor(private readonly answer: Claim = 'taken') {}

  readonly claim = async (issuance: TaskIssuance): Promise<Claim> => {
    this.note('claim', issuance);
    return this.answer;
  };
  readonly issued = async (issuance: TaskIssuance): Promise<void> => this.note('issued', issuance);
  readonly failed = async (issuance: TaskIssuance): Promise<void> => this.note('failed', issuance);
  readonly revoke = async (agent: string, task: string): Promise<void> => {
    this.noted.push(`revoke ${agent} ${task}`);
  };

  private note(what: string, issuance: TaskIssuance): void {
    this.noted.push(`${what} ${issuance.requestId}`);
    this.entries.push(issuance);
  }
}

export interface Noted {
  readonly ports: BrokerPorts;
  readonly asked: Parameters<BrokerPorts['assume']>[0][];
  readonly metrics: string[];
}

/** Ports that give out planted credentials. */
export function portsWith(more: Partial<BrokerPorts> = {}): Noted {
  const asked: Parameters<BrokerPorts['assume']>[0][] = [];
  const metrics: string[] = [];
  const ports: BrokerPorts = {
    templates: async (agent, template) => (agent === 'desk' && template === 'answer' ? TEMPLATE : undefined),
    ledger: new NotedLedger(),
    assume: async (input) => {
      asked.push(input);
      const credentials = {
        accessKeyId: 'ASIAEXAMPLE',
        secretAccessKey: SECRET,
        sessionToken: TOKEN,
        expiresAt: '2026-11-25T12:20:00.000Z',
      };
      return { credentials, attempts: 1 };
    },
    now: () => new Date('2026-11-25T12:00:00.000Z'),
    report: (metric, value) => metrics.push(`${metric} ${value}`),
    ...more,
  };
  return { ports, asked, metrics };
}
