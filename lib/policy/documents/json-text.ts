import { unreadableInput } from '../../core/review-errors';

/** JSON that a file holds. `lines` where each line is a document of its own. */
export type ParsedText = { readonly json: unknown } | { readonly lines: readonly ParsedLine[] };

/** One line of JSON Lines. */
export interface ParsedLine {
  /** Its number, from 1; empty lines count. */
  readonly line: number;
  readonly json: unknown;
}

/**
 * Parses JSON or, where that is what it is, JSON Lines.
 * @throws AgenticIamError for everything else, YAML among it
 */
export function parseText(file: string, text: string): ParsedText {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.trim() === '') throw unreadableInput(file, { rule: 'must hold JSON', reason: 'it is empty', fix: 'write the file again' });
  try {
    return { json: JSON.parse(plain) as unknown };
  } catch (error) {
    const lines = linesOf(plain);
    if (lines && lines.length > 1) return { lines: parseLines(file, lines) };
    throw looksLikeYaml(plain) ? yaml(file) : notJson(file, error);
  }
}

/** The lines of a text that may be JSON Lines: each begins and ends like an object. */
function linesOf(text: string): readonly (readonly [number, string])[] | undefined {
  const lines = text.split(/\r?\n/).flatMap((line, index) => (line.trim() === '' ? [] : [[index + 1, line] as const]));
  const [first] = lines;
  if (!first || !/^\s*\{.*\}\s*$/.test(first[1])) return undefined;
  return lines;
}

function parseLines(file: string, lines: readonly (readonly [number, string])[]): readonly ParsedLine[] {
  return lines.map(([number, line]) => {
    try {
      return { line: number, json: JSON.parse(line) as unknown };
    } catch (error) {
      throw notJson(`${file}' line '${number}`, error);
    }
  });
}

function looksLikeYaml(text: string): boolean {
  return /^\s*(---|#|[A-Za-z][\w-]*:(\s|$))/.test(text) && /^[A-Za-z][\w-]*:(\s|$)/m.test(text);
}

function yaml(file: string) {
  return unreadableInput(file, {
    rule: 'must be JSON',
    reason: 'YAML is not read',
    fix: 'give the template that cdk synth writes to cdk.out, or convert the file to JSON first',
  });
}

function notJson(file: string, error: unknown) {
  const said = error instanceof Error ? error.message : String(error);
  return unreadableInput(file, { rule: 'must be JSON', reason: `the parser says: ${said}`, fix: 'write the file again' });
}
