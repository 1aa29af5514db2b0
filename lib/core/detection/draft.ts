import type { AgentEvent } from '../agent-event';
import { findCapabilityDefinition } from '../capability';
import { AccessLevel, AgentMode } from '../enums';
import { byCodePoint } from '../json';
import type { ManifestWorkflow } from '../manifest';
import { draftedGrants, type SeenAction } from './draft-grants';
import { SeenOrders } from './draft-orders';
import type { WatchedAgent } from './registry';

/** What only a cloud knows of its actions. */
export interface DraftNames {
  /** Capability of the vocabulary that an action most likely comes from. */
  readonly capabilityOf: (action: string) => string | undefined;
  /** What holds a resource: the bucket of an object; and a short name for it. */
  readonly containerOf: (resource: string) => string;
  readonly shortNameOf: (container: string) => string;
}

/** A first declaration of an agent, and what of it was guessed. */
export interface DraftedAgent {
  readonly watched: WatchedAgent;
  /** As `agent-spec.schema.json` has it. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Native resources by the name that the spec gives them. */
  readonly resources: Readonly<Record<string, readonly string[]>>;
  readonly guesses: readonly string[];
  readonly calls: number;
}

/** Twice what was seen, and never so little that a retry breaks it. */
const HEADROOM = 2;
const LEAST_LIMIT = 10;

/** Learns what an agent did, one call at a time; what it keeps does not grow with their number. */
export class AgentDraft {
  private readonly actions = new Map<string, SeenAction>();
  private readonly orders = new SeenOrders();
  private readonly minutes = new Peak();
  private readonly accounts = new Set<string>();
  private readonly regions = new Set<string>();
  private readonly principals = new Set<string>();
  private calls = 0;
  private denied = 0;

  constructor(
    private readonly identity: { readonly name: string; readonly fleet: string; readonly cloud: string; readonly principal: string },
    private readonly names: DraftNames,
  ) {}

  /** Learns a call. What was denied was not allowed to it, and is no part of what it may do. */
  add(event: AgentEvent): void {
    this.calls += 1;
    this.principals.add(event.principal);
    if (event.outcome === 'denied') {
      this.denied += 1;
      return;
    }
    const second = Math.floor(Date.parse(event.time) / 1000);
    this.minutes.add('', second);
    const seen = this.actions.get(event.action) ?? {
      action: event.action,
      resources: new Set<string>(),
      overflow: false,
      calls: 0,
      bare: false,
    };
    this.actions.set(event.action, seen);
    seen.calls += 1;
    this.minutes.add(event.action, second);
    if (event.resources.length === 0) seen.bare = true;
    for (const resource of event.resources) {
      if (seen.resources.size < MOST_RESOURCES) seen.resources.add(resource);
      else seen.overflow = true;
    }
    if (event.account !== undefined) this.accounts.add(event.account);
    if (event.region !== undefined) this.regions.add(event.region);
    this.orders.add(event, second, this.stepOf(event));
  }

  finish(): DraftedAgent {
    const guesses: string[] = [];
    const drafted = draftedGrants(
      [...this.actions.values()].sort((a, b) => byCodePoint(a.action, b.action)),
      this.names,
    );
    guesses.push(...drafted.guesses);
    const workflows = this.orders.workflows();
    guesses.push(...workflows.guesses);
    if (this.denied > 0) guesses.push(`${this.denied} calls were denied and were left out`);
    const perAction = Object.fromEntries(
      [...this.actions.keys()].sort(byCodePoint).map((action) => [action, limitOf(this.minutes.of(action))]),
    );
    guesses.push(`limits are ${HEADROOM} times the most calls seen in any minute, and at least ${LEAST_LIMIT}`);
    guesses.push('who may take on the identity, and from which networks it may be used, was not guessed');
    const { name, fleet, cloud, principal } = this.identity;
    const callsPerMinute = limitOf(this.minutes.of(''));
    return {
      watched: {
        name,
        fleet,
        cloud,
        principals: principal.includes('*') ? [principal] : [...this.principals].sort(byCodePoint),
        grants: drafted.grants,
        workflows: workflows.all,
        limits: { callsPerMinute, perAction },
        scope: { accounts: [...this.accounts].sort(byCodePoint), regions: [...this.regions].sort(byCodePoint) },
        sessionSeconds: 3600,
      },
      spec: this.specOf(drafted.capabilities, workflows.all, callsPerMinute),
      resources: drafted.resources,
      guesses,
      calls: this.calls,
    };
  }

  private stepOf({ action, resources }: AgentEvent): string {
    const capability = this.names.capabilityOf(action);
    const [first] = resources;
    if (capability === undefined || first === undefined) return action;
    return `${this.names.shortNameOf(this.names.containerOf(first))}:${capability.slice(capability.indexOf(':') + 1)}`;
  }

  private specOf(
    capabilities: readonly { readonly capability: string; readonly resource: string }[],
    workflows: readonly ManifestWorkflow[],
    callsPerMinute: number,
  ): Readonly<Record<string, unknown>> {
    const steps = new Set(capabilities.map(({ capability, resource }) => `${resource}:${capability.slice(capability.indexOf(':') + 1)}`));
    const reads = capabilities.every(({ capability }) => {
      const { level, traits } = findCapabilityDefinition(capability);
      return level === AccessLevel.LIST || level === AccessLevel.READ || traits.includes('evidence');
    });
    return {
      name: this.identity.name,
      owner: 'fill in: who answers for it',
      purpose: 'fill in: what it is for',
      mode: reads ? AgentMode.READ_ONLY : AgentMode.READ_WRITE,
      capabilities,
      workflows: workflows.filter((workflow) => workflow.steps.every(({ oneOf }) => oneOf.every((step) => steps.has(step)))),
      limits: { callsPerMinute },
    };
  }
}

/** Resources of one action that are kept one by one. */
const MOST_RESOURCES = 500;

function limitOf(peak: number): number {
  return Math.max(LEAST_LIMIT, peak * HEADROOM);
}

/** The most calls in any minute of the clock, by key, for calls that come nearly in order. */
class Peak {
  private readonly counts = new Map<string, { minute: number; count: number; before: number; peak: number }>();

  add(key: string, second: number): void {
    const minute = Math.floor(second / 60);
    const known = this.counts.get(key) ?? { minute, count: 0, before: 0, peak: 0 };
    if (minute > known.minute) {
      known.before = minute === known.minute + 1 ? known.count : 0;
      known.minute = minute;
      known.count = 0;
    }
    known.count += 1;
    // A sliding minute may hold parts of two minutes of the clock.
    known.peak = Math.max(known.peak, known.count, Math.ceil((known.count + known.before) / 2));
    this.counts.set(key, known);
  }

  of(key: string): number {
    return this.counts.get(key)?.peak ?? 0;
  }
}
