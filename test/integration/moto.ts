import { join } from 'node:path';
import { run } from './command';
import type { Python } from './python';
import type { Report } from './report';
import { cloudFormationTemplates, manifests } from './synthesised';

/** What moto_stacks.py says of one check. */
interface Result {
  readonly name: string;
  readonly problem?: string | null;
  readonly skipped?: string;
}

/** Every stack of the examples can be created, and every agent's role is there with path, boundary, trust and policies. */
export async function checkMoto(report: Report, python: Python): Promise<void> {
  const templates = cloudFormationTemplates();
  const agents = manifests('cdk.out')
    .flatMap((manifest) => manifest.agents)
    .filter((agent) => agent.cloud === 'aws' && agent.access.length > 0)
    .map(({ name, fleet, identity }) => ({ name, fleet, role: identity.name }));
  if ('missing' in python) {
    for (const { name } of templates) report.skip(`moto creates ${name}`, python.missing);
    for (const { name, fleet } of agents) report.skip(`moto role ${fleet}/${name}`, python.missing);
    return;
  }
  const request = JSON.stringify({ templates: templates.map(({ file }) => file), agents });
  let results: Result[] = [];
  await report.check('moto server runs', async () => {
    const output = await run(python.bin('python'), [join(__dirname, 'moto_stacks.py')], { input: request });
    results = JSON.parse(output.slice(output.indexOf('[')));
  });
  for (const { name, problem, skipped } of results) {
    if (skipped) report.skip(name, skipped);
    else
      await report.check(name, () => {
        if (problem) throw new Error(problem);
      });
  }
}
