import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { datadogMonitors, splunkSearches } from '../core/alerts/saved-searches';
import { missingManifest } from '../core/errors';
import { MANIFEST_FILE, type Manifest, readManifest } from '../core/manifest';
import { unreadableInput } from '../core/review-errors';
import { DEFAULT_PATHS } from './inputs';
import { type Io, jsonText, writeReport } from './io';

export interface AlertsCommand {
  readonly for: string;
  readonly manifest?: readonly string[];
  readonly out?: string;
}

interface Product {
  readonly file: string;
  readonly make: (manifests: readonly Manifest[]) => string;
  readonly mark: string;
}

const PRODUCTS: Readonly<Record<string, Product>> = {
  splunk: { file: 'savedsearches.conf', make: splunkSearches, mark: 'ocsf:detection_finding' },
  datadog: { file: 'datadog-monitors.json', make: (manifests) => jsonText(datadogMonitors(manifests)), mark: 'agentic-iam' },
};

/** Writes the alerts of a product for the fleets of manifests; prints them where no folder is given. */
export function alerts(command: AlertsCommand, io: Io): number {
  const product = Object.hasOwn(PRODUCTS, command.for) ? PRODUCTS[command.for] : undefined;
  if (!product)
    throw unreadableInput('--for', {
      rule: `must be one of ${Object.keys(PRODUCTS).join(', ')}`,
      value: command.for,
      fix: 'choose one of these',
    });
  const paths = command.manifest ?? DEFAULT_PATHS;
  const files = paths
    .map((path) => (existsSync(path) && statSync(path).isDirectory() ? join(path, MANIFEST_FILE) : path))
    .filter((file) => existsSync(file));
  if (files.length === 0) throw missingManifest(paths);
  const text = product.make(files.map((file) => readManifest(file, readFileSync(file, 'utf8'))));
  if (command.out === undefined) {
    io.out(text);
    return 0;
  }
  mkdirSync(command.out, { recursive: true });
  const path = join(command.out, product.file);
  writeReport(path, text, { what: `file of alerts for ${command.for}`, isOne: (before) => before.includes(product.mark) });
  io.out(`${path}\n`);
  return 0;
}
