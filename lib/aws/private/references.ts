import { CfnElement, CfnResource, DefaultTokenResolver, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A value that may hold tokens, as a person reads it. */
export interface Readable {
  /** The value with every token replaced: `${Agents/Bucket/Resource.Arn}`, `${AWS::Region}`. */
  readonly text: unknown;
  /** What those tokens refer to. */
  readonly references: readonly Reference[];
}

/** Reads a value that may hold tokens. */
export function readable(value: unknown, scope: IConstruct): Readable {
  const resolver = new ReferenceCollector();
  const text: unknown = Tokenization.resolve(value, { scope, resolver, preparing: false });
  return { text, references: resolver.found };
}

/** Every reference to another construct inside a value that may hold tokens. */
export function referencesIn(value: unknown, scope: IConstruct): readonly Reference[] {
  return readable(value, scope).references;
}

/** A value that may hold tokens, as one text. */
export function textOf(value: unknown, scope: IConstruct): string {
  const { text } = readable(value, scope);
  return typeof text === 'string' ? text : (JSON.stringify(text) ?? '');
}

/** Keeps the references it meets, and replaces them by a text. */
class ReferenceCollector extends DefaultTokenResolver {
  readonly found: Reference[] = [];

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(...[token, context, postProcessor]: Parameters<DefaultTokenResolver['resolveToken']>): unknown {
    if (!Reference.isReference(token)) return intrinsicText(super.resolveToken(token, context, postProcessor));
    this.found.push(token);
    return `\${${token.target.node.path}.${token.displayName}}`;
  }
}

/** An intrinsic function as a text; any other value as it is. */
function intrinsicText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [first, ...more] = Object.entries(value);
  if (!first || more.length > 0) return value;
  if (first[0] === 'Ref') return `\${${first[1]}}`;
  return first[0].startsWith('Fn::') ? JSON.stringify(value) : value;
}

/** Whether making an element waits, through whatever else, for an element that `isGoal` names. */
export function waitsFor(element: CfnElement, isGoal: (element: CfnElement) => boolean, seen: Set<CfnElement> = new Set()): boolean {
  if (isGoal(element)) return true;
  if (seen.has(element)) return false;
  seen.add(element);
  const referred = referencesIn(element._toCloudFormation(), element).map(({ target }) => target);
  const after = CfnResource.isCfnResource(element) ? element.obtainDependencies() : [];
  return [...referred, ...after].some((next) => CfnElement.isCfnElement(next) && waitsFor(next, isGoal, seen));
}
