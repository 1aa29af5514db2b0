import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isColorSupported } from 'picocolors';
import { missingManifest } from '../core/errors';
import { Severity } from '../core/finding';
import { MANIFEST_FILE, readManifest } from '../core/manifest';
import { renderTerminal } from '../core/report/terminal';

export interface ReportOptions {
  /** Print JSON instead of the table. */
  readonly json: boolean;
}

/** Width assumed where there is no terminal to ask: a CI log. */
const LOG_WIDTH = 160;

/** Prints the manifests found at the paths; gives the exit code. */
export function report(paths: readonly string[], options: ReportOptions): number {
  const files = paths.flatMap(findManifest);
  if (files.length === 0) throw missingManifest(paths);
  const manifests = files.map((file) => readManifest(file, readFileSync(file, 'utf8')));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(manifests, undefined, 2)}\n`);
  } else {
    const width = process.stdout.columns ?? (Number(process.env['COLUMNS']) || LOG_WIDTH);
    process.stdout.write(`${renderTerminal(manifests, { width, color: isColorSupported })}\n`);
    for (const file of files) process.stdout.write(`manifest: ${relative('.', file)}\n`);
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
