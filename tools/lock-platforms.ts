// Completes package-lock.json after `npm install` against a registry that lacks the builds for other platforms: npm then
// leaves them out, and `npm ci` refuses the lock file. Their versions are exact in the package that names them, and their
// names say which platform they are for. Run: node --import tsx tools/lock-platforms.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, missingPlatforms } from './sizes/lock';

const FILE = join(__dirname, '..', 'package-lock.json');

interface Lock {
  readonly packages: Record<string, LockedPackage>;
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

function main(): void {
  const lock = JSON.parse(readFileSync(FILE, 'utf8')) as Lock;
  const added = missingPlatforms(lock.packages);
  for (const { name, version, dev } of added) lock.packages[`node_modules/${name}`] = entryOf(name, { version, dev });
  const ordered = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(ordered) }, undefined, 2)}\n`);
  process.stdout.write(`${added.length} packages of other platforms added to package-lock.json\n`);
}

/** The entry npm would write, but for the checksum, which only the registry knows. */
function entryOf(name: string, { version, dev }: { version: string; dev: boolean }): LockedPackage {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.filter((one) => words.includes(one));
  const cpu = PROCESSORS.filter((one) => words.includes(one));
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(`the platform of '${name}' cannot be read from its name; add it to package-lock.json by hand`);
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined;
  return { version, cpu, ...(dev ? { dev } : {}), ...(libc ? { libc } : {}), optional: true, os };
}

main();
