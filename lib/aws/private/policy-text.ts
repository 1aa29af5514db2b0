import { App, DefaultTokenResolver, type IResolvable, Reference, StringConcat, Token, Tokenization } from 'aws-cdk-lib';

/**
 * What IAM takes in a policy document. What it does not take, it refuses only at deployment.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export function isPolicyText(value: string): boolean {
  return !/[\u0100-\uffff]/.test(value);
}

/** What of a value is written out, be it within `Fn.join` or `Fn.sub`, with a blank for whatever is not known yet. */
export function written(value: string): string {
  if (!Token.isUnresolved(value)) return value;
  const blanked = Tokenization.reverseString(value).mapTokens({ mapToken: (token) => writtenIn(token) });
  return String(blanked.join({ join: (left, right) => `${left}${right}` }));
}

/** Resolving needs a place; what is written is the same in all. */
let anywhere: App | undefined;

/** Every ARN holds the same few tokens. */
const KNOWN = new WeakMap<IResolvable, string>();

function writtenIn(token: IResolvable): string {
  const known = Reference.isReference(token) ? BLANK : (KNOWN.get(token) ?? resolveText(token));
  KNOWN.set(token, known);
  return known;
}

function resolveText(token: IResolvable): string {
  anywhere ??= new App({ autoSynth: false });
  try {
    const text: unknown = Tokenization.resolve(token, { scope: anywhere, resolver: new Blanks(), preparing: false });
    return typeof text === 'string' ? text : BLANK;
  } catch {
    // A value that asks for its stack is not written out.
    return BLANK;
  }
}

const BLANK = ' ';

/** Replaces references by blanks, and intrinsic functions by what is written in them. */
class Blanks extends DefaultTokenResolver {
  constructor() {
    super(new StringConcat());
  }

  override resolveToken(...[token, context, postProcessor]: Parameters<DefaultTokenResolver['resolveToken']>): unknown {
    return Reference.isReference(token) ? BLANK : typed(super.resolveToken(token, context, postProcessor));
  }
}

function typed(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::Sub') {
    const [template, given] = (Array.isArray(argument) ? argument : [argument]) as readonly unknown[];
    const values = Object.values((given ?? {}) as Readonly<Record<string, unknown>>).map(typed);
    return [String(template).replace(/\$\{[^}]*\}/g, BLANK), ...values].join(BLANK);
  }
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) return argument[1].map(typed).join(String(argument[0]));
  return BLANK;
}
