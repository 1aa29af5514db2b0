import { checkAzurite } from './azurite';
import { checkCfnLint } from './cfn-lint';
import { checkContainment } from './containment';
import { checkDetector } from './detector';
import { checkGovernor } from './governor';
import { checkCleanUp } from './governor-clean-up';
import { checkHtmlReport } from './html-report';
import { checkMoto } from './moto';
import { checkPackage } from './package';
import { preparePython } from './python';
import { Report } from './report';
import { checkTaskBroker } from './task-broker';
import { checkTerraform } from './terraform';

/** Suites by name; `npm run test:integration -- terraform package` runs those two. */
async function main(names: readonly string[]): Promise<number> {
  const report = new Report();
  const wanted = (name: string) => names.length === 0 || names.includes(name);
  const python = ['cfn-lint', 'moto', 'task-broker', 'detector', 'containment', 'governor'].some(wanted)
    ? await preparePython()
    : { missing: 'not asked for' };
  if (wanted('cfn-lint')) await checkCfnLint(report, python);
  if (wanted('moto')) await checkMoto(report, python);
  if (wanted('task-broker')) await checkTaskBroker(report, python);
  if (wanted('detector')) await checkDetector(report, python);
  if (wanted('containment')) await checkContainment(report, python);
  if (wanted('governor')) {
    await checkGovernor(report, python);
    await checkCleanUp(report, python);
  }
  if (wanted('azurite')) await checkAzurite(report);
  if (wanted('terraform')) await checkTerraform(report);
  if (wanted('html-report')) await checkHtmlReport(report);
  if (wanted('package')) await checkPackage(report);
  return report.end();
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
