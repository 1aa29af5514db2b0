import { Stack } from 'aws-cdk-lib';
import { type IRole, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnProfile } from 'aws-cdk-lib/aws-rolesanywhere';
import type { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { invalidTrust, policyTooLarge } from '../../../core/native-errors';
import { sizeIn } from '../policy-size';
import type { Statement } from '../statement';
import { exact, exactArn } from './exact';
import { FEDERATION, SESSION_POLICY_LIMIT } from './facts';
import type { RolesAnywhereTrustOptions } from './options';
import { lifeFromProfile } from './session';
import type { BoundTrust, ProfileSpec, TrustWay } from './trust-way';

type CertificateField = keyof typeof FEDERATION.rolesAnywhere.tags;

export function rolesAnywhereWay(options: RolesAnywhereTrustOptions): TrustWay {
  return ({ agent }) => {
    const { principal, actions, tags } = FEDERATION.rolesAnywhere;
    const trustAnchorArn = exactArn(agent.name, 'trustAnchorArn', options.trustAnchor.trustAnchorRef.trustAnchorArn);
    const fields = (Object.keys(tags) as CertificateField[]).filter((field) => field === 'commonName' || options[field] !== undefined);
    const certificate = Object.fromEntries(fields.map((field) => [field, exact(agent.name, field, options[field])]));
    return {
      kind: 'rolesAnywhere',
      bounds: { trustAnchor: trustAnchorArn, certificate },
      principal: new ServicePrincipal(principal),
      actions,
      conditions: {
        ArnEquals: { 'aws:SourceArn': trustAnchorArn },
        StringEquals: Object.fromEntries(fields.map((field) => [`aws:PrincipalTag/${tags[field]}`, certificate[field]])),
      },
      life: lifeFromProfile(agent),
      profile: { sessionPolicy: options.sessionPolicy },
    };
  };
}

/** The one profile of an agent. Any certificate that may become it can choose any profile of its role, so several would be as wide as the widest. */
export function profileOf(agent: AgentSpec, ways: readonly BoundTrust[]): ProfileSpec | undefined {
  const [first, ...others] = ways.flatMap((way) => way.profile ?? []);
  if (others.some((other) => other.sessionPolicy !== first?.sessionPolicy)) {
    const reason = 'a certificate may use any profile of the role, so the widest would hold for all';
    throw invalidTrust(agent.name, {
      rule: 'needs one session policy for all certificates',
      reason,
      value: others.length + 1,
      fix: 'give each the same sessionPolicy object',
    });
  }
  return first;
}

/** What the profile of one agent is made of. */
export interface ProfileTarget {
  readonly agent: AgentSpec;
  readonly role: IRole;
  readonly name: string;
}

/** The profile through which a certificate becomes the agent: this role alone, for no longer than the spec says. */
export function makeProfile(scope: Construct, { agent, role, name }: ProfileTarget, { sessionPolicy }: ProfileSpec): CfnProfile {
  // Loaded here, so that users of other ways in do not pay for it.
  const { CfnProfile: Profile } = require('aws-cdk-lib/aws-rolesanywhere') as typeof import('aws-cdk-lib/aws-rolesanywhere');
  if (sessionPolicy) {
    const size = sizeIn(scope)(sessionPolicy.toJSON() as Statement);
    if (size > SESSION_POLICY_LIMIT)
      throw policyTooLarge(agent.name, {
        what: 'its session policy',
        size,
        limit: SESSION_POLICY_LIMIT,
        largest: 'Roles Anywhere profile',
      });
  }
  return new Profile(scope, 'Profile', {
    name,
    enabled: true,
    roleArns: [role.roleArn],
    durationSeconds: agent.maxSessionSeconds,
    ...(sessionPolicy ? { sessionPolicy: Stack.of(scope).toJsonString(sessionPolicy.toJSON()) } : {}),
  });
}
