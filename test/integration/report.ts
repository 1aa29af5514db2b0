/** What became of each check: printed as it happens, counted at the end. */
export class Report {
  private passed = 0;
  private failed = 0;
  private skipped = 0;

  /** Runs one check; what it throws is its failure. */
  async check(name: string, run: () => Promise<void> | void): Promise<void> {
    const start = performance.now();
    try {
      await run();
      this.passed += 1;
      print('ok', name, `${((performance.now() - start) / 1000).toFixed(1)} s`);
    } catch (error) {
      this.failed += 1;
      print('FAIL', name, error instanceof Error ? error.message : String(error));
    }
  }

  /** Says which check did not run, and why. */
  skip(name: string, reason: string): void {
    this.skipped += 1;
    print('skip', name, reason);
  }

  /** Prints the last line, which `.ci/run` reads, and gives the exit code. */
  end(): number {
    if (this.skipped > 0) process.stdout.write(`${this.skipped} skipped, each named above\n`);
    process.stdout.write(`${this.passed} passed, ${this.failed} failed\n`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

function print(verdict: string, name: string, detail: string): void {
  const [first = '', ...rest] = detail.trimEnd().split('\n');
  process.stdout.write(`${verdict.padEnd(5)}${name} (${first})\n${rest.map((line) => `       ${line}\n`).join('')}`);
}

/** Fails the check with what was expected and what was found. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}\nexpected ${b}\nfound    ${a}`);
}
