// Times decisions and enumerations, ours and the simulator's, in one run.
// Run: node --import tsx tools/bench/simulator/timing.ts

import { expandActions } from '../../../lib/policy/aws/action-levels';
import { decide, enumerate, type RequestPrincipal } from '../../../lib/policy/aws/engine';
import { exitWith, type Goal, median } from '../table';
import { layersOf } from './compare';
import type { Scenario } from './scenario';
import { runSimulator } from './simulator';

const ACCOUNT = '111111111111';
const ROLE: RequestPrincipal = { arn: `arn:aws:iam::${ACCOUNT}:role/app`, account: ACCOUNT, kind: 'role' };

/** How fast one question is answered, against the simulator. */
export interface Timing {
  readonly what: string;
  /** Milliseconds, the median of several rounds after warming up. */
  readonly ours: number;
  /** Milliseconds of one round after a first one, without its checks of the input; of a sample of the actions, scaled up to all. */
  readonly theirs: number;
  readonly ratio: number;
}

/** Requests a second, on a policy of one statement. */
export function decisionsPerSecond(): number {
  const layers = layersOf(scenario([{ Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::reports/*' }]));
  const request = { principal: ROLE, action: 's3:GetObject', resource: 'arn:aws:s3:::reports/q1.csv' };
  const count = 200_000;
  const rounds = Array.from({ length: 5 }, () =>
    timed(() => {
      for (let asked = 0; asked < count; asked++) decide(layers, request);
    }),
  );
  return (count / median(rounds)) * 1000;
}

/** Listing all that a role may do, against asking the simulator about every action. */
export function timeEnumerations(): Timing[] {
  const everything = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  return [
    compareTimes('a role with Action *', [everything], 1),
    compareTimes('a role with 10 policies of 10 conditional statements', conditional(), SAMPLE),
  ];
}

/** The simulator takes minutes for the second role; it is asked about one action of so many, spread evenly. */
const SAMPLE = 40;

function compareTimes(what: string, policies: readonly (readonly object[])[], every: number): Timing {
  const asked = scenario(...policies);
  const layers = layersOf(asked);
  enumerate(layers, ROLE);
  // The documents are read anew in each round, so that nothing but the service data is remembered.
  const ours = median(Array.from({ length: 5 }, () => timed(() => enumerate(layersOf(asked), ROLE))));
  const all = expandActions('*');
  const actions = all.filter((_, index) => index % every === 0);
  const rounds = every === 1 ? 2 : 1;
  const theirs = (runSimulator({ kind: 'time', scenarios: [asked], actions, rounds }).ms / rounds) * (all.length / actions.length);
  return { what, ours, theirs, ratio: theirs / ours };
}

function conditional(): object[][] {
  const services = ['s3', 'ec2', 'lambda', 'iam', 'sqs', 'sns', 'dynamodb', 'kms', 'secretsmanager', 'bedrock'];
  return Array.from({ length: 10 }, (_, policy) =>
    services.map((service, index) => ({
      Effect: (policy + index) % 5 === 4 ? 'Deny' : 'Allow',
      Action: [`${service}:Get*`, `${service}:List*`, `${service}:*${'ABCDEFGHIJ'[policy]}*`],
      Resource: [
        `arn:aws:${service}:*:${ACCOUNT}:team-${policy}*`,
        `arn:aws:${service}:::team-${policy}*`,
        ...(index % 3 === 0 ? ['*'] : []),
      ],
      Condition: {
        StringLike: { 'aws:RequestedRegion': ['eu-*', `us-east-${policy % 3}`] },
        IpAddress: { 'aws:SourceIp': [`10.${policy}.${index}.0/24`] },
      },
    })),
  );
}

function scenario(...policies: readonly (readonly object[])[]): Scenario {
  return {
    id: 0,
    principal: { kind: 'role-session', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/run1`, account: ACCOUNT },
    action: 's3:GetObject',
    resource: '*',
    resourceAccount: ACCOUNT,
    context: { 'aws:RequestedRegion': 'eu-west-1', 'aws:SourceIp': '10.1.1.1' },
    identity: policies.map((Statement) => ({ Version: '2012-10-17', Statement })),
  };
}

function timed(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** What the engine promises of its speed. */
export function speedGoals(): Goal[] {
  const perSecond = decisionsPerSecond();
  return [
    {
      goal: 'decide >= 200,000 requests/s on one statement',
      met: perSecond >= 200_000,
      found: `${Math.round(perSecond).toLocaleString('en')}/s`,
    },
    ...timeEnumerations().map(({ what, ours, theirs, ratio }) => ({
      goal: `enumerate ${what} over every action >= 10 x faster than the simulator`,
      met: ratio >= 10,
      found: `${ours.toFixed(1)} ms against ${theirs.toFixed(0)} ms: ${ratio.toFixed(0)} x`,
    })),
  ];
}

if (require.main === module) exitWith(speedGoals());
