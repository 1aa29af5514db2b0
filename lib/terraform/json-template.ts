/**
 * A value as JSON that Terraform fills in: what stands in expressions (`${...}`) is the template's, and is not escaped; all else is.
 *
 * An expression may hold quotes (`${split("/", x)[0]}`), which are no text of the document: escaped, Terraform would not read them. What an expression
 * comes to must not hold any, as names and ids do not.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
 */
export function jsonTemplate(value: unknown): string {
  if (typeof value === 'string') return `"${escaped(value)}"`;
  if (Array.isArray(value)) return `[${value.map(jsonTemplate).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${jsonTemplate(one)}`).join(',')}}`;
}

/** The inside of a JSON string. */
function escaped(text: string): string {
  let written = '';
  let at = 0;
  for (const { index } of text.matchAll(/\$\{/g)) {
    // One that an expression holds was written with it; one that is doubled is text.
    if (index < at || text[index - 1] === '$') continue;
    const end = endOf(text, index + 2);
    written += `${JSON.stringify(text.slice(at, index)).slice(1, -1)}${text.slice(index, end)}`;
    at = end;
  }
  return written + JSON.stringify(text.slice(at)).slice(1, -1);
}

/** Where an expression ends, after its brace; the end of the text where it has none. @param from after its opening */
export function endOf(text: string, from: number): number {
  let depth = 1;
  let at = from;
  while (at < text.length && depth > 0) {
    const one = text[at];
    if (one === '"') at = endOfString(text, at + 1);
    else {
      if (one === '{') depth += 1;
      else if (one === '}') depth -= 1;
      at += 1;
    }
  }
  return at;
}

/** Where a string of an expression ends, after its quote. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('${', at) && text[at - 1] !== '$') at = endOf(text, at + 2);
    else at += 1;
  }
  return at + 1;
}
