const compiled = new Map<string, RegExp>();

/** Whether a name of an operation, or of a pattern of them, is matched by a pattern. `*` is any text; case does not count. */
export function matchesName(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern.toLowerCase() === name.toLowerCase();
  const known = compiled.get(pattern) ?? new RegExp(`^${pattern.split('*').map(escapeText).join('.*')}$`, 'i');
  compiled.set(pattern, known);
  return known.test(name);
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
}
