/** The parts of one clear message; see {@link AgenticIamError}. */
export interface Mistake {
  /** Stable id of the mistake, for code that handles it. */
  readonly code: string;
  /** What the message is about: `agent 'reader'`, `capability 'objects:read'`. */
  readonly subject: string;
  /** What must hold. */
  readonly rule: string;
  /** Why it must hold. */
  readonly reason?: string;
  /** What came instead. Shown quoted and cut after 200 characters. */
  readonly value?: unknown;
  /** What to do. */
  readonly fix: string;
}

/** Every error this library throws on purpose. `code` is stable; the wording may improve. */
export class AgenticIamError extends Error {
  readonly code: string;
  readonly subject: string;
  readonly fix: string;

  constructor(mistake: Mistake) {
    const because = mistake.reason ? `, because ${mistake.reason}` : '';
    const got = 'value' in mistake ? `, got: ${show(mistake.value)}` : '';
    super(`${mistake.subject} ${mistake.rule}${because}${got}; ${mistake.fix} [${mistake.code}]`);
    this.name = 'AgenticIamError';
    this.code = mistake.code;
    this.subject = mistake.subject;
    this.fix = mistake.fix;
  }
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

const list = (names: readonly string[]): string => (names.length > 0 ? names.map((n) => `'${n}'`).join(', ') : 'none');
const agentNamed = (name: string): string => `agent '${name}'`;

export const invalidName = (subject: string, rule: string, reason: string, value: string, suggestion: string): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-name',
    subject,
    rule,
    reason,
    value,
    fix: suggestion ? `use for example '${suggestion}'` : 'choose another name',
  });

export const emptyField = (subject: string, field: string, reason: string): AgenticIamError =>
  new AgenticIamError({ code: 'empty-field', subject, rule: `needs '${field}' not to be empty`, reason, fix: `set '${field}'` });

export const invalidDuration = (value: number): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-duration',
    subject: 'a duration',
    rule: 'must be a positive whole number of seconds',
    value,
    fix: 'use for example minutes(15)',
  });

export const sessionOutOfRange = (agent: string, seconds: number, range: string, reason: string): AgenticIamError =>
  new AgenticIamError({
    code: 'session-out-of-range',
    subject: agentNamed(agent),
    rule: `needs a 'maxSession' ${range}`,
    reason,
    value: `${seconds} s`,
    fix: "set 'maxSession' within that range, for example minutes(15)",
  });

export const invalidLimit = (agent: string, field: string, value: unknown): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-limit',
    subject: agentNamed(agent),
    rule: `needs limit '${field}' to be a positive whole number`,
    value,
    fix: 'leave it out for no limit, or give a number above 0',
  });

export const duplicateCapability = (agent: string, capability: string): AgenticIamError =>
  new AgenticIamError({
    code: 'duplicate-capability',
    subject: agentNamed(agent),
    rule: 'must declare each capability once',
    value: capability,
    fix: 'remove the second one',
  });

export const unknownCapability = (id: string, nearest: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-capability',
    subject: 'a capability',
    rule: 'must have an id from the vocabulary',
    value: id,
    fix: nearest.length > 0 ? `did you mean ${list(nearest)}?` : 'see the table of capabilities in the README',
  });

export const unsupportedCapability = (agent: string, id: string, cloud: string, reason: string, nearest: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unsupported-capability',
    subject: agentNamed(agent),
    rule: `cannot use capability '${id}' on ${cloud}`,
    reason,
    fix: `nearest alternative: ${nearest}`,
  });

export const modeExceeded = (agent: string, mode: string, what: string, level: string): AgenticIamError =>
  new AgenticIamError({
    code: 'mode-exceeded',
    subject: agentNamed(agent),
    rule: `is ${mode} and so may not hold access of level '${level}'`,
    value: what,
    fix: 'remove it, or declare AgentMode.READ_WRITE',
  });

export const delegateExceedsMode = (agent: string, child: string): AgenticIamError =>
  new AgenticIamError({
    code: 'mode-exceeded',
    subject: agentNamed(agent),
    rule: 'is READ_ONLY and so may not delegate to an agent that may write',
    value: child,
    fix: `declare '${child}' READ_ONLY, or this agent READ_WRITE`,
  });

export const delegationCycle = (path: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'delegation-cycle',
    subject: agentNamed(path[0] ?? ''),
    rule: 'must not reach itself through delegation',
    reason: 'a chain without an end cannot be attributed or stopped',
    value: path.join(' -> '),
    fix: 'remove one of these delegations',
  });

export const unknownDelegate = (agent: string, child: string, known: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-delegate',
    subject: agentNamed(agent),
    rule: 'must delegate to agents of the same document',
    value: child,
    fix: `declared there: ${list(known)}`,
  });

export const unknownStep = (agent: string, workflow: string, step: string, known: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-step',
    subject: agentNamed(agent),
    rule: `names a step in '${workflow}' that no capability allows`,
    value: step,
    fix: `declared steps: ${list(known)}`,
  });

export const unboundResource = (agent: string, resource: string, bound: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unbound-resource',
    subject: agentNamed(agent),
    rule: 'needs every resource it names to be bound',
    value: resource,
    fix: `add '${resource}' to 'resources' (bound: ${list(bound)})`,
  });

export const surplusResource = (agent: string, resource: string, named: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'surplus-resource',
    subject: agentNamed(agent),
    rule: 'must not be bound to a resource it does not name',
    reason: 'a binding without a capability is a mistake in one of the two',
    value: resource,
    fix: `remove it from 'resources', or add a capability (named: ${list(named)})`,
  });

export const wrongKind = (agent: string, capability: string, resource: string, kind: string, allowed: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'wrong-kind',
    subject: agentNamed(agent),
    rule: `cannot use capability '${capability}' on '${resource}'`,
    reason: `it is bound to kind '${kind}'`,
    fix: `bind it to one of: ${list(allowed)}`,
  });

export const duplicateAgent = (agent: string, fleet: string, cloud: string, where: string): AgenticIamError =>
  new AgenticIamError({
    code: 'duplicate-agent',
    subject: agentNamed(agent),
    rule: `already has an identity in fleet '${fleet}' on ${cloud}`,
    reason: 'an identity is never shared',
    value: where,
    fix: "use that identity, or give this deployment its own 'fleet'",
  });

export const roleAlreadyScoped = (agent: string, where: string): AgenticIamError =>
  new AgenticIamError({
    code: 'role-already-scoped',
    subject: agentNamed(agent),
    rule: 'takes exactly one ScopedAgentRole',
    value: where,
    fix: 'declare all its resources there',
  });

export const windowReversed = (agent: string, notBefore: string, notAfter: string): AgenticIamError =>
  new AgenticIamError({
    code: 'window-reversed',
    subject: agentNamed(agent),
    rule: "needs 'notBefore' to lie before 'notAfter'",
    value: `${notBefore} .. ${notAfter}`,
    fix: 'swap or correct the dates',
  });

export const invalidDate = (agent: string, field: string, value: string): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-date',
    subject: agentNamed(agent),
    rule: `needs '${field}' as an ISO 8601 instant in UTC`,
    value,
    fix: "write it like '2027-01-31T00:00:00Z'",
  });

export const unsafeValue = (subject: string, field: string, value: string, found: string, reason: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unsafe-value',
    subject,
    rule: `needs '${field}' without ${found}`,
    reason,
    value,
    fix: 'give the literal value; the library adds the patterns it needs',
  });

export const unresolvedToken = (subject: string, field: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unresolved-token',
    subject,
    rule: `needs '${field}' as a literal`,
    reason: 'its value decides what is synthesised and is not known before deployment',
    fix: `pass a plain value for '${field}' instead of an attribute of another resource`,
  });

export const policyTooLarge = (agent: string, what: string, size: number, limit: number, largest: string): AgenticIamError =>
  new AgenticIamError({
    code: 'policy-too-large',
    subject: agentNamed(agent),
    rule: `needs ${what} to stay within ${limit} characters`,
    reason: 'the cloud refuses a larger one at deployment',
    value: `${size} (largest: ${largest})`,
    fix: 'split the agent, or bind fewer or shorter resources',
  });

export const tooMany = (subject: string, what: string, count: number, limit: number): AgenticIamError =>
  new AgenticIamError({
    code: 'too-many',
    subject,
    rule: `takes at most ${limit} ${what}`,
    reason: 'the cloud refuses more',
    value: count,
    fix: 'remove some, or split the agent',
  });

export const openTrust = (agent: string, field: string, value: string, reason: string): AgenticIamError =>
  new AgenticIamError({
    code: 'open-trust',
    subject: agentNamed(agent),
    rule: `needs an exact '${field}' in its trust`,
    reason,
    value,
    fix: `name exactly one '${field}'`,
  });

export const invalidTrust = (agent: string, rule: string, reason: string, value: unknown, fix: string): AgenticIamError =>
  new AgenticIamError({ code: 'invalid-trust', subject: agentNamed(agent), rule, reason, value, fix });

/** One problem of a document: where (a JSON pointer) and what. */
export interface DocumentProblem {
  readonly path: string;
  readonly message: string;
}

export const invalidDocument = (what: string, problems: readonly DocumentProblem[]): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-document',
    subject: what,
    rule: `has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((p) => `  ${p.path || '/'}: ${p.message}`).join('\n')}\n `,
    fix: 'correct all of them; the schema is published in the package',
  });

export const missingManifest = (paths: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'missing-manifest',
    subject: 'the report',
    rule: 'needs at least one manifest',
    value: paths.join(', '),
    fix: 'synthesise the app first, or name the folder it was written to',
  });

export const delegationAsCapability = (agent: string, child: string): AgenticIamError =>
  new AgenticIamError({
    code: 'delegation-as-capability',
    subject: agentNamed(agent),
    rule: "declares delegation in 'delegatesTo' and not among its capabilities",
    reason: 'the mode and the chain are checked against the whole sub-agent, not its name',
    value: child,
    fix: "pass the sub-agent's AgentSpec in 'delegatesTo'",
  });

export const duplicateName = (name: string, where: string): AgenticIamError =>
  new AgenticIamError({
    code: 'duplicate-name',
    subject: agentNamed(name),
    rule: 'must be the only one of its name',
    reason: 'delegation and audit records name agents',
    value: where,
    fix: 'rename one of the two',
  });

export const stepWithoutAction = (workflow: string): AgenticIamError =>
  new AgenticIamError({
    code: 'empty-step',
    subject: `workflow '${workflow}'`,
    rule: 'needs at least one action in each step',
    reason: 'a step without an action can never occur',
    fix: "name an action, for example 'invoices:read'",
  });

export const noStepYet = (workflow: string, method: string): AgenticIamError =>
  new AgenticIamError({
    code: 'no-step-yet',
    subject: `workflow '${workflow}'`,
    rule: `needs a step before '${method}()'`,
    reason: 'it says how often the last step occurs',
    fix: `call step() first, then ${method}()`,
  });

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

export const valueTooLong = (subject: string, field: string, length: number, limit: number, reason: string): AgenticIamError =>
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

export const invalidBinding = (subject: string, rule: string, reason: string, value: unknown, fix: string): AgenticIamError =>
  new AgenticIamError({ code: 'invalid-binding', subject, rule, reason, value, fix });

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
