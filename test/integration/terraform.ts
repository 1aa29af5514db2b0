import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemsOf } from '../setup/terraform-schema';
import { run, works } from './command';
import type { Report } from './report';
import { type Synthesised, terraformStacks } from './synthesised';

const REGISTRY = 'https://registry.terraform.io/.well-known/terraform.json';
const REGISTRY_TIMEOUT = 5_000;

/**
 * Every stack of the examples is judged by the providers' own schemas, as a fixture has them. Terraform reads each, too; and where its registry can be reached, it
 * validates each against the provider itself.
 */
export async function checkTerraform(report: Report): Promise<void> {
  const installed = await works('terraform', ['version']);
  const reachable = installed && (await registryReachable());
  for (const stack of terraformStacks()) {
    await report.check(`the providers' schemas take ${stack.name}`, async () => {
      const problems = problemsOf(JSON.parse(readFileSync(stack.file, 'utf8')));
      if (problems.length > 0) throw new Error(problems.join('\n'));
    });
    const reads = `terraform reads ${stack.name}`;
    const validates = `terraform validate ${stack.name}`;
    if (!installed) {
      report.skip(reads, 'no terraform on this machine');
      report.skip(validates, 'no terraform on this machine');
      continue;
    }
    await report.check(reads, () => readsWithoutProviders(stack));
    if (reachable) await report.check(validates, () => inCopy(stack, validate));
    else report.skip(validates, 'the registry of Terraform providers cannot be reached from this machine');
  }
}

async function registryReachable(): Promise<boolean> {
  return fetch(REGISTRY, { signal: AbortSignal.timeout(REGISTRY_TIMEOUT) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** What needs no provider: the blocks are known, and every string parses as a template. */
async function readsWithoutProviders(stack: Synthesised): Promise<void> {
  await inCopy(stack, async (folder) => void (await run('terraform', ['providers'], { cwd: folder })));
  const strings = stringsOf(JSON.parse(readFileSync(stack.file, 'utf8')));
  const heredocs = strings.map((text, index) => `s${index} = <<-AGENTIC_IAM_END\n${text}\nAGENTIC_IAM_END\n`);
  await run('terraform', ['fmt', '-no-color', '-'], { input: heredocs.join('') });
}

async function validate(folder: string): Promise<void> {
  await run('terraform', ['init', '-backend=false', '-input=false', '-no-color'], { cwd: folder });
  await run('terraform', ['validate', '-no-color'], { cwd: folder });
}

/** Works on a copy, so that what Terraform writes stays out of the synthesised output; without backend, which init would set up. */
async function inCopy(stack: Synthesised, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-tf-'));
  try {
    const { terraform, ...rest } = JSON.parse(readFileSync(stack.file, 'utf8')) as { terraform: Record<string, unknown> };
    const { backend: _backend, ...settings } = terraform;
    writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ ...rest, terraform: settings }));
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : stringsOf(inner)));
}
