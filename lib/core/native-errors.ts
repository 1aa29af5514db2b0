import { AgenticIamError, agentNamed } from './errors';

// Mistakes that only show where a spec meets a cloud; the rest is in errors.ts.

export const unresolvedToken = (subject: string, field: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unresolved-token',
    subject,
    rule: `needs '${field}' as a literal`,
    reason: 'its value decides what is synthesised and is not known before deployment',
    fix: `pass a plain value for '${field}' instead of an attribute of another resource`,
  });

export const policyTooLarge = (
  agent: string,
  { what, size, limit, largest }: { readonly what: string; readonly size: number; readonly limit: number; readonly largest: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'policy-too-large',
    subject: agentNamed(agent),
    rule: `needs ${what} to stay within ${limit} characters`,
    reason: 'the cloud refuses a larger one at deployment',
    value: `${size} (largest: ${largest})`,
    fix: 'split the agent, or bind fewer or shorter resources',
  });

export const tooMany = (
  subject: string,
  { what, count, limit }: { readonly what: string; readonly count: number; readonly limit: number },
): AgenticIamError =>
  new AgenticIamError({
    code: 'too-many',
    subject,
    rule: `takes at most ${limit} ${what}`,
    reason: 'the cloud refuses more',
    value: count,
    fix: 'remove some, or split the agent',
  });

export const openTrust = (
  agent: string,
  { field, value, reason }: { readonly field: string; readonly value: string; readonly reason: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'open-trust',
    subject: agentNamed(agent),
    rule: `needs an exact '${field}' in its trust`,
    reason,
    value,
    fix: `name exactly one '${field}'`,
  });

export const invalidTrust = (
  agent: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'invalid-trust', subject: agentNamed(agent), rule, reason, value, fix });

export const conflictingConditions = (agent: string, key: string, values: readonly unknown[]): AgenticIamError =>
  new AgenticIamError({
    code: 'conflicting-conditions',
    subject: agentNamed(agent),
    rule: `needs one demand on condition '${key}'`,
    reason: 'both must hold, and one policy statement can hold only one of them',
    value: values,
    fix: 'bind the resource with one of the two, or under two resource names',
  });

export const unchangeableIdentity = (agent: string, identity: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unchangeable-identity',
    subject: agentNamed(agent),
    rule: 'needs an identity whose access can be changed from here',
    reason: 'every grant to this one would be dropped in silence',
    value: identity,
    fix: 'scope it in the account and app that own it, or import it as mutable',
  });

export const valueTooLong = (
  subject: string,
  { field, length, limit, reason }: { readonly field: string; readonly length: number; readonly limit: number; readonly reason: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'value-too-long',
    subject,
    rule: `needs '${field}' of at most ${limit} characters`,
    reason,
    value: length,
    fix: 'say it in fewer',
  });

export const windowUnsupported = (agent: string, resource: string, reason: string): AgenticIamError =>
  new AgenticIamError({
    code: 'window-unsupported',
    subject: agentNamed(agent),
    rule: `cannot bound its access to '${resource}' in time`,
    reason,
    fix: "leave out 'notBefore' and 'notAfter', or move this resource to an agent without them",
  });

export const invalidResourceId = (subject: string, shape: string, value: string): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-resource-id',
    subject,
    rule: `needs a resource id of the form '${shape}'`,
    reason: 'access is granted exactly there, and a shorter id would be wider',
    value,
    fix: 'pass the full id of the resource itself',
  });

export const invalidBinding = (
  subject: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'invalid-binding', subject, rule, reason, value, fix });

export const lostGrant = (agent: string, grant: string): AgenticIamError =>
  new AgenticIamError({
    code: 'lost-grant',
    subject: agentNamed(agent),
    rule: 'cannot be granted anything here',
    reason: 'its role is imported and cannot be changed by this app, so the grant would be lost',
    value: grant,
    fix: 'grant it where the role is made, or import the role as mutable in a stack of its own account',
  });

export const wrongDelegate = (agent: string, child: string, bound: string): AgenticIamError =>
  new AgenticIamError({
    code: 'wrong-delegate',
    subject: agentNamed(agent),
    rule: `needs '${child}' bound to the identity of that sub-agent`,
    reason: 'it would be let into an identity it never declared',
    value: bound,
    fix: `pass the identity of '${child}' to AgentResource.agent()`,
  });

export const unregisteredIdentity = (agent: string, where: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unregistered-identity',
    subject: agentNamed(agent),
    rule: 'needs its identity in the same app as its role',
    reason: 'the manifest is made of both',
    value: where,
    fix: 'make it with AgentIdentity, or import it with AgentIdentity.fromIdentityAttributes()',
  });

export const nativeRole = (agent: string, id: string): AgenticIamError =>
  new AgenticIamError({
    code: 'native-role',
    subject: agentNamed(agent),
    rule: "needs exactly one of 'roleName' and 'roleDefinitionId' in a native grant",
    value: id,
    fix: "give 'roleName' for a built-in role, 'roleDefinitionId' for any other",
  });

export const boundaryNotHere = (agent: string): AgenticIamError =>
  new AgenticIamError({
    code: 'boundary-not-here',
    subject: agentNamed(agent),
    rule: "cannot take a 'permissionsBoundary' here",
    reason: 'only the app that makes the role can set one',
    fix: 'set it there, and leave it out here; the denies of its guardrails are attached all the same',
  });

export const invalidCeiling = (agent: string, reason: string, value: unknown): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-ceiling',
    subject: agentNamed(agent),
    rule: "needs each statement of 'ceiling' to allow actions on resources",
    reason,
    value,
    fix: "name actions and resources, and attach a deny to the identity's role as a policy of its own",
  });
