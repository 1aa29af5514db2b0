import { randomUUID } from 'node:crypto';
import type { AgentKey } from '../../../core/containment/responder';
import type { RegisteredAgent } from '../../../core/containment/service';
import { NotEligible, Queued } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import { type Collection, integer, packed, text, unpacked } from '../firestore';
import { type GoogleApi, GoogleError, orNone } from '../google-api';
import { nativeOf, type WrittenDeny } from './agent';
import { applied, type DenyPolicy, digestOf, type PolicyRule, ruleOf, stoppedBy, type Wish } from './deny-rules';
import { begun, ended, NO_TURNS, nextTurn, type Seen, TURNS, type TurnEnd, type Turns } from './deny-turns';

export interface DenyQueuePorts {
  /** Sends a call once: each that is sent again is one of Google's five a minute. */
  readonly api: GoogleApi;
  /** What was asked for, an agent a document. */
  readonly wishes: Collection;
  /** The one document of turns. */
  readonly turns: Collection;
  /** Agents as they were deployed last: what is written of an agent comes from there, and never from a wish. */
  readonly registered: (key: AgentKey) => Promise<RegisteredAgent | undefined>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1, so that those who wait do not all come at the same instant. @default Math.random */
  readonly random?: () => number;
}

type Want = 'in' | 'out';
const TURNS_ID = 'turns';
/** Wishes that one write carries out: rules that a place takes. */
const MOST_WISHES = 500;
const WAITS = 'waits for its turn to write the deny policy, of which Google takes five a minute';
/** Somebody else was first: read again. */
const AGAIN: ReadonlySet<number> = new Set([409, 412]);

/**
 * Writes agents into one deny policy for each place, and out of it. Who wants an agent in or out notes that; whoever has the turn writes all that was noted. Nothing is
 * believed to be written until a later read shows it, so that a write whose answer was lost, and one that was made twice, are found alike. A responder may die anywhere: what
 * it noted is written by the next, its turn is lost.
 *
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v2/policies
 */
export class DenyQueue {
  constructor(private readonly ports: DenyQueuePorts) {}

  /** Has an agent written in or out; comes back when the policy was read and says so, else is queued. */
  async want(agent: ContainableAgent, want: Want): Promise<Seen> {
    const deny = eligible(agent);
    const id = `${policyOf(deny)}/${agent.name}`;
    const fields = { policy: text(policyOf(deny)), agent: text(agent.name), fleet: text(agent.fleet), want: text(want) };
    // The last wish wins; `at` is there as long as it is open.
    await this.ports.wishes.put(id, { ...fields, at: integer(this.ports.now()) });
    const fulfils = (seen: Seen): boolean => (want === 'in' ? isIn(seen, agent) : !isMentioned(seen, agent));
    const seen = await this.read(agent, fulfils);
    if (!fulfils(seen)) throw new Error(`somebody else asked for the opposite of '${want}' meanwhile`);
    const [noted] = await this.ports.wishes.get([id]);
    // Whoever asked for something else since then is not heard less for it.
    if (noted?.fields['want']?.stringValue === want) await this.ports.wishes.write([{ id, fields, version: noted.version }]);
    return seen;
  }

  /** What the policy says, read within the last minute. */
  async look(agent: ContainableAgent): Promise<Seen> {
    return this.read(agent, undefined);
  }

  /** What is known of the policy without reading it. */
  async known(agent: ContainableAgent): Promise<Seen | undefined> {
    return (await this.load()).turns.seen[policyOf(eligible(agent))];
  }

  /** @param fulfils what it must say; undefined for whoever only looks */
  private async read(agent: ContainableAgent, fulfils: ((seen: Seen) => boolean) | undefined): Promise<Seen> {
    const policy = policyOf(eligible(agent));
    const { turns, version } = await this.load();
    const now = this.ports.now();
    const known = turns.seen[policy];
    if (known && known.at > now - TURNS.freshSeconds && (fulfils?.(known) ?? true)) return known;
    const at = nextTurn(turns, now, fulfils ? TURNS.most : TURNS.looks);
    // Whoever has the turn is mostly done with it soon, and dead but seldom.
    if (at > now) throw this.queued(turns.holder === undefined ? at - now : Math.min(at - now, TURNS.apartSeconds));
    const holder = randomUUID();
    const mine = begun(turns, { now, holder, policy });
    if (!(await this.save(mine, version))) throw this.queued(TURNS.apartSeconds);
    const alone = (mine.alone[policy] ?? 0) > now;
    return this.turn(agent, { holder, since: now, writes: fulfils && (alone ? 'own' : 'all') });
  }

  private async turn(agent: ContainableAgent, { holder, since, writes }: Turn): Promise<Seen> {
    const deny = eligible(agent);
    const policy = policyOf(deny);
    const end = (more: Omit<TurnEnd, 'policy'> = {}): Promise<void> => this.end(holder, { policy, ...more });
    let several = false;
    let found: DenyPolicy | undefined;
    try {
      found = await orNone(this.ports.api.service('iam').call<DenyPolicy>('GET', pathOf(deny)));
      if (found && found.displayName !== deny.displayName)
        throw new NotEligible(`The deny policy '${deny.policy}' is called '${found.displayName ?? ''}', and not '${deny.displayName}'.`);
      const rules = found?.rules ?? [];
      const wishes = writes ? await this.wishesOf(agent, writes) : [];
      several = wishes.length > 1;
      const after = applied(rules, wishes, agent.fleet);
      if (isSame(rules, after, agent.fleet)) {
        const seen = { at: since, ...stoppedBy(rules, agent.fleet) };
        await end({ seen });
        return seen;
      }
      if (this.ports.now() - since > TURNS.writeWithinSeconds) throw this.queued(TURNS.apartSeconds);
      await this.write(deny, found, after);
      await end();
    } catch (error) {
      // A call that was given up may still be carried out: nobody else writes until it surely was.
      if (!(error instanceof GoogleError) || error.status !== 0) await end(this.aloneAfter(error, several));
      throw this.queuedFor(error, found) ?? error;
    }
    throw this.queued(TURNS.apartSeconds, 'is being written into the deny policy, which is read again before it is believed');
  }

  /** What was asked for of this policy, and is not known to be so yet. */
  private async wishesOf(agent: ContainableAgent, whose: 'own' | 'all'): Promise<readonly Wish[]> {
    const policy = policyOf(eligible(agent));
    const open = await this.ports.wishes.upTo('at', this.ports.now() + TURNS.windowSeconds, MOST_WISHES);
    const asked = open.flatMap(({ fields }) => {
      const name = fields['agent']?.stringValue ?? '';
      if (fields['policy']?.stringValue !== policy || (whose === 'own' && name !== agent.name)) return [];
      return [{ name, isIn: fields['want']?.stringValue === 'in' }];
    });
    const wishes = await Promise.all(
      asked.map(async ({ name, isIn }): Promise<readonly Wish[]> => {
        if (!isIn) return [{ agent: name }];
        const other = name === agent.name ? agent : await this.named(agent.fleet, name);
        const rule = other && ownRule(other, policy);
        return rule ? [{ agent: name, rule }] : [];
      }),
    );
    return wishes.flat();
  }

  /** What cannot be read of one agent keeps no other from being stopped: it has turns of its own, in which it fails. */
  private async named(fleet: string, agent: string): Promise<RegisteredAgent | undefined> {
    try {
      return await this.ports.registered({ fleet, agent });
    } catch {
      return undefined;
    }
  }

  private async write(deny: WrittenDeny, found: DenyPolicy | undefined, rules: readonly PolicyRule[]): Promise<void> {
    const iam = this.ports.api.service('iam');
    const call = (): Promise<Operation> => {
      if (!found)
        return iam.call('POST', `${placeOf(deny)}?policyId=${encodeURIComponent(deny.policy)}`, { displayName: deny.displayName, rules });
      const etag = found.etag ?? '';
      // A policy that denies nobody anything is of no use, and counts as one.
      if (rules.length === 0) return iam.call('DELETE', `${pathOf(deny)}?${new URLSearchParams({ etag })}`);
      return iam.call('PUT', pathOf(deny), { ...found, rules });
    };
    const { error } = await call();
    if (error) throw new GoogleError(STATUS[error.code ?? 0] ?? 500, String(error.code), error.message ?? 'the operation failed');
  }

  private aloneAfter(error: unknown, several: boolean): Omit<TurnEnd, 'policy'> {
    return error instanceof GoogleError && error.status === 400 && several ? { alone: this.ports.now() + TURNS.aloneSeconds } : {};
  }

  /** What passes by itself is no failed attempt. */
  private queuedFor(error: unknown, found: DenyPolicy | undefined): Queued | undefined {
    if (!(error instanceof GoogleError)) return undefined;
    if (error.status === 429) return this.queued(TURNS.windowSeconds / TURNS.most, `${WAITS}: ${error.message}`);
    const isGone = error.status === 404 && found !== undefined;
    return isGone || AGAIN.has(error.status) ? this.queued(TURNS.apartSeconds, `${WAITS}: ${error.message}`) : undefined;
  }

  private queued(seconds: number, said = WAITS): Queued {
    return new Queued(seconds + (this.ports.random ?? Math.random)(), said);
  }

  private async load(): Promise<{ readonly turns: Turns; readonly version: number }> {
    const [document] = await this.ports.turns.get([TURNS_ID]);
    return { turns: unpacked<Turns>(document?.fields['state']) ?? NO_TURNS, version: document?.version ?? 0 };
  }

  private save(turns: Turns, version: number): Promise<boolean> {
    return this.ports.turns.write([{ id: TURNS_ID, fields: { state: packed(turns) }, version }]);
  }

  /** Who was taken for dead meanwhile ends nothing: the turn is another's. */
  private async end(holder: string, end: TurnEnd): Promise<void> {
    const { turns, version } = await this.load();
    if (turns.holder === holder) await this.save(ended(turns, end), version);
  }
}

interface Turn {
  readonly holder: string;
  readonly since: number;
  /** Whose wishes it carries out. @default - nobody's: it only looks */
  readonly writes: 'own' | 'all' | undefined;
}

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v2/policies/createPolicy */
interface Operation {
  readonly error?: { readonly code?: number; readonly message?: string };
}
/** Codes of operations as the statuses of calls. https://cloud.google.com/apis/design/errors */
const STATUS: Readonly<Record<number, number>> = { 3: 400, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409 };

/** Whether the policy stops an agent by the rule that it should have, and no other. */
export function isIn({ rules }: Seen, agent: ContainableAgent): boolean {
  return rules[agent.name] === digestOf(ruleOf({ ...eligible(agent), agent: agent.name, fleet: agent.fleet }));
}

/** Whether any rule of the policy is the agent's. */
export const isMentioned = ({ rules }: Seen, { name }: ContainableAgent): boolean => rules[name] !== undefined;

function isSame(before: readonly PolicyRule[], after: readonly PolicyRule[], fleet: string): boolean {
  const [one, other] = [stoppedBy(before, fleet).rules, stoppedBy(after, fleet).rules];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

function ownRule(agent: ContainableAgent, policy: string): PolicyRule | undefined {
  const { identity } = nativeOf(agent);
  if (identity.kind !== 'written' || policyOf(identity) !== policy || !isEligible(identity, agent.fleet)) return undefined;
  return ruleOf({ ...identity, agent: agent.name, fleet: agent.fleet });
}

const policyOf = ({ place, policy }: WrittenDeny): string => `${place}/${policy}`;
const placeOf = ({ place }: WrittenDeny): string =>
  `/v2/policies/${encodeURIComponent(`cloudresourcemanager.googleapis.com/${place}`)}/denypolicies`;
const pathOf = (deny: WrittenDeny): string => `${placeOf(deny)}/${encodeURIComponent(deny.policy)}`;

const PLACE = /^(organizations\/\d+|folders\/\d+|projects\/[a-z0-9.:-]+)$/;

/** One principal, in a policy that is named and called as the fleet's own: never a set of them, by which everybody could be shut out. */
function isEligible({ place, policy, displayName, principal }: WrittenDeny, fleet: string): boolean {
  return (
    PLACE.test(place) &&
    policy.startsWith(`agentic-iam-stop-${fleet}-`) &&
    displayName.startsWith(`stops ${fleet} of `) &&
    principal.startsWith('principal://')
  );
}

function eligible(agent: ContainableAgent): WrittenDeny {
  const { identity } = nativeOf(agent);
  if (identity.kind !== 'written' || !isEligible(identity, agent.fleet))
    throw new NotEligible(
      `What is registered of agent '${agent.name}' is no deny policy of fleet '${agent.fleet}', or denies more than one principal.`,
    );
  return identity;
}
