import type { AgentEvent } from '../agent-event';
import { inBlock } from '../review/network';
import type { ActionTrait, ActionTraits } from './action-traits';
import { Automaton } from './automaton';
import { Memory, matcherOf, type TextMatcher } from './patterns';
import type { DetectionRegistry, WatchedAgent, WatchedGrant } from './registry';

/** How a call relates to what was granted. */
export type Standing =
  /** Granted, resources included as far as the record names them. */
  | { readonly kind: 'inside'; readonly step?: string; readonly indirect: boolean }
  /** The action was granted, these resources were not. */
  | { readonly kind: 'elsewhere'; readonly resources: readonly string[] }
  /** The action was not granted. */
  | { readonly kind: 'outside' };

interface Granted extends WatchedGrant {
  readonly actsAs: TextMatcher;
  readonly reaches: TextMatcher;
}

const OUTSIDE: Standing = { kind: 'outside' };
/** Answers to remember; an agent that reads a million objects asks a million questions. */
const REMEMBERED = 20_000;

/** An agent of the registry, made ready to be asked about many events. */
export class CompiledAgent {
  readonly automaton: Automaton;
  /** Steps that some workflow holds; undefined where there is no workflow, so that every step is one. */
  readonly inWorkflows: ReadonlySet<string> | undefined;
  readonly perAction: ReadonlyMap<string, number>;
  readonly perStep: ReadonlyMap<string, number>;
  private readonly grants: readonly Granted[];
  private readonly byAction = new Memory<readonly Granted[]>(2_000);
  private readonly standings = new Memory<Standing>(REMEMBERED);
  private readonly sources = new Memory<boolean>(2_000);
  private readonly admits: TextMatcher | undefined;
  private readonly accounts: ReadonlySet<string> | undefined;
  private readonly regions: ReadonlySet<string> | undefined;

  constructor(readonly agent: WatchedAgent) {
    this.grants = agent.grants.map((grant) => ({
      ...grant,
      actsAs: matcherOf(grant.actions, { ignoreCase: true }),
      reaches: matcherOf(grant.resources),
    }));
    this.automaton = Automaton.of(agent.workflows);
    this.inWorkflows = agent.workflows.length > 0 ? this.automaton.labels : undefined;
    const lower = ([key, value]: [string, number]): [string, number] => [key.toLowerCase(), value];
    this.perAction = new Map(Object.entries(agent.limits.perAction ?? {}).map(lower));
    this.perStep = new Map(Object.entries(agent.limits.perStep ?? {}));
    this.admits = agent.enteredBy && matcherOf(agent.enteredBy);
    this.accounts = agent.scope.accounts && new Set(agent.scope.accounts);
    this.regions = agent.scope.regions && new Set(agent.scope.regions);
  }

  standing(event: AgentEvent): Standing {
    const { action, resources } = event;
    if (resources.length === 1) return this.standings.get(`${action} ${resources[0]}`, () => this.judge(action, resources));
    if (resources.length === 0) return this.standings.get(action, () => this.judge(action, resources));
    return this.judge(action, resources);
  }

  /** Whether somebody may take on the identity; true where the registry does not say who may. */
  admitsEntry(principal: string): boolean {
    return this.admits?.(principal) ?? true;
  }

  accountWithin(event: AgentEvent): boolean {
    return !this.accounts || event.account === undefined || this.accounts.has(event.account);
  }

  regionWithin(event: AgentEvent, traits: readonly ActionTrait[]): boolean {
    return !this.regions || event.region === undefined || this.regions.has(event.region) || traits.includes('global');
  }

  /** Whether a call came from where it should. A service that calls on the agent's behalf is no address, and is within. */
  sourceWithin(source: string | undefined): boolean {
    const networks = this.agent.scope.networks;
    if (!networks || source === undefined) return true;
    return this.sources.get(source, () => {
      if (networks.includes(source)) return true;
      const answers = networks.map((network) => inBlock(source, network));
      return answers.some((answer) => answer === true) || inBlock(source, source) === undefined;
    });
  }

  private judge(action: string, resources: readonly string[]): Standing {
    const granted = this.byAction.get(action, () => this.grants.filter(({ actsAs }) => actsAs(action)));
    const [first] = granted;
    if (!first) return OUTSIDE;
    const asked = withoutContainers(resources);
    const outside = asked.filter((resource) => !granted.some(({ reaches }) => reaches(resource)));
    if (outside.length > 0) return { kind: 'elsewhere', resources: outside };
    const [one] = asked;
    const by = one === undefined ? first : (granted.find(({ reaches }) => reaches(one)) ?? first);
    return { kind: 'inside', indirect: by.indirect === true, ...(by.step === undefined ? {} : { step: by.step }) };
  }
}

/** Records list what holds a thing beside the thing: a bucket beside its object. The thing is what was acted on. */
function withoutContainers(resources: readonly string[]): readonly string[] {
  if (resources.length < 2) return resources;
  return resources.filter((one) => !resources.some((other) => other !== one && other.startsWith(`${one}/`)));
}

/** All agents of a registry, found by what records say of them. */
export class CompiledRegistry {
  readonly agents: readonly CompiledAgent[];
  private readonly named = new Map<string, CompiledAgent>();
  private readonly patterns: readonly (readonly [TextMatcher, CompiledAgent])[];
  private readonly found = new Memory<{ readonly agent: CompiledAgent | undefined }>(REMEMBERED);

  constructor(
    registry: DetectionRegistry,
    readonly traits: ActionTraits,
  ) {
    this.agents = registry.agents.map((agent) => new CompiledAgent(agent));
    for (const one of this.agents) {
      this.named.set(nameKey(one.agent), one);
      for (const principal of one.agent.principals ?? []) if (!/[*?]/.test(principal)) this.named.set(principal, one);
    }
    this.patterns = this.agents.flatMap((one) =>
      (one.agent.principals ?? []).filter((text) => /[*?]/.test(text)).map((text) => [matcherOf([text]), one] as const),
    );
  }

  /** The agent that acted, or undefined where it is none of these. */
  actor(event: AgentEvent): CompiledAgent | undefined {
    const direct = this.named.get(event.principal);
    if (direct) return direct;
    if (event.agent !== undefined) {
      const { cloud, fleet = '', agent: name } = event;
      const byName = this.named.get(nameKey({ cloud, fleet, name }));
      // A name counts only where nothing more exact is known.
      if (byName && !byName.agent.principals) return byName;
    }
    return this.byPrincipal(event.principal);
  }

  /** The agent whose identity a native id is. */
  byPrincipal(principal: string): CompiledAgent | undefined {
    const direct = this.named.get(principal);
    if (direct || this.patterns.length === 0) return direct;
    return this.found.get(principal, () => ({ agent: this.patterns.find(([matches]) => matches(principal))?.[1] })).agent;
  }
}

function nameKey({ cloud, fleet, name }: { readonly cloud: string; readonly fleet: string; readonly name: string }): string {
  return `${cloud}\n${fleet}\n${name}`;
}
