import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { type AssumeInput, type BrokerPorts, type BrokerTemplate, Throttled } from './ports';

/** A template that changes is seen after this long. */
const FRESH_MS = 60_000;
/** Names are the caller's to choose: beyond as many, all are read again. */
const MOST_NAMES = 1_000;

/** Templates as parameters below one path, each kept for a minute. */
export function parameterTemplates(client: SSMClient, path: string, now: () => number = Date.now): BrokerPorts['templates'] {
  const known = new Map<string, { readonly at: number; readonly template: BrokerTemplate | undefined }>();
  return async (agent, template) => {
    const name = `${path}/${agent}/${template}`;
    const found = known.get(name);
    if (found && now() - found.at < FRESH_MS) return found.template;
    // A workflow that is stopped takes its tasks with it.
    const made = (await isThere(client, stoppedName(path, agent, template))) ? undefined : await read(client, name);
    if (known.size >= MOST_NAMES) known.clear();
    known.set(name, { at: now(), template: made });
    return made;
  };
}

/** The parameter that says that a kind of task is given out no more; written by the containment of its workflow. */
export const stoppedName = (path: string, agent: string, template: string): string => `${path}/${agent}/${template}.stopped`;

export async function isThere(client: SSMClient, Name: string): Promise<boolean> {
  try {
    await client.send(new GetParameterCommand({ Name }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return false;
    throw error;
  }
}

async function read(client: SSMClient, name: string): Promise<BrokerTemplate | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name }));
    return Parameter?.Value === undefined ? undefined : (JSON.parse(Parameter.Value) as BrokerTemplate);
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/** Asks STS; its client sends throttled calls again by itself, later and later and never in step with others. */
export function stsAssume(client: STSClient): BrokerPorts['assume'] {
  return async ({ roleArn, sessionName, sourceIdentity, policy, seconds, tags }: AssumeInput) => {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      SourceIdentity: sourceIdentity,
      Policy: policy,
      DurationSeconds: seconds,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      TransitiveTagKeys: Object.keys(tags),
    });
    try {
      const { Credentials: made, $metadata } = await client.send(command);
      if (!made?.AccessKeyId || !made.SecretAccessKey || !made.SessionToken || !made.Expiration)
        throw new Error('STS answered without credentials');
      return {
        credentials: {
          accessKeyId: made.AccessKeyId,
          secretAccessKey: made.SecretAccessKey,
          sessionToken: made.SessionToken,
          expiresAt: made.Expiration.toISOString(),
        },
        attempts: $metadata.attempts ?? 1,
      };
    } catch (error) {
      const { name, $metadata } = error as { readonly name?: string; readonly $metadata?: { readonly httpStatusCode?: number } };
      if (/Throttl|TooManyRequests|RequestLimitExceeded/.test(name ?? '') || $metadata?.httpStatusCode === 429) throw new Throttled(name);
      throw error;
    }
  };
}
