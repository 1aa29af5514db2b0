import type { Problem, SizeRule } from './check';
import type { SourceFile } from './files';
import { lineAt } from './files';

/** Folders of the machine somebody worked on. Written apart, so that this file does not match itself. */
const MACHINE_PATH = new RegExp(`(?<![\\w.~)}-])/(${['work', 'root', 'home', 'Users'].join('|')})/[\\w.-]`, 'g');
/** A lock file that says where packages came from works on one network only. */
const RESOLVED = /"resolved": *"[^"]*:\/\//g;

/** The project works on a machine that is not ours. */
export const portable: SizeRule = (files) => {
  const paths = files
    .filter(({ path }) => path !== 'package-lock.json')
    .flatMap((file) => matches(file, MACHINE_PATH, 'path of one machine'));
  const hosts = files
    .filter(({ path }) => path === 'package-lock.json' || path.endsWith('.npmrc'))
    .flatMap((file) => [...matches(file, RESOLVED, 'registry host'), ...matches(file, /^ *registry *=/gm, 'registry host')]);
  return [
    { rule: 'paths of one machine', limit: '0', found: `${paths.length}`, problems: paths },
    { rule: 'registry hosts in the lock file', limit: '0', found: `${hosts.length}`, problems: hosts },
  ];
};

function matches(file: SourceFile, pattern: RegExp, message: string): Problem[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    where: `${file.path}:${lineAt(file.text, match.index)}`,
    message: `${message}: ${match[0].trim()}`,
  }));
}
