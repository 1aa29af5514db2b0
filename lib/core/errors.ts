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

const listNames = (names: readonly string[]): string => (names.length > 0 ? names.map((n) => `'${n}'`).join(', ') : 'none');
export const agentNamed = (name: string): string => `agent '${name}'`;

export const invalidName = (
  subject: string,
  {
    rule,
    reason,
    value,
    suggestion,
  }: { readonly rule: string; readonly reason: string; readonly value: string; readonly suggestion: string },
): AgenticIamError =>
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

export const sessionOutOfRange = (
  agent: string,
  { seconds, range, reason }: { readonly seconds: number; readonly range: string; readonly reason: string },
): AgenticIamError =>
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

export const unknownResponse = (agent: string, value: unknown, known: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-response',
    subject: agentNamed(agent),
    rule: `needs 'responses' to be of signals and responses there are: ${known.join(', ')}`,
    value,
    fix: 'use Signal and AgentResponse',
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
    fix: nearest.length > 0 ? `did you mean ${listNames(nearest)}?` : 'see the table of capabilities in the README',
  });

export const unsupportedCapability = (
  agent: string,
  { id, cloud, reason, nearest }: { readonly id: string; readonly cloud: string; readonly reason: string; readonly nearest: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'unsupported-capability',
    subject: agentNamed(agent),
    rule: `cannot use capability '${id}' on ${cloud}`,
    reason,
    fix: `nearest alternative: ${nearest}`,
  });

export const modeExceeded = (
  agent: string,
  { mode, what, level, because }: { readonly mode: string; readonly what: string; readonly level: string; readonly because?: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'mode-exceeded',
    subject: agentNamed(agent),
    rule: `is ${mode} and so may not hold access of level '${level}'`,
    ...(because === undefined ? {} : { reason: because }),
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

export const delegationTooDeep = (path: readonly string[], limit: number): AgenticIamError =>
  new AgenticIamError({
    code: 'delegation-too-deep',
    subject: agentNamed(path[0] ?? ''),
    rule: `must not lead through more than ${limit} agents`,
    reason: 'each of them takes a session that lives no longer than an hour, and a reader of the log must follow them',
    value: path.join(' -> '),
    fix: 'let an agent nearer to the first delegate to the last one',
  });

export const unknownDelegate = (agent: string, child: string, known: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-delegate',
    subject: agentNamed(agent),
    rule: 'must delegate to agents of the same document',
    value: child,
    fix: `declared there: ${listNames(known)}`,
  });

export const unknownStep = (
  agent: string,
  { workflow, step, known }: { readonly workflow: string; readonly step: string; readonly known: readonly string[] },
): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-step',
    subject: agentNamed(agent),
    rule: `names a step in '${workflow}' that no capability allows`,
    value: step,
    fix: `declared steps: ${listNames(known)}`,
  });

export const unboundResource = (agent: string, resource: string, bound: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unbound-resource',
    subject: agentNamed(agent),
    rule: 'needs every resource it names to be bound',
    value: resource,
    fix: `add '${resource}' to 'resources' (bound: ${listNames(bound)})`,
  });

export const surplusResource = (agent: string, resource: string, named: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'surplus-resource',
    subject: agentNamed(agent),
    rule: 'must not be bound to a resource it does not name',
    reason: 'a binding without a capability is a mistake in one of the two',
    value: resource,
    fix: `remove it from 'resources', or add a capability (named: ${listNames(named)})`,
  });

export const wrongKind = (
  agent: string,
  {
    capability,
    resource,
    kind,
    allowed,
  }: { readonly capability: string; readonly resource: string; readonly kind: string; readonly allowed: readonly string[] },
): AgenticIamError =>
  new AgenticIamError({
    code: 'wrong-kind',
    subject: agentNamed(agent),
    rule: `cannot use capability '${capability}' on '${resource}'`,
    reason: `it is bound to kind '${kind}'`,
    fix: `bind it to one of: ${listNames(allowed)}`,
  });

export const duplicateAgent = (
  agent: string,
  { fleet, cloud, where }: { readonly fleet: string; readonly cloud: string; readonly where: string },
): AgenticIamError =>
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

export const unsafeValue = (
  subject: string,
  { field, value, found, reason }: { readonly field: string; readonly value: string; readonly found: string; readonly reason: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'unsafe-value',
    subject,
    rule: `needs '${field}' without ${found}`,
    reason,
    value,
    fix: 'give the literal value; the library adds the patterns it needs',
  });

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
