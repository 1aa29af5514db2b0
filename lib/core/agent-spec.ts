import { readAgent, readFleet } from './agent-document';
import { Capability } from './capability';
import { checkDelegation } from './delegation';
import type { IDuration } from './duration';
import { type AgentMode, modeAdmits } from './enums';
import {
  delegationAsCapability,
  duplicateCapability,
  duplicateName,
  emptyField,
  invalidLimit,
  modeExceeded,
  sessionOutOfRange,
  unknownStep,
} from './errors';
import { deepFreeze } from './json';
import { checkName } from './names';
import { type AgentResponses, checkResponses } from './responses';
import { firstAndNextOf } from './review/network';
import { taskBeyondAgent } from './task-errors';
import type { TaskTemplate } from './task-template';
import type { Workflow } from './workflow';
import { invalidScope } from './workflow-errors';

/** How fast the agent may act; what is beyond is a velocity signal. */
export interface AgentLimits {
  /** Calls of all kinds in any minute. @default - no limit */
  readonly callsPerMinute?: number;
  /** Calls in any minute for one step, for example `{ 'invoices:read': 60 }`. @default - no limit */
  readonly perStep?: Readonly<Record<string, number>>;
  /** Calls in any minute on any one resource, such as one object or one secret. @default - no limit */
  readonly perResource?: number;
}

/** Where the agent belongs; what lies outside is a cross-boundary signal. */
export interface AgentScope {
  /** Environment, for example `prod`. Also the fleet the agent belongs to, unless a construct says otherwise. @default - none */
  readonly environment?: string;
  /** Data domain, for example `finance`. @default - none */
  readonly domain?: string;
  /** Regions it calls, as its clouds name them; services that are recorded in one region for all are let pass. @default - any */
  readonly regions?: readonly string[];
  /** Where its calls come from: address ranges in CIDR notation. A service of the cloud that calls on its behalf is let pass. @default - anywhere */
  readonly networks?: readonly string[];
}

export interface AgentSpecProps {
  /** Name, unique in its fleet: 2-30 of `[a-z0-9-]`, first a letter. */
  readonly name: string;
  /** Who answers for the agent: a team or an address. */
  readonly owner: string;
  /** What it is for, in one sentence. */
  readonly purpose: string;
  /** The ceiling the spec promises; checked against every capability. */
  readonly mode: AgentMode;
  /** Everything the agent may do. */
  readonly capabilities: readonly Capability[];
  /** Valid orders of its actions. @default - any order of declared actions is valid */
  readonly workflows?: readonly Workflow[];
  /** How fast it may act. @default - no limit */
  readonly limits?: AgentLimits;
  /**
   * What is done when it shows a signal, once its containment is armed: one response, or one from each severity on. A signal that is named acts also where it
   * is statistical; `notify` keeps it from acting. @default - exact and critical detections brake it, all others are told
   */
  readonly responses?: AgentResponses;
  /** Where it belongs. @default - no environment and no domain */
  readonly scope?: AgentScope;
  /** Longest life of one credential, 15 minutes to 12 hours. Each cloud enforces it where it can and says so where it cannot. @default 1 hour */
  readonly maxSession?: IDuration;
  /** Sub-agents whose identity this agent may take on. Each is bound like a resource, under its own name. @default - none */
  readonly delegatesTo?: readonly AgentSpec[];
  /** Kinds of tasks that credentials of their own can be had for. @default - none */
  readonly tasks?: readonly TaskTemplate[];
}

/** Bounds of `maxSession`: the session length of AWS STS. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION = { min: 900, default: 3600, max: 43_200 } as const;

const DELEGATE = 'agents:delegate';

/** The neutral declaration of one agent. The same object serves all three clouds. Immutable; checked when made. */
export class AgentSpec {
  /**
   * Reads one agent from a JSON value or text, checked against `schema/agent-spec.schema.json`; sub-agents are declared in place.
   * Throws one `invalid-document` that lists every problem with its path.
   */
  static fromJson(document: unknown): AgentSpec {
    return readAgent(document);
  }

  /** Reads a document of agents that delegate to each other by name, checked against `schema/fleet-spec.schema.json`. */
  static fleetFromJson(document: unknown): readonly AgentSpec[] {
    return readFleet(document);
  }

  readonly name: string;
  readonly owner: string;
  readonly purpose: string;
  readonly mode: AgentMode;
  /** What was declared, and one `agents:delegate` for each sub-agent. */
  readonly capabilities: readonly Capability[];
  readonly workflows: readonly Workflow[];
  readonly limits: AgentLimits;
  readonly responses: AgentResponses;
  readonly scope: AgentScope;
  /** Longest life of one credential, in seconds. */
  readonly maxSessionSeconds: number;
  readonly delegatesTo: readonly AgentSpec[];
  readonly tasks: readonly TaskTemplate[];

  constructor(props: AgentSpecProps) {
    this.name = checkName('agent', props.name);
    this.owner = checkText(this.name, 'owner', props.owner);
    this.purpose = checkText(this.name, 'purpose', props.purpose);
    this.mode = props.mode;
    this.delegatesTo = Object.freeze([...(props.delegatesTo ?? [])]);
    this.capabilities = Object.freeze([
      ...checkCapabilities(this.name, props.mode, props.capabilities),
      ...this.delegatesTo.map((child) => Capability.of(DELEGATE, child.name)),
    ]);
    checkDelegation(this);
    this.workflows = Object.freeze([...(props.workflows ?? [])]);
    this.limits = deepFreeze(structuredClone(props.limits ?? {}));
    this.responses = deepFreeze(structuredClone(checkResponses(this.name, props.responses ?? {})));
    this.scope = deepFreeze(checkScope(props.scope ?? {}));
    this.maxSessionSeconds = checkSession(this.name, props.maxSession?.toSeconds() ?? SESSION.default);
    this.tasks = Object.freeze([...(props.tasks ?? [])]);
    checkSteps(this);
    checkLimits(this);
    checkTasks(this);
    Object.freeze(this);
  }

  /** Names of the resources its capabilities use, each once, in the order declared. */
  get resourceNames(): readonly string[] {
    return [...new Set(this.capabilities.map((capability) => capability.resource))];
  }
}

const WHY_TEXT = { owner: 'someone must answer for what the agent does', purpose: 'a reviewer compares the access with it' } as const;

function checkText(agent: string, field: keyof typeof WHY_TEXT, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw emptyField(`agent '${agent}'`, field, WHY_TEXT[field]);
  return value.trim();
}

function checkCapabilities(agent: string, mode: AgentMode, capabilities: readonly Capability[]): readonly Capability[] {
  const seen = new Set<string>();
  for (const capability of capabilities) {
    const shown = `${capability.id} on '${capability.resource}'`;
    const key = `${capability.id} ${capability.resource}`;
    if (seen.has(key)) throw duplicateCapability(agent, shown);
    seen.add(key);
    if (capability.id === DELEGATE) throw delegationAsCapability(agent, capability.resource);
    if (!modeAdmits(mode, capability.level) && !capability.traits.includes('evidence'))
      throw modeExceeded(agent, { mode, what: shown, level: capability.level });
  }
  return capabilities;
}

function checkScope(scope: AgentScope): AgentScope {
  if (scope.environment !== undefined) checkName('fleet', scope.environment);
  if (scope.domain !== undefined) checkName('resource', scope.domain);
  for (const region of scope.regions ?? []) if (!/^[A-Za-z][A-Za-z0-9-]{1,63}$/.test(region)) throw invalidScope('regions', region);
  for (const network of scope.networks ?? []) if (firstAndNextOf(network).length === 0) throw invalidScope('networks', network);
  return structuredClone(scope);
}

function checkSession(agent: string, seconds: number): number {
  if (seconds < SESSION.min || seconds > SESSION.max) {
    throw sessionOutOfRange(agent, { seconds, range: 'of 15 minutes to 12 hours', reason: 'no cloud issues shorter or longer ones' });
  }
  return seconds;
}

function checkSteps(spec: AgentSpec): void {
  const known = spec.capabilities.map((capability) => capability.step);
  for (const workflow of spec.workflows) {
    for (const action of [...workflow.steps.flatMap((step) => step.oneOf), ...workflow.interleaved]) {
      if (!known.includes(action)) throw unknownStep(spec.name, { workflow: workflow.name, step: action, known });
    }
  }
  for (const action of Object.keys(spec.limits.perStep ?? {})) {
    if (!known.includes(action)) throw unknownStep(spec.name, { workflow: 'limits', step: action, known });
  }
}

/** A task gets a part of what its agent has, for a part of the time. */
function checkTasks(spec: AgentSpec): void {
  const known = spec.capabilities.map(({ id, resource }) => `${id} on '${resource}'`);
  const names = new Set<string>();
  for (const task of spec.tasks) {
    if (names.has(task.name)) throw duplicateName(task.name, `the tasks of '${spec.name}'`);
    names.add(task.name);
    const asked = [
      ...task.capabilities.map(({ id, resource }) => `${id} on '${resource}'`),
      ...task.delegatesTo.map((child) => `${DELEGATE} on '${child}'`),
    ];
    const beyond = asked.find((one) => !known.includes(one));
    if (beyond !== undefined) throw taskBeyondAgent(spec.name, task.name, { what: beyond, known });
    if (task.longestSeconds > spec.maxSessionSeconds) {
      const what = `${task.longestSeconds} s, where maxSession is ${spec.maxSessionSeconds} s`;
      throw taskBeyondAgent(spec.name, task.name, { what, known: [`up to ${spec.maxSessionSeconds} s`] });
    }
  }
}

function checkLimits(spec: AgentSpec): void {
  const { callsPerMinute, perStep, perResource } = spec.limits;
  const limits = { callsPerMinute, perResource, ...perStep };
  for (const [field, value] of Object.entries(limits)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) throw invalidLimit(spec.name, field, value);
  }
}
