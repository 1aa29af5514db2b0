import { plain, wrap } from './text';

/** How a paragraph is laid out. Text is broken before it is painted, so that colour codes count for no width. */
export interface Paragraph {
  /** Spaces before every line. @default 0 */
  readonly indent?: number;
  /** Stands before the first line; the rest is indented past it. @default - nothing */
  readonly lead?: string;
  /** Colours the text. @default - no colour */
  readonly paint?: (text: string) => string;
  /** Colours the lead. @default - no colour */
  readonly paintLead?: (text: string) => string;
}

const asIs = (text: string): string => text;

/** Lines of text for a terminal: indented, and broken at its width with a hanging indent. */
export class Lines {
  private readonly lines: string[] = [];

  constructor(private readonly width: number) {}

  /** Adds one paragraph. */
  add(text: string, { indent = 0, lead = '', paint = asIs, paintLead = asIs }: Paragraph = {}): this {
    const before = ' '.repeat(indent);
    const room = Math.max(this.width - indent - lead.length, 20);
    wrap(plain(text), room).forEach((line, index) => {
      this.lines.push(`${before}${index === 0 ? paintLead(lead) : ' '.repeat(lead.length)}${paint(line)}`.trimEnd());
    });
    return this;
  }

  /** Adds an empty line, unless there is one already. */
  gap(): this {
    if (this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
    return this;
  }

  /** Adds what was laid out elsewhere. */
  raw(text: string): this {
    this.lines.push(...text.split('\n'));
    return this;
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}
