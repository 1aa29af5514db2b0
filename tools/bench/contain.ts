// What containment promises: invariants over random histories, and what it costs beside one bare write of a policy, on a local stand-in.
// Run: npm run bench:contain [histories]
import { execFileSync } from 'node:child_process';
import { CreatePolicyVersionCommand, DeletePolicyVersionCommand } from '@aws-sdk/client-iam';
import { awsClients, deployAgent, deployBase, FLEET, responderOf } from '../../test/integration/containment-account';
import { flakyServer } from '../../test/integration/flaky-server';
import { startMoto } from '../../test/integration/moto-server';
import { preparePython } from '../../test/integration/python';
import { printGoals } from './table';

const RUNS = 30;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The model test with as many histories as are asked for. */
function histories(): void {
  const CONTAINMENT_HISTORIES = process.argv[2] ?? '10000';
  const out = execFileSync('npx', ['jest', '--silent=false', 'test/core/containment/model'], {
    encoding: 'utf8',
    env: { ...process.env, CONTAINMENT_HISTORIES },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found = /(\d+) accidents in (\d+) histories/.exec(out);
  const goal = { goal: `invariants held over >= 10,000 random histories`, found: found?.[0] ?? 'none', met: Number(found?.[2]) >= 10_000 };
  printGoals('histories', [goal]);
}

/** One trigger to a verified brake beside one write of a policy, in one run against the same server. */
async function cost(command: string): Promise<void> {
  const moto = await startMoto(command);
  const serial = await flakyServer(moto.endpoint);
  const counted = await flakyServer(moto.endpoint);
  try {
    const aws = awsClients(moto.endpoint, { changes: counted.endpoint, table: serial.endpoint });
    await deployBase(aws);
    const simulate = async (_role: string, actions: readonly string[]) =>
      actions.map((action) => ({ action, decision: 'explicitDeny' as const }));
    const made = responderOf(aws, { simulate, mostPerHour: RUNS * 2 });
    const writes: number[] = [];
    const brakes: number[] = [];
    let calls = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const agent = `r${run}`;
      const roleArn = await deployAgent(aws, agent);
      const PolicyArn = roleArn.replace(':role/', ':policy/').concat('--brake');
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
      let from = performance.now();
      const { PolicyVersion } = await aws.iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: false }));
      writes.push(performance.now() - from);
      await aws.iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: PolicyVersion?.VersionId }));
      const before = counted.calls();
      const detail = {
        schemaVersion: 1,
        id: agent,
        agent,
        fleet: FLEET,
        signal: 'privilege-escalation',
        rule: 'r',
        basis: 'exact',
        severity: 'critical',
        time: new Date().toISOString(),
        summary: 's',
      };
      from = performance.now();
      await made.handle({ 'detail-type': 'Agent Detection', detail });
      brakes.push(performance.now() - from);
      calls = counted.calls() - before;
      if ((await made.responder.status({ fleet: FLEET, agent }))?.incident?.status !== 'contained')
        throw new Error(`${agent} was not contained`);
    }
    const ratio = median(brakes) / median(writes);
    printGoals('cost on a local stand-in, waits for IAM to spread left out', [
      { goal: 'calls to AWS from trigger to verified brake, records aside', found: `${calls}`, met: calls <= 40 },
      {
        goal: 'time from trigger to verified brake, of one bare policy write',
        found: `${ratio.toFixed(1)} x (${median(brakes).toFixed(0)} ms to ${median(writes).toFixed(0)} ms at the median of ${RUNS})`,
        met: ratio < 100,
      },
    ]);
  } finally {
    counted.stop();
    serial.stop();
    moto.stop();
  }
}

async function main(): Promise<void> {
  histories();
  const python = await preparePython();
  if ('missing' in python) process.stdout.write(`cost: skipped, ${python.missing}\n`);
  else await cost(python.bin('moto_server'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
