import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Packages of PyPI whose code is generated from the same descriptions, where they are ahead of those of npm. Their
// wheels are unpacked into one folder.

export interface PythonPackage {
  /** As PyPI calls it. */
  readonly name: string;
  /** Folder of its code. */
  readonly folder: string;
}

export interface PythonOperation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
}

/** Requests that a package builds. */
export function pythonOperations(root: string, { folder }: PythonPackage): readonly PythonOperation[] {
  const text = readFileSync(join(root, folder, 'operations/_operations.py'), 'utf8');
  return text.split(/\ndef build_/).flatMap((body) => {
    const [, path] = /_url = "([^"]+)"/.exec(body) ?? [];
    const [, method] = /HttpRequest\(method="(\w+)"/.exec(body) ?? [];
    if (path === undefined || method === undefined) return [];
    return [{ method, path, query: [...body.matchAll(/_params\["([^"]+)"\] = /g)].map((match) => match[1] ?? '').sort() }];
  });
}

/** Fields that a class of a package sends, by the names that they have on the wire. */
export function pythonFields(root: string, { folder }: PythonPackage, type: string): readonly string[] {
  const text = readFileSync(join(root, folder, 'models/_models.py'), 'utf8');
  const from = text.slice(text.indexOf(`\nclass ${type}(`) + 1);
  const body = from.slice(0, from.indexOf('\n    def __init__') < 0 ? undefined : from.indexOf('\n    def __init__'));
  return [...body.matchAll(/\n {4}(\w+): [^\n]*rest_field\(([\s\S]*?)\n? *\)\n/g)]
    .filter(([, , options = '']) => options.includes('"create"'))
    .map(([, name = '', options = '']) => /name="([^"]+)"/.exec(options)?.[1] ?? name)
    .sort();
}

/** Page of the version that was read. */
export function pythonSource(root: string, { name, folder }: PythonPackage): string {
  const version = /VERSION = "([^"]+)"/.exec(readFileSync(join(root, folder, '_version.py'), 'utf8'))?.[1] ?? '';
  return `https://pypi.org/project/${name}/${version}/`;
}
