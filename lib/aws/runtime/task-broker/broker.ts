import { createHash, randomUUID } from 'node:crypto';
import { ATTRIBUTION_TAGS, sourceIdentityOf } from '../../../core/attribution';
import { AgenticIamError } from '../../../core/errors';
import { fillPattern, readValues } from '../../../core/task-values';
import { BrokerError } from './errors';
import { type Attempt, type BrokerPorts, type BrokerTemplate, type Credentials, Throttled } from './ports';
import { type Caller, isOneOf, type TaskRequest } from './request';

/** What the caller gets. */
export interface Answer extends Credentials {
  readonly sourceIdentity: string;
  readonly requestId: string;
}

/** STS makes no session shorter. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SHORTEST_SECONDS = 900;
/** Characters of a session policy. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_POLICY = 2_048;
const TEMPLATE_TAG = 'agentic-iam:template';

/** Gives out the credentials of one task, or says why not. Nothing is issued that the ledger does not know of first. */
export async function issue(caller: Caller, request: TaskRequest, ports: BrokerPorts): Promise<Answer> {
  const template = await ports.templates(request.agent, request.template);
  // Who may not ask learns nothing about what there is.
  if (!template || !isOneOf(caller, template.callers))
    throw new BrokerError(403, 'not-allowed', `This caller may not ask for task '${request.template}' of agent '${request.agent}'.`);
  const parameters = valuesOf(template, request);
  const policy = policyOf(template, parameters);
  const seconds = lifeOf(template, request);
  const now = ports.now();
  const issuance: Attempt = {
    attempt: randomUUID(),
    agent: template.agent,
    task: request.task,
    template: template.template,
    parameters,
    requestId: request.requestId,
    caller: caller.arn,
    status: 'pending',
    requestedAt: now.toISOString(),
    policyHash: sha256(policy),
    policy,
  };
  await claim(issuance, sha256(JSON.stringify([caller.arn, template.agent, template.template, parameters, seconds])), ports);
  const sourceIdentity = sourceIdentityOf({ agent: template.agent, task: request.task });
  try {
    const { credentials, attempts } = await ports.assume({
      roleArn: template.roleArn,
      sessionName: sourceIdentity,
      sourceIdentity,
      policy,
      seconds,
      tags: {
        [ATTRIBUTION_TAGS.agent]: template.agent,
        [ATTRIBUTION_TAGS.task]: request.task,
        [ATTRIBUTION_TAGS.chain]: template.agent,
        [TEMPLATE_TAG]: template.template,
      },
    });
    if (attempts > 1) ports.report('Retries', attempts - 1, template);
    await ports.ledger.issued({ ...issuance, status: 'issued', expiresAt: credentials.expiresAt, credential: credentials.accessKeyId });
    ports.report('Issued', 1, template);
    return { ...credentials, sourceIdentity, requestId: request.requestId };
  } catch (error) {
    await ports.ledger.failed({ ...issuance, status: 'failed' });
    if (!(error instanceof Throttled)) throw error;
    ports.report('Throttled', 1, template);
    throw new BrokerError(429, 'throttled', 'AWS takes no more calls for now; send the same request again in a few seconds.');
  }
}

async function claim(issuance: Attempt, bodyHash: string, { ledger, report }: BrokerPorts): Promise<void> {
  const claimed = await ledger.claim(issuance, bodyHash);
  if (claimed === 'taken') return;
  if (claimed === 'revoked') await ledger.failed({ ...issuance, status: 'failed' });
  report(claimed === 'revoked' ? 'Revoked' : 'Repeated', 1, issuance);
  const why: Readonly<Record<typeof claimed, readonly [number, string, string]>> = {
    'in-progress': [409, 'in-progress', 'This request is being served; send it again in a few seconds.'],
    issued: [
      409,
      'already-issued',
      'The credentials of this request were given out, and are kept nowhere; ask with a request id of its own.',
    ],
    differs: [409, 'request-differs', 'Another request had this id, and asked for something else.'],
    revoked: [403, 'task-revoked', `Task '${issuance.task}' of agent '${issuance.agent}' was revoked.`],
  };
  throw new BrokerError(...why[claimed]);
}

function valuesOf(template: BrokerTemplate, { parameters }: TaskRequest): Readonly<Record<string, string>> {
  try {
    return readValues({ name: template.template, parameters: template.parameters }, parameters);
  } catch (error) {
    throw error instanceof AgenticIamError ? new BrokerError(400, error.code, error.message) : error;
  }
}

/** The session policy with its parameters filled in, string by string, so that none of them can change its form. */
function policyOf(template: BrokerTemplate, values: Readonly<Record<string, string>>): string {
  const filled = JSON.stringify(template.policy, (_, value: unknown) => (typeof value === 'string' ? fillPattern(value, values) : value));
  if (filled.length > LONGEST_POLICY)
    throw new BrokerError(400, 'policy-too-large', 'With these values the policy is longer than AWS takes.');
  return filled;
}

function lifeOf({ seconds: longest, template }: BrokerTemplate, { seconds = longest }: TaskRequest): number {
  if (seconds < SHORTEST_SECONDS || seconds > longest)
    throw new BrokerError(400, 'life-out-of-range', `Credentials of task '${template}' live ${SHORTEST_SECONDS} to ${longest} seconds.`);
  return seconds;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
