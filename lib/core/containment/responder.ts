import { AgenticIamError } from '../errors';
import { type Decision, decide, isoOf } from './decide';
import { dueOf, nextOf } from './plan';
import { approve, progress, type RestoreDecision, recheckAt, rechecked, type StepOutcome } from './progress';
import { type ContainmentSettings, DEFAULT_SETTINGS } from './settings';
import type { Approval, ContainableAgent, ContainmentRecord, ContainmentTrigger, Incident, StepDefinition } from './types';
import { conclusion, textOf } from './words';

export interface AgentKey {
  readonly fleet: string;
  readonly agent: string;
  /** @default - the whole agent */
  readonly workflow?: string;
}

/** Where records are kept; every change holds whatever runs at the same time. */
export interface ContainmentStore {
  readonly load: (key: AgentKey) => Promise<{ readonly record?: ContainmentRecord; readonly version: number }>;
  /** @returns false where the record was changed since it was read */
  readonly save: (
    record: ContainmentRecord,
    options: {
      /** As it was read. */ readonly version: number /** Seconds since 1970. @default - nothing is open */;
      readonly dueAt?: number;
    },
  ) => Promise<boolean>;
  /** Agents with something open that is due. */
  readonly due: (now: number) => Promise<readonly AgentKey[]>;
  /** How many incidents machines opened in a fleet since an instant, in seconds since 1970. */
  readonly opened: (fleet: string, since: number) => Promise<number>;
}

/** Does one step; whatever it throws is a failed attempt. Doing it twice does no more than doing it once. */
export type StepHandler = (agent: ContainableAgent, incident: Incident) => Promise<StepOutcome>;

export interface ResponderPorts {
  readonly agent: (key: AgentKey) => Promise<ContainableAgent | undefined>;
  readonly store: ContainmentStore;
  /** What a cloud does to contain, and to restore, in order. */
  readonly contain: readonly StepDefinition[];
  readonly restore: readonly StepDefinition[];
  /** The same for one workflow alone. @default - a workflow cannot be stopped by itself */
  readonly workflow?: { readonly contain: readonly StepDefinition[]; readonly restore: readonly StepDefinition[] };
  readonly handlers: Readonly<Record<string, StepHandler>>;
  /** Tells people; throws where nobody was reached. */
  readonly tell: (message: string) => Promise<void>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly pause: (seconds: number) => Promise<void>;
}

const HOUR = 3_600;
const MOST_CONFLICTS = 20;
/** Waits of this length are worth waiting within one run. */
const SHORT_WAIT = 12;
/** Of the time that a function has, the part that is spent on such waits: who waits for turn after turn is left to the sweep before the function is ended. */
const WAITING = 0.6;
/** Messages that wait while nobody can be told; of more, the oldest go. */
const MOST_MESSAGES = 200;

interface TimeToWait {
  left: number;
}
const NO_TIME: TimeToWait = { left: 0 };

/**
 * Drives incidents forward. It keeps nothing to itself: a responder that dies is replaced by the next, which goes on at the step where the record
 * says that the last one was. People are told through an outbox that is kept with the state, so that no message is lost between the two.
 */
export class Responder {
  private readonly settings: Required<ContainmentSettings>;

  constructor(
    private readonly ports: ResponderPorts,
    settings: ContainmentSettings = {},
  ) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
  }

  /** Hears a trigger, and does at once what can be done at once. */
  async trigger(trigger: ContainmentTrigger): Promise<Decision> {
    const key = keyOf(trigger);
    const agent = await this.ports.agent(key);
    let decision: Decision = { kind: 'refused', reason: '' };
    await this.change(key, async (record) => {
      const recent = await this.ports.store.opened(key.fleet, this.ports.now() - HOUR);
      const { incident } = record;
      const context = { agent, incident, recent, steps: this.stepsOf(key).contain, settings: this.settings, now: this.ports.now() };
      decision = decide(trigger, context);
      const after = 'incident' in decision ? { ...record, incident: decision.incident } : record;
      const quiet = decision.kind === 'refused' || isKnown(trigger, incident) || isNoNews(trigger, decision, incident);
      const said = quiet ? undefined : textOf(decision, trigger);
      return said === undefined ? after : { ...after, outbox: [...record.outbox, said] };
    });
    // Of what is not registered nothing is kept.
    if (decision.kind === 'refused') await this.ports.tell(textOf(decision, trigger));
    await this.advance(key);
    return decision;
  }

  /** Somebody's leave to restore. */
  async approve(key: AgentKey, approval: Approval): Promise<RestoreDecision> {
    let decision: RestoreDecision = { kind: 'refused', reason: '' };
    await this.change(key, async (record) => {
      decision = approve(record.incident, approval, {
        definitions: this.stepsOf(key).restore,
        settings: this.settings,
        now: this.ports.now(),
      });
      if (decision.kind === 'refused') return record;
      const rest = decision.kind === 'waits' ? 'another person must agree' : 'it is being restored';
      const said = `${approval.by} agreed to restore ${nameOf(key)}: ${approval.reason}. Now ${rest}.`;
      return { ...record, incident: decision.incident, outbox: [...record.outbox, said] };
    });
    await this.advance(key);
    return decision;
  }

  async status(key: AgentKey): Promise<ContainmentRecord | undefined> {
    return (await this.ports.store.load(key)).record;
  }

  /**
   * Goes on with everything that is due; one agent's failure keeps no other waiting, nor does one that waits: waits come when everything else was done, so that what all wait
   * for is waited for once.
   * @returns what could not be gone on with
   */
  async sweep(): Promise<readonly { readonly key: AgentKey; readonly error: Error }[]> {
    const failed: { key: AgentKey; error: Error }[] = [];
    const through = async (keys: readonly AgentKey[], time: TimeToWait): Promise<readonly AgentKey[]> => {
      const waiting: AgentKey[] = [];
      for (const key of keys) {
        try {
          const { waits, mute } = await this.goOn(key, time);
          if (waits) waiting.push(key);
          // Who waits is gone on with below, and hears of it there.
          if (mute && !(waits && time === NO_TIME)) throw mute;
        } catch (error) {
          failed.push({ key, error: error as Error });
        }
      }
      return waiting;
    };
    const waiting = await through(await this.ports.store.due(this.ports.now()), NO_TIME);
    await through(waiting, this.timeToWait());
    return failed;
  }

  /**
   * Does step after step until nothing is due any more. People are told where there is time for it, and where they can not be told the steps are
   * done all the same; the error comes at the end.
   */
  async advance(key: AgentKey): Promise<void> {
    const { mute } = await this.goOn(key, this.timeToWait());
    if (mute) throw mute;
  }

  /**
   * @param time seconds that may be spent on waiting, by all that are gone on with
   * @returns whether it would go on soon, and there is no time to wait for that; and why people could not be told
   */
  private async goOn(key: AgentKey, time: TimeToWait): Promise<{ readonly waits: boolean; readonly mute: Error | undefined }> {
    let mute: Error | undefined;
    for (;;) {
      const { record } = await this.ports.store.load(key);
      if (!record) return { waits: false, mute };
      const { incident } = record;
      const open = incident && openSteps(incident);
      const next = incident && open && nextOf(open, this.definitionsOf(incident), this.ports.now());
      if (next) {
        await this.run(key, incident, next.id);
        continue;
      }
      if (incident && (recheckAt(incident, this.settings) ?? Number.POSITIVE_INFINITY) <= this.ports.now()) {
        await this.look(key, incident);
        continue;
      }
      if (record.outbox.length > 0 && !mute) {
        mute = await this.tellNext(key, record);
        continue;
      }
      const wait = ((incident && open && dueOf(open, this.definitionsOf(incident))) ?? Number.POSITIVE_INFINITY) - this.ports.now();
      if (wait <= SHORT_WAIT) {
        if (wait > time.left) return { waits: true, mute };
        const length = Math.max(wait, 0.2);
        if (time !== NO_TIME) time.left -= length;
        await this.ports.pause(length);
      } else return { waits: false, mute };
    }
  }

  private timeToWait(): TimeToWait {
    return { left: this.settings.longestStepSeconds * WAITING };
  }

  private dueOf(incident: Incident | undefined): number | undefined {
    const open = incident && openSteps(incident);
    return open ? dueOf(open, this.definitionsOf(incident)) : incident && recheckAt(incident, this.settings);
  }

  private definitionsOf(incident: Incident): readonly StepDefinition[] {
    const { contain, restore } = this.stepsOf(incident);
    return incident.status === 'restoring' ? restore : contain;
  }

  private stepsOf({ workflow }: { readonly workflow?: string }): {
    readonly contain: readonly StepDefinition[];
    readonly restore: readonly StepDefinition[];
  } {
    return workflow === undefined ? this.ports : (this.ports.workflow ?? { contain: [], restore: [] });
  }

  private async run(key: AgentKey, incident: Incident, step: string): Promise<void> {
    const agent = await this.ports.agent(key);
    const outcome = await this.attempt(agent, incident, step);
    await this.change(key, async (record) => {
      const current = record.incident;
      // Somebody else came to an end with it, or began something else, in the meantime.
      const same = current && current.id === incident.id && current.status === incident.status && current.stage === incident.stage;
      if (!same || !openSteps(current)?.some(({ id, status }) => id === step && status === 'pending')) return record;
      const definitions = this.definitionsOf(current);
      const context = { definitions, restore: this.stepsOf(current).restore, settings: this.settings, now: this.ports.now() };
      const after = progress(current, { step, outcome }, context);
      const outbox = openSteps(after) ? record.outbox : [...record.outbox, conclusion(after)];
      return { ...record, incident: after, outbox };
    });
  }

  /** Looks whether an agent that was contained still is. */
  private async look(key: AgentKey, incident: Incident): Promise<void> {
    const { contain } = this.stepsOf(incident);
    const last = contain.find((definition) => definition.last)?.id ?? '';
    const outcome = await this.attempt(await this.ports.agent(key), incident, last);
    await this.change(key, async (record) => {
      const { incident: current } = record;
      if (current?.id !== incident.id || current.status !== 'contained' || current.stage !== incident.stage) return record;
      const after = rechecked(current, outcome, { definitions: contain, settings: this.settings, now: this.ports.now() });
      if (after.status === 'contained') return { ...record, incident: after };
      const said = `${nameOf(key)} was found to be no longer contained (${outcome.receipt.said}), and is contained again (incident ${incident.id}).`;
      return { ...record, incident: after, outbox: [...record.outbox, said] };
    });
  }

  private async attempt(agent: ContainableAgent | undefined, incident: Incident, step: string): Promise<StepOutcome> {
    const at = isoOf(this.ports.now());
    if (!agent) return { ok: false, receipt: { at, said: 'The agent is no longer registered.' } };
    const handler = this.ports.handlers[step];
    if (!handler) return { ok: false, final: true, receipt: { at, said: `Nobody knows how to do '${step}'.` } };
    try {
      return await handler(agent, incident);
    } catch (error) {
      const { name, message } = error as Error;
      return { ok: false, receipt: { at, said: error instanceof AgenticIamError ? message : `${name}: ${message}` } };
    }
  }

  /** Told first and struck out afterwards: twice rather than never. @returns why nobody could be told */
  private async tellNext(key: AgentKey, { outbox }: ContainmentRecord): Promise<Error | undefined> {
    const [first] = outbox;
    if (first === undefined) return undefined;
    try {
      await this.ports.tell(first);
    } catch (error) {
      return error as Error;
    }
    await this.change(key, async (record) => (record.outbox[0] === first ? { ...record, outbox: record.outbox.slice(1) } : record));
    return undefined;
  }

  private async change(key: AgentKey, make: (record: ContainmentRecord) => Promise<ContainmentRecord>): Promise<void> {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      if (conflicts > 0) await this.ports.pause(0.05 * 2 ** Math.min(conflicts, 6) * (0.5 + Math.random()));
      const { record, version } = await this.ports.store.load(key);
      const before = record ?? { schemaVersion: 1, ...keyOf(key), outbox: [] };
      const after = await make(before);
      if (after === before) return;
      const due = after.outbox.length > 0 ? this.ports.now() : this.dueOf(after.incident);
      const kept = after.outbox.length > MOST_MESSAGES ? { ...after, outbox: after.outbox.slice(-MOST_MESSAGES) } : after;
      if (await this.ports.store.save(kept, { version, ...(due === undefined ? {} : { dueAt: due }) })) return;
    }
    throw new Error(`the record of agent ${key.agent} changed ${MOST_CONFLICTS} times while it was written`);
  }
}

/** Of whatever has these fields, those alone. */
function keyOf({ fleet, agent, workflow }: AgentKey): AgentKey {
  return { fleet, agent, ...(workflow === undefined ? {} : { workflow }) };
}

const nameOf = ({ fleet, agent, workflow }: AgentKey): string =>
  `${workflow === undefined ? '' : `workflow ${workflow} of `}agent ${agent} of fleet ${fleet}`;

const isKnown = (trigger: ContainmentTrigger, incident: Incident | undefined): boolean =>
  incident?.triggers.some(({ id }) => id === trigger.id) ?? false;

/** A machine that asks for what is being done, or was done, tells people nothing that they do not know. */
function isNoNews({ kind }: ContainmentTrigger, decision: Decision, before: Incident | undefined): boolean {
  if (decision.kind !== 'joined' || !before || kind === 'person') return false;
  return decision.incident.stage === before.stage && decision.incident.status === before.status;
}

/** The steps that an incident is at; undefined where it rests. */
function openSteps({ status, steps, restore }: Incident) {
  return status === 'containing' ? steps : status === 'restoring' ? restore : undefined;
}
