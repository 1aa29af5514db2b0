/** A condition of a role assignment, taken apart. */
export type AbacExpression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly AbacExpression[] }
  | { readonly kind: 'not'; readonly part: AbacExpression }
  | { readonly kind: 'action'; readonly patterns: readonly string[] }
  | { readonly kind: 'sub-operation'; readonly patterns: readonly string[] }
  | {
      readonly kind: 'test';
      readonly attribute: string;
      readonly operator: string;
      readonly values: readonly string[];
      readonly text: string;
    }
  | { readonly kind: 'opaque'; readonly text: string };

const TOKEN =
  /\s*(\(|\)|!|\bAND\b|\bOR\b|\bNOT\b|&&|\|\||(?:ActionMatches|SubOperationMatches)\s*\{[^}]*\}|(?:Exists|NotExists)\s*@\w+\[[^\]]*\]|@\w+\[[^\]]*\](?:\s*<\$[^>]*\$>)?\s*[\w:]+\s*(?:\{[^}]*\}|'(?:[^'\\]|\\.)*'|@\w+\[[^\]]*\]|[\w.-]+))/y;

/**
 * Takes a condition apart. What is not understood stays as a text that is not decided.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/conditions-format
 */
export function parseAbac(text: string): AbacExpression {
  const known = parsed.get(text) ?? parse(text);
  parsed.set(text, known);
  return known;
}

const parsed = new Map<string, AbacExpression>();

function parse(text: string): AbacExpression {
  const tokens = tokenise(text);
  if (!tokens) return { kind: 'opaque', text };
  const parser = new Parser(tokens);
  const expression = parser.or();
  return expression && parser.isDone ? expression : { kind: 'opaque', text };
}

function tokenise(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  while (end < text.trimEnd().length) {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    if (!match?.[1]) return undefined;
    tokens.push(match[1]);
    end = TOKEN.lastIndex;
  }
  return tokens;
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  get isDone(): boolean {
    return this.at === this.tokens.length;
  }

  or(): AbacExpression | undefined {
    return this.list('or', /^(OR|\|\|)$/, () => this.and());
  }

  private and(): AbacExpression | undefined {
    return this.list('and', /^(AND|&&)$/, () => this.unary());
  }

  private list(kind: 'and' | 'or', operator: RegExp, next: () => AbacExpression | undefined): AbacExpression | undefined {
    const first = next();
    if (!first) return undefined;
    const parts = [first];
    while (operator.test(this.tokens[this.at] ?? '')) {
      this.at += 1;
      const part = next();
      if (!part) return undefined;
      parts.push(part);
    }
    return parts.length === 1 ? first : { kind, parts };
  }

  private unary(): AbacExpression | undefined {
    const token = this.tokens[this.at];
    if (token === undefined) return undefined;
    this.at += 1;
    if (token === '!' || token === 'NOT') {
      const part = this.unary();
      return part && { kind: 'not', part };
    }
    if (token !== '(') return leaf(token);
    const inner = this.or();
    if (this.tokens[this.at] !== ')') return undefined;
    this.at += 1;
    return inner;
  }
}

function leaf(token: string): AbacExpression | undefined {
  const matches = /^(ActionMatches|SubOperationMatches)\s*\{([^}]*)\}$/.exec(token);
  if (matches) return { kind: matches[1] === 'ActionMatches' ? 'action' : 'sub-operation', patterns: valuesOf(matches[2] ?? '') };
  const test = /^(@\w+\[[^\]]*\])\s*([\w:]+)\s*(.*)$/s.exec(token);
  if (!test || test[3]?.startsWith('@')) return { kind: 'opaque', text: token };
  const [, attribute = '', operator = '', value = ''] = test;
  return { kind: 'test', attribute, operator, values: valuesOf(value.startsWith('{') ? value.slice(1, -1) : value), text: token.trim() };
}

function valuesOf(text: string): readonly string[] {
  return (text.match(/'(?:[^'\\]|\\.)*'|[^\s,']+/g) ?? []).map((value) => value.replace(/^'|'$/g, '').replace(/\\(.)/g, '$1'));
}
