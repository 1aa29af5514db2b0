import { type Fields, fieldsOf, follow, textOf } from '../../core/json-fields';

/** The first of several members that is text: the same field has another name in Log Analytics, in an export and in Event Hubs. */
export function firstText(row: Fields, ...paths: readonly string[]): string | undefined {
  return paths.map((path) => textOf(follow(row, path))).find((text) => text !== undefined);
}

/** A member that is an object, or text that holds one, as Log Analytics exports it. */
export function objectIn(row: Fields, ...names: readonly string[]): Fields | undefined {
  for (const name of names) {
    const value = row[name];
    const found = typeof value === 'string' ? parsed(value) : fieldsOf(value);
    if (found) return found;
  }
  return undefined;
}

function parsed(text: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A number, or text that is one. */
export function numberIn(row: Fields, ...paths: readonly string[]): number | undefined {
  const value = paths.map((path) => follow(row, path)).find((one) => one !== undefined && one !== null && one !== '');
  return value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);
}

/** Names of resources count in any case, and logs write them in several. */
export const lower = (id: string): string => id.toLowerCase();

/** An address without the port that some logs add. */
export function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
