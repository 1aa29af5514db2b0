import { Construct } from 'constructs';
import type { FleetMember } from '../../../core/fleet';
import { byCodePoint } from '../../../core/json';
import { shortenName } from '../../../core/names';
import { Lazy } from '../../../terraform/core';
import { DataGoogleProject, IamDenyPolicy, TagsTagKey, TagsTagValue, TagsTagValueIamMember } from '../../../terraform/google';
import type { IAgentIdentity } from '../../agent-identity';
import { DENIABLE, LIMITS } from '../../catalog';
import type { StopTag } from '../../runtime/containment/agent';
import { afterLast, attachedTo, inV2, placeOf } from '../boundaries';
import { countOne } from '../quota';

export interface DenyBrakeProps {
  readonly identity: IAgentIdentity;
  readonly member: FleetMember;
  /** Project on which the agent is stopped. */
  readonly project: string;
  /** Who puts the tag on, as IAM names it. */
  readonly responder: string;
}

/** What a responder needs on a project besides the right to the one value of each tag. */
export const TAGGING = [
  'resourcemanager.hierarchyNodes.createTagBinding',
  'resourcemanager.hierarchyNodes.deleteTagBinding',
  'resourcemanager.hierarchyNodes.listTagBindings',
];
export const STOPPED = 'stopped';

/**
 * A deny policy that is always there and holds while a tag is on the project. The responder may put that one tag on and take it off: it needs no right to deny policies,
 * by which it could shut out anybody, and none of Google's five writes of them a minute.
 *
 * @see https://docs.cloud.google.com/iam/docs/deny-overview
 * @see https://docs.cloud.google.com/resource-manager/docs/tags/tags-creating-and-managing
 */
export class DenyBrake extends Construct {
  /** The tag, as the responder knows it. */
  readonly tag: StopTag;

  constructor(scope: Construct, id: string, { identity, member, project, responder }: DenyBrakeProps) {
    super(scope, id);
    const { agent, fleet } = identity;
    const called = shortenName(`stop--${fleet}--${agent.name}`, 63);
    const key = new TagsTagKey(this, 'Key', {
      parent: `projects/${project}`,
      shortName: called,
      description: `Stops agent ${agent.name} of fleet ${fleet} while it is on the project`,
    });
    const value = new TagsTagValue(this, 'Value', { parent: key.id, shortName: STOPPED, description: 'Everything is denied to the agent' });
    countOne(this, { what: 'deny policies', ...placeOf(this, project), limit: LIMITS.denyPolicies.perProject });
    const policy = new IamDenyPolicy(this, 'Policy', {
      parent: attachedTo(project),
      name: shortenName(`agentic-iam.stop.${fleet}--${agent.name}`, 63),
      displayName: `agentic-iam: stops ${agent.name}`,
      rules: [
        {
          description: 'everything, while the tag is on the project',
          denyRule: {
            deniedPrincipals: [identity.member],
            deniedPermissions: Lazy.listValue({ produce: () => [...everything(member)] }),
            denialCondition: {
              title: 'while it is stopped',
              expression: `resource.matchTagId("${key.id}", "${value.id}")`,
            },
          },
        },
      ],
    });
    afterLast('deny', policy);
    new TagsTagValueIamMember(this, 'MayUse', { tagValue: value.name, role: 'roles/resourcemanager.tagUser', member: responder });
    const { number } = new DataGoogleProject(this, 'Project', { projectId: project });
    this.tag = { project, parent: `//cloudresourcemanager.googleapis.com/projects/${number}`, value: value.id, key: called };
  }
}

/** What the agent was granted, and all else that is known to be deniable. */
export function everything(member: FleetMember): readonly string[] {
  const granted = member.plan?.grants.flatMap(({ permissions }) => permissions.map(inV2)) ?? [];
  return [...new Set([...granted, ...DENIABLE.escalation, ...DENIABLE.write, ...DENIABLE.read])].sort(byCodePoint);
}
