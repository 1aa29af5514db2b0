import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The project's root folder. */
export const ROOT = join(__dirname, '..', '..');

export interface CommandOptions {
  /** @default - the project's root */
  readonly cwd?: string;
  /** Text for its standard input. @default - none */
  readonly input?: string;
  /** @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is stopped. @default 300000 */
  readonly timeout?: number;
}

/** Runs a program and gives what it printed; a failure carries the end of all it said. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, all } = await collect(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${code}\n${all.split('\n').slice(-40).join('\n')}`);
}

/** Whether a program starts and ends well. */
export async function works(command: string, args: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  return collect(command, args, options).then(
    ({ code }) => code === 0,
    () => false,
  );
}

function collect(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<{ code: number | string; stdout: string; all: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      timeout: options.timeout ?? 300_000,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      all += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? `signal ${signal}`, stdout, all }));
  });
}
