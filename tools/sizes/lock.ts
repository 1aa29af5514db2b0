import type { SizeRule } from './check';

/** An entry of a lock file, as far as it matters here. */
export interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Builds for a platform that a package names by exact version, and the lock file does not hold. */
export function missingPlatforms(packages: Readonly<Record<string, LockedPackage>>): { name: string; version: string; dev: boolean }[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name, version]) => /^\d/.test(version) && !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
      )
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** `npm ci` refuses a lock file that leaves out a platform, on every platform. */
export const lock: SizeRule = (files) => {
  const file = files.find(({ path }) => path === 'package-lock.json');
  const { packages = {} } = JSON.parse(file?.text ?? '{}') as { packages?: Record<string, LockedPackage> };
  const problems = missingPlatforms(packages).map(({ name, version }) => ({
    where: 'package-lock.json:1',
    message: `${name} ${version} is missing; run node --import tsx tools/lock-platforms.ts`,
  }));
  return [{ rule: 'platforms missing in the lock file', limit: '0', found: `${problems.length}`, problems }];
};
