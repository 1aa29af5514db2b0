// How much longer a task's credentials take through the broker than a bare AssumeRole on the same stand-in, and how the handler starts.
// Run: node --import tsx tools/bench/task-broker.ts [command of moto_server, default: moto_server]
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { handlerFolder } from '../../lib/aws/private/handler-code';
import { parameterTemplates, stsAssume } from '../../lib/aws/runtime/task-broker/adapters';
import { issue } from '../../lib/aws/runtime/task-broker/broker';
import { dynamoLedger } from '../../lib/aws/runtime/task-broker/ledger';
import type { BrokerPorts } from '../../lib/aws/runtime/task-broker/ports';
import { clientsOf, deploy, LEDGER, startMoto, TEMPLATE, TEMPLATES } from '../../test/integration/moto-server';
import { type Goal, printGoals } from './table';

const ROUNDS = 400;
const GOAL = 1.5;
const LARGEST = 400_000;

async function times(rounds: number, call: (round: number) => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await call(round);
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function main(): Promise<void> {
  const moto = await startMoto(process.argv[2] ?? 'moto_server');
  try {
    const clients = clientsOf(moto.endpoint);
    await deploy(clients);
    const ports: BrokerPorts = {
      templates: parameterTemplates(clients.ssm, TEMPLATES),
      ledger: dynamoLedger(clients.dynamo, LEDGER),
      assume: stsAssume(clients.sts),
      now: () => new Date(),
      report: () => undefined,
    };
    const caller = { arn: 'arn:aws:iam::123456789012:role/runner' };
    const throughBroker = (round: number) =>
      issue(
        caller,
        { agent: 'desk', template: 'answer', task: `t-${round}`, requestId: `r-${round}`, parameters: { customerId: 'c7' } },
        ports,
      );
    const bare = () =>
      clients.sts.send(
        new AssumeRoleCommand({
          RoleArn: TEMPLATE.roleArn,
          RoleSessionName: 'bench',
          Policy: JSON.stringify(TEMPLATE.policy),
          DurationSeconds: 900,
        }),
      );
    await times(30, (round) => throughBroker(100_000 + round));
    await times(30, bare);
    const [ours, theirs] = [await times(ROUNDS, throughBroker), await times(ROUNDS, bare)];
    const ratio = at(ours, 0.5) / at(theirs, 0.5);
    const file = join(handlerFolder('task-broker'), 'index.js');
    const size = statSync(file).size;
    const env = { ...process.env, TEMPLATES_PATH: '/x', LEDGER_TABLE: 'x', AWS_REGION: 'eu-central-1', NODE_NO_WARNINGS: '1' };
    const script = `const s=performance.now();require(${JSON.stringify(file)});console.log(performance.now()-s)`;
    const starts = Array.from({ length: 9 }, () => Number(execFileSync(process.execPath, ['-e', script], { env }))).sort((a, b) => a - b);
    const shown = (part: number): string => `${at(ours, part).toFixed(1)} ms against ${at(theirs, part).toFixed(1)} ms`;
    const goals: readonly Goal[] = [
      {
        goal: `credentials of a task at most ${GOAL} x a bare AssumeRole at p50`,
        met: ratio <= GOAL,
        found: `${shown(0.5)}: ${ratio.toFixed(2)} x`,
      },
      { goal: 'the same at p99', met: true, found: `${shown(0.99)}, no goal` },
      { goal: `handler at most ${LARGEST} bytes`, met: size <= LARGEST, found: `${size}, packed ${gzipSync(readFileSync(file)).length}` },
      { goal: 'handler loads', met: true, found: `${at(starts, 0.5).toFixed(0)} ms, median of ${starts.length}, no goal` },
    ];
    printGoals('task broker', goals);
    process.exitCode = goals.every(({ met }) => met) ? 0 : 1;
  } finally {
    moto.stop();
  }
}

void main();
