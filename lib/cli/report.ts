import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { missingManifest } from '../core/errors';
import { Severity } from '../core/finding';
import { MANIFEST_FILE, readManifest } from '../core/manifest';
import { renderTerminal } from '../core/report/terminal';
import type { Io } from './io';

export interface ReportOptions {
  /** Print JSON instead of the table. */
  readonly json: boolean;
}

/** Prints the manifests found at the paths; gives the exit code. */
export function report(paths: readonly string[], options: ReportOptions, io: Io): number {
  const files = paths.flatMap(findManifest);
  if (files.length === 0) throw missingManifest(paths);
  const manifests = files.map((file) => readManifest(file, readFileSync(file, 'utf8')));
  if (options.json) {
    io.out(`${JSON.stringify(manifests, undefined, 2)}\n`);
  } else {
    io.out(`${renderTerminal(manifests, { width: io.width, color: io.color })}\n`);
    for (const file of files) io.out(`manifest: ${relative('.', file)}\n`);
  }
  const findings = manifests.flatMap((manifest) => manifest.agents).flatMap((agent) => agent.findings);
  return findings.some((finding) => finding.severity === Severity.ERROR) ? 1 : 0;
}

/** A folder without a manifest is passed over, so that one call serves apps on any of the clouds; a file must exist. */
function findManifest(path: string): string[] {
  if (!existsSync(path)) return [];
  const file = statSync(path).isDirectory() ? join(path, MANIFEST_FILE) : path;
  return existsSync(file) ? [file] : [];
}
