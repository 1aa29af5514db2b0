import { emptyField } from '../../../core/errors';
import { invalidBinding } from '../../../core/native-errors';
import type { IAgentIdentity } from '../../agent-identity';
import { onlyMemoriesOf, onlySessionsOf } from '../conditions';
import { type Owned, projectOf, safe, scope, subjectOf } from '../scopes';
import { at, type Binding, inProject } from './binding';

/** A model of Model Garden. */
export interface ModelReference extends Owned {
  /** Name without a version alias, for example `gemini-2.5-flash`. */
  readonly name: string;
  /** Who publishes it. @default google */
  readonly publisher?: string;
}

/** An Agent Engine: what is known of one, since the provider in use has no class for it. */
export interface ReasoningEngineReference extends Owned {
  /** Id of the engine: the last part of its resource name. */
  readonly name: string;
  readonly location: string;
}

export interface ReasoningEngineOptions {
  /**
   * Grants on the engine itself instead of its project. Moves the google provider of the whole stack to 7.28 or newer,
   * below 8; the typed resources of this library follow 6.50, whose arguments 7.x still takes.
   *
   * @default false - the grant lies on the project and reaches each of its engines
   * @see https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/vertex_ai_reasoning_engine_iam
   */
  readonly onEngine?: boolean;
}

export interface MemoryBankOptions {
  /** Only memories of exactly this scope, for example `{ user_id: 'a1' }`. @default - all memories of the project */
  readonly scope?: Readonly<Record<string, string>>;
}

export interface AgentSessionsOptions {
  /** Only sessions of this user. @default - all sessions of the project */
  readonly userId?: string;
}

/** Where a model is called is its caller's project; a condition on the model's name is not understood there. */
export function bindModel(model: ModelReference): Binding {
  const meant = `publishers/${safe('model', 'publisher', model.publisher ?? 'google')}/models/${safe('model', 'name', model.name)}`;
  return (context) => ({ kind: 'model', targets: { project: at(inProject('model', { of: model, meant }, context)) } });
}

export function bindReasoningEngine(engine: ReasoningEngineReference, { onEngine = false }: ReasoningEngineOptions): Binding {
  const kind = 'reasoning-engine';
  const name = safe(kind, 'name', engine.name);
  const location = safe(kind, 'location', engine.location);
  return (context) => {
    const project = safe(kind, 'project', projectOf(engine, context.project));
    const own = scope('reasoning-engine', { reasoningEngine: name, region: location, project });
    const meant = `locations/${location}/reasoningEngines/${name}`;
    return { kind, targets: { runtime: at(onEngine ? own : inProject(kind, { of: engine, meant }, context)) } };
  };
}

export function bindMemoryBank(bank: Owned, { scope: only }: MemoryBankOptions): Binding {
  const kind = 'memory-bank';
  if (only !== undefined && Object.keys(only).length === 0) throw emptyField(subjectOf(kind), 'scope', 'an empty scope is every memory');
  const entries = Object.entries(only ?? {}).map(([key, value]) => [safe(kind, 'scope', key), safe(kind, 'scope', value)]);
  const condition = entries.length > 0 ? onlyMemoriesOf(Object.fromEntries(entries)) : undefined;
  return (context) => ({ kind, targets: { memories: at(inProject(kind, { of: bank }, context), condition) } });
}

export function bindAgentSessions(sessions: Owned, { userId }: AgentSessionsOptions): Binding {
  const kind = 'agent-sessions';
  const condition = userId === undefined ? undefined : onlySessionsOf(safe(kind, 'userId', userId));
  return (context) => ({ kind, targets: { sessions: at(inProject(kind, { of: sessions }, context), condition) } });
}

/** Taking on a sub-agent is asking for an access token of its service account, so it must have one. */
export function bindAgent(child: IAgentIdentity): Binding {
  const agent = child.agent.name;
  if (child.email === undefined) {
    const why = 'only a service account can be taken on by another identity';
    const fix = 'make its identity with new AgentIdentity(...)';
    throw invalidBinding(`agent '${agent}'`, { rule: 'needs a service account to be delegated to', reason: why, value: child.kind, fix });
  }
  const serviceAccountId = `projects/${child.project}/serviceAccounts/${child.email}`;
  const target = at(scope('service-account', { serviceAccountId, project: child.project }));
  return () => ({ kind: 'agent', agent, targets: { agent: target } });
}
