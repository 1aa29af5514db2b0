import { Responder, type ResponderPorts } from '../../../lib/core/containment/responder';
import { ContainmentService, type RegisteredAgent } from '../../../lib/core/containment/service';
import type { ContainmentStage, ContainmentTrigger } from '../../../lib/core/containment/types';
import type { Detection } from '../../../lib/core/detection/types';

/** What happens at a call to the cloud. */
export type CloudFault = 'throttled' | 'denied' | 'lost-answer';

/** A cloud with one agent and one bystander, as its servers have it. */
export interface StoryCloud {
  readonly ports: Pick<ResponderPorts, 'store' | 'contain' | 'restore' | 'handlers'>;
  readonly native: object;
  readonly cloud: string;
  readonly safeMode: boolean;
  /** Seconds since 1970, where the cloud itself looks at them; set and moved on by the story. */
  readonly clock?: { now: number };
  /** How far the agent is contained in truth; undefined where it is not. */
  truth(): ContainmentStage | undefined;
  /** All that the cloud holds besides the agent's own, as text. */
  others(): string;
  /** What Terraform does: makes the agent as its template says it. */
  deploy(): void;
  /** Fails at one call, counted from now; undefined for none. */
  failAt(call: number | undefined, fault: CloudFault): void;
  /** Calls since the last fault was set. */
  calls(): number;
  stop(): Promise<void>;
}

const KEY = { fleet: 'main', agent: 'reader' };
const START = Date.parse('2026-11-26T08:00:00Z') / 1000;
const DEGREES: readonly (ContainmentStage | undefined)[] = [undefined, 'restricted', 'braked', 'quarantined'];
const atLeast = (a: ContainmentStage | undefined, b: ContainmentStage | undefined): boolean => DEGREES.indexOf(a) >= DEGREES.indexOf(b);

function made(cloud: StoryCloud, { armed = true } = {}) {
  const told: string[] = [];
  const clock = cloud.clock ?? { now: START };
  clock.now = START;
  const agent = async (): Promise<RegisteredAgent> => ({
    name: 'reader',
    fleet: 'main',
    cloud: cloud.cloud,
    owner: 'o',
    armed,
    responses: {},
    native: cloud.native as never,
  });
  const responder = new Responder({
    ...cloud.ports,
    agent: async (key) => (key.agent === 'reader' && key.fleet === 'main' ? agent() : undefined),
    tell: async (text) => void told.push(text),
    now: () => clock.now,
    pause: async (seconds) => {
      clock.now += seconds;
    },
  });
  const service = new ContainmentService({
    responder,
    agent,
    now: () => new Date(clock.now * 1000),
    log: () => {},
    drilled: () => {},
    safeMode: cloud.safeMode,
    cloud: 'here',
  });
  const minutes = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute += 1) {
      clock.now += 60;
      await service.sweep().catch(() => undefined);
    }
  };
  const status = async () => (await responder.status(KEY))?.incident;
  return { told, clock, responder, service, minutes, status };
}

const detection = (more: object = {}): Detection =>
  ({
    id: 'd1',
    ...KEY,
    signal: 'privilege-escalation',
    rule: 'escalation-step',
    basis: 'exact',
    severity: 'critical',
    time: new Date(START * 1000).toISOString(),
    summary: 's',
    ...more,
  }) as never;
const person = (response: ContainmentTrigger['response'], id = 'p1'): ContainmentTrigger => ({
  id,
  kind: 'person',
  ...KEY,
  at: new Date(START * 1000).toISOString(),
  response,
  by: 'ada',
  reason: 'r',
});

/** What containment must do on every cloud, whatever it is made of there. */
export function containmentStory(name: string, cloudOf: () => Promise<StoryCloud>): void {
  describe(`containment on ${name}`, () => {
    let cloud: StoryCloud;
    beforeEach(async () => {
      cloud = await cloudOf();
    });
    afterEach(() => cloud.stop());

    test('brakes on a detection, touches nothing else, and says so once it was checked', async () => {
      const { service, status, told } = made(cloud);
      const before = cloud.others();
      await service.detected(detection());
      expect([(await status())?.status, cloud.truth()]).toEqual(['contained', 'braked']);
      expect(told.at(-1)).toMatch(/is stopped, and that was checked/);
      expect(cloud.others()).toBe(before);
    });

    test('that is not armed does nothing, and says what it would do', async () => {
      const { service, told } = made(cloud, { armed: false });
      await service.detected(detection());
      expect(cloud.truth()).toBeUndefined();
      expect(told.at(-1)).toMatch(/would be stopped now, and is not/);
    });

    test('is raised to quarantine by a person, and keeps what the agent was when it began', async () => {
      const { service, status } = made(cloud);
      await service.detected(detection());
      const evidence = (await status())?.steps.find(({ id }) => id === 'evidence')?.receipt?.facts;
      await service.trigger(person('quarantine'));
      expect([(await status())?.status, cloud.truth()]).toEqual(['contained', 'quarantined']);
      expect((await status())?.steps.find(({ id }) => id === 'evidence')?.receipt?.facts).toEqual(evidence);
    });

    test('keeps an agent to reading where the cloud can, and brakes it where it cannot', async () => {
      const { service } = made(cloud);
      await service.trigger(person('restrict'));
      expect(cloud.truth()).toBe(cloud.safeMode ? 'restricted' : 'braked');
    });

    test('is undone by two people, wholly', async () => {
      const { service, responder, status, clock, minutes } = made(cloud);
      await service.trigger(person('quarantine'));
      clock.now += 4_000;
      const at = new Date(clock.now * 1000).toISOString();
      expect((await responder.approve(KEY, { by: 'ada', at, reason: 'r' })).kind).toBe('waits');
      expect(cloud.truth()).toBe('quarantined');
      expect((await responder.approve(KEY, { by: 'grace', at, reason: 'r' })).kind).toBe('restoring');
      await minutes(1);
      expect([(await status())?.status, cloud.truth()]).toEqual(['restored', undefined]);
    });

    test('does again what a deployment undid, within minutes, and tells', async () => {
      const { service, minutes, told } = made(cloud);
      await service.trigger(person('quarantine'));
      cloud.deploy();
      await minutes(6);
      expect(cloud.truth()).toBe('quarantined');
      // What no template touches stays as it is, and then there is nothing to tell.
      if (told.length > 2) expect(told.join()).toMatch(/no longer contained/);
    });

    test('of the same agent on another cloud is followed here, once', async () => {
      const { service, status } = made(cloud);
      const event = {
        schemaVersion: 1 as const,
        id: 'i9',
        ...KEY,
        cloud: 'other',
        stage: 'braked' as const,
        at: new Date(START * 1000).toISOString(),
      };
      await service.peer(event);
      await service.peer(event);
      expect([cloud.truth(), (await status())?.triggers.length]).toEqual(['braked', 1]);
    });

    test.each<CloudFault>(['throttled', 'denied', 'lost-answer'])(
      'ends whichever one call is %s: contained, or a person was told, and never said to be what it is not',
      async (fault) => {
        const { service, status } = made(cloud);
        cloud.failAt(undefined, fault);
        await service.trigger(person('quarantine'));
        const calls = cloud.calls();
        expect(calls).toBeGreaterThan(5);
        expect((await status())?.status).toBe('contained');
        for (let at = 1; at <= calls; at += 1) {
          await cloud.stop();
          cloud = await cloudOf();
          const again = made(cloud);
          cloud.failAt(at, fault);
          await again.service.trigger(person('quarantine', `p${at}`)).catch(() => undefined);
          await again.minutes(8);
          const end = (await again.status())?.status;
          expect([at, end]).toEqual([at, 'contained']);
          expect([at, cloud.truth()]).toEqual([at, 'quarantined']);
        }
      },
      60_000,
    );

    test('that cannot be done needs a person, who is told why', async () => {
      const { service, status, minutes, told } = made(cloud);
      for (let call = 1; call < 200; call += 1) cloud.failAt(call, 'denied');
      cloud.failAt(Number.POSITIVE_INFINITY, 'denied');
      await service.trigger(person('brake')).catch(() => undefined);
      await minutes(10);
      const end = await status();
      expect(end?.status).toBe('needs-person');
      expect(atLeast(cloud.truth(), 'braked')).toBe(false);
      expect(told.at(-1)).toMatch(/needs a person now/);
    });
  });
}
