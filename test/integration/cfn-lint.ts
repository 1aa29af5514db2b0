import { run } from './command';
import type { Python } from './python';
import type { Report } from './report';
import { cloudFormationTemplates } from './synthesised';

/** A function of the CDK waits for its role although it refers to it. */
const THE_CDKS_OWN = 'W3005';

/** Every template of the examples is what CloudFormation's own schema allows, warnings included. */
export async function checkCfnLint(report: Report, python: Python): Promise<void> {
  for (const { name, file } of cloudFormationTemplates()) {
    const title = `cfn-lint ${name}`;
    if ('missing' in python) report.skip(title, python.missing);
    else
      await report.check(
        title,
        async () =>
          void (await run(python.bin('cfn-lint'), [
            '--non-zero-exit-code',
            'warning',
            '--ignore-checks',
            THE_CDKS_OWN,
            '--template',
            file,
          ])),
      );
  }
}
