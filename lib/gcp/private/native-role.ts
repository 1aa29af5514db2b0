import { checkLiteral } from '../../core/names';
import { invalidBinding } from '../../core/native-errors';
import { Token } from '../../terraform/core';
import type { IAgentIdentity } from '../agent-identity';

const ROLE = /^(roles|projects\/[^/]+\/roles|organizations\/\d+\/roles)\/[A-Za-z0-9_.]+$/;
const BASIC = /^roles\/(owner|editor|viewer)$/;
const LEGACY_BUCKET = /^roles\/storage\.legacy/;

/** Refuses a role that Google would refuse there; a reference to a role of the app passes. */
export function checkNativeRole({ agent, kind }: IAgentIdentity, role: string, conditional: boolean): void {
  if (Token.isUnresolved(role)) return;
  const subject = `agent '${agent.name}'`;
  checkLiteral(subject, 'role', role);
  const refusals = [
    {
      when: !ROLE.test(role),
      rule: 'needs the full name of a role in a native grant',
      reason: 'Google knows roles by no other',
      fix: "write it as 'roles/NAME', 'projects/PROJECT/roles/ID' or 'organizations/NUMBER/roles/ID'",
    },
    {
      when: conditional && BASIC.test(role),
      rule: 'cannot hold a basic role on a thing that is reached under a condition',
      reason: 'Google takes no condition on a basic role',
      fix: 'name a predefined role, or bind a thing that has an access policy of its own',
    },
    {
      when: kind === 'agent-identity' && LEGACY_BUCKET.test(role),
      rule: 'cannot hold a legacy bucket role',
      reason: 'Google grants those to no agent identity',
      fix: "name another role, for example 'roles/storage.objectViewer'",
    },
  ];
  for (const { when, ...refusal } of refusals) if (when) throw invalidBinding(subject, { ...refusal, value: role });
}
