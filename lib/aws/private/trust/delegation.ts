import { ArnPrincipal, type Conditions } from 'aws-cdk-lib/aws-iam';
import { ATTRIBUTION_TAGS, chainText } from '../../../core/attribution';
import { invalidTrust } from '../../../core/native-errors';
import type { IAgentIdentity } from '../../agent-identity';
import { chainOf } from './chain';
import { exactArn } from './exact';
import { FEDERATION } from './facts';
import { lifeFromChain } from './session';
import type { BoundTrust, TrustWay } from './trust-way';

const { agent: AGENT, task: TASK, chain: CHAIN_TAG } = ATTRIBUTION_TAGS;
/** What a call says of the chain that begins with it. */
export const BEGUN_BY = `aws:RequestTag/${AGENT}`;
export const CHAIN = `aws:RequestTag/${CHAIN_TAG}`;

/**
 * Another agent takes this one on. Where the chain begins with it, the call must set the source identity and the three tags, all of them
 * transitive; where its own session belongs to a chain already, that session carries them, and nobody can change them any more.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
 */
export function agentWay(parent: IAgentIdentity): TrustWay {
  return ({ agent }) => {
    const declared = parent.agent.delegatesTo.map((child) => child.name);
    if (!declared.includes(agent.name)) {
      const rule = `must be a delegate of '${parent.agent.name}' to be taken on by it`;
      const reason = 'a trust that no spec declares is seen in no review';
      throw invalidTrust(agent.name, { rule, reason, value: declared, fix: `add it to 'delegatesTo' of '${parent.agent.name}'` });
    }
    const principal = exactArn(agent.name, 'roleArn', parent.roleArn);
    const after = parent.role.node.defaultChild;
    const { starts, begins, continues } = chainOf(parent);
    const way = (conditions: Conditions, bounds: object): BoundTrust => ({
      kind: 'agent',
      bounds: { agent: parent.agent.name, fleet: parent.fleet, principal, ...bounds },
      principal: new ArnPrincipal(principal),
      actions: FEDERATION.agent.actions,
      conditions,
      life: lifeFromChain(agent),
      starts,
      // The ARN is a literal, so nothing else tells CloudFormation that IAM refuses a principal that does not exist yet.
      ...(after ? { after } : {}),
    });
    return [
      ...(begins ? [way(firstHop(parent.agent.name, agent.name), { sourceIdentity: [`${parent.agent.name}@*`], begins: true })] : []),
      ...(continues ? [way(laterHop(starts), { sourceIdentity: starts.map((one) => `${one}@*`), begins: false })] : []),
    ];
  };
}

function firstHop(parent: string, child: string): Conditions {
  return { StringEquals: { [BEGUN_BY]: parent, [CHAIN]: chainText([parent, child]) }, ...transitive(parent) };
}

/**
 * A source identity of the agent, a task, and all tags transitive. Each tag is asked for by an operator of its own, since one operator takes a
 * key once, and one list of keys is met by any of them.
 */
export function transitive(start: string): Conditions {
  return {
    StringLike: { 'sts:SourceIdentity': `${start}@*`, [`aws:RequestTag/${TASK}`]: '?*' },
    'ForAnyValue:StringEquals': { 'sts:TransitiveTagKeys': AGENT },
    'ForAnyValue:StringLike': { 'sts:TransitiveTagKeys': TASK },
    'ForAnyValue:StringEqualsIgnoreCase': { 'sts:TransitiveTagKeys': CHAIN_TAG },
  };
}

/** A session of the chain holds all of it for good: a source identity never changes, nor does a tag that was made transitive. */
function laterHop(starts: readonly string[]): Conditions {
  return {
    StringEquals: { [`aws:PrincipalTag/${AGENT}`]: [...starts] },
    StringLike: {
      'aws:SourceIdentity': starts.map((start) => `${start}@*`),
      [`aws:PrincipalTag/${TASK}`]: '?*',
      [`aws:PrincipalTag/${CHAIN_TAG}`]: starts.flatMap((start) => [start, `${start}/*`]),
    },
  };
}
