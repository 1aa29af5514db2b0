import { CfnElement, CfnResource, DefaultTokenResolver, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Every reference to another construct inside a value that may hold tokens. */
export function referencesIn(value: unknown, scope: IConstruct): readonly Reference[] {
  const resolver = new ReferenceCollector();
  Tokenization.resolve(value, { scope, resolver, preparing: false });
  return resolver.found;
}

/** The value with every token replaced by what a person reads: `${Logical.Arn}`, `${AWS::Region}`. */
export function textOf(value: unknown, scope: IConstruct): string {
  const resolved: unknown = Tokenization.resolve(value, { scope, resolver: new ReferenceCollector(), preparing: false });
  return typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
}

/** Keeps the references it meets, and replaces them by a text. */
class ReferenceCollector extends DefaultTokenResolver {
  readonly found: Reference[] = [];

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(...[token, context, postProcessor]: Parameters<DefaultTokenResolver['resolveToken']>): unknown {
    if (!Reference.isReference(token)) return readable(super.resolveToken(token, context, postProcessor));
    this.found.push(token);
    return `\${${token.target.node.path}.${token.displayName}}`;
  }
}

/** `Ref` of a pseudo parameter as a person writes it; any other value as it is. */
function readable(value: unknown): unknown {
  const ref = typeof value === 'object' && value !== null && 'Ref' in value ? value.Ref : undefined;
  return typeof ref === 'string'
    ? `\${${ref}}`
    : typeof value === 'object' && value !== null && isIntrinsic(value)
      ? JSON.stringify(value)
      : value;
}

function isIntrinsic(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] ?? '').startsWith('Fn::');
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
