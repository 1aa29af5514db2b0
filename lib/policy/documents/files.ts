import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unreadableInput } from '../../core/review-errors';
import { parseText } from './json-text';

/** A folder on disk, and what people call it. */
export class Folder {
  /**
   * @param path where it is
   * @param shown what it is called in reports and errors; nothing for files that are only named by themselves
   */
  constructor(
    private readonly path: string,
    private readonly shown: string = path,
  ) {}

  /** What a file of it is called. */
  nameOf(file: string): string {
    return this.shown === '' ? file : join(this.shown, file);
  }

  has(file: string): boolean {
    return existsSync(join(this.path, file));
  }

  /** A folder inside. */
  below(name: string): Folder {
    return new Folder(join(this.path, name), this.nameOf(name));
  }

  /** Names of the folders inside, sorted. */
  folders(): readonly string[] {
    return readdirSync(this.path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  }

  /** Names of the files inside, sorted. */
  files(): readonly string[] {
    return readdirSync(this.path, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  }

  /**
   * The JSON of a file.
   * @throws AgenticIamError where it is missing or no JSON
   */
  json(file: string): unknown {
    return readJson(join(this.path, file), this.nameOf(file));
  }
}

/**
 * The JSON of one file.
 * @throws AgenticIamError where it is missing or no JSON
 */
export function readJson(path: string, shown: string = path): unknown {
  const parsed = parseText(shown, readText(path, shown));
  return 'json' in parsed ? parsed.json : parsed.lines.map(({ json }) => json);
}

/**
 * The text of one file.
 * @throws AgenticIamError where it can not be read
 */
export function readText(path: string, shown: string = path): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadableInput(shown, {
      rule: 'must be a file that can be read',
      reason: whyNot(error),
      fix: 'give the path of a file that exists',
    });
  }
}

/**
 * Whether a path is a folder.
 * @throws AgenticIamError where nothing is there
 */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadableInput(path, {
      rule: 'must be a file or folder that exists',
      reason: whyNot(error),
      fix: 'run synth first, or give another path',
    });
  }
}

function whyNot(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is none of that name';
  if (code === 'EACCES') return 'it is not allowed to be read';
  return code ?? String(error);
}
