/** Reads the names of browsers; a function has none. */
export function parse() {
  return {};
}

export default { parse };
