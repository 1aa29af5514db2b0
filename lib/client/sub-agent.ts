import { ATTRIBUTION_TAGS, chainText, sourceIdentityOf } from '../core/attribution';

/** Which sub-agent is taken on, by whom, for which task. */
export interface SubAgentRequest {
  /** ARN of the sub-agent's role. */
  readonly roleArn: string;
  /** Name of the agent that takes it on. */
  readonly parent: string;
  /** Name of the sub-agent. */
  readonly child: string;
  /** Id of the task: 1 to 32 letters, digits, `.`, `_` and `-`. A UUID fits without its hyphens. */
  readonly task: string;
  /** Life of the session in seconds, at most one hour. @default 900 */
  readonly seconds?: number;
  /** Whether the parent's own session belongs to a chain: it was taken on by an agent, or by a broker of tasks. @default false */
  readonly continues?: boolean;
}

/** What `AssumeRoleCommand` of `@aws-sdk/client-sts` takes. */
export interface SubAgentSession {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds: number;
  readonly SourceIdentity?: string;
  readonly Tags?: { readonly Key: string; readonly Value: string }[];
  readonly TransitiveTagKeys?: string[];
}

/**
 * The call by which an agent takes on a sub-agent, as the sub-agent's trust asks for it. Where the parent's session belongs to a chain already,
 * it carries all of it, and STS hands it on; what is set once cannot be set again.
 *
 * @throws AgenticIamError `invalid-name`, `invalid-task-id`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
export function subAgentSession({ roleArn, parent, child, task, seconds = 900, continues = false }: SubAgentRequest): SubAgentSession {
  const own = sourceIdentityOf({ agent: parent, task });
  const base = { RoleArn: roleArn, RoleSessionName: own, DurationSeconds: seconds };
  if (continues) return base;
  const tags = {
    [ATTRIBUTION_TAGS.agent]: parent,
    [ATTRIBUTION_TAGS.task]: task,
    [ATTRIBUTION_TAGS.chain]: chainText([parent, child]),
  };
  return {
    ...base,
    SourceIdentity: own,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    TransitiveTagKeys: Object.keys(tags),
  };
}
