import type { Construct, IConstruct } from 'constructs';
import {
  Aspects,
  type ITerraformDependable,
  TerraformProvider,
  TerraformResource,
  type TerraformResourceLifecycle,
  TerraformStack,
} from './core';

export interface RawProviderProps {
  /** Local name, for example `msgraph`. */
  readonly name: string;
  /** Registry source, for example `microsoft/msgraph`. */
  readonly source: string;
  /** Version constraint. */
  readonly version: string;
  /** Arguments of the provider block, in Terraform's own spelling. @default - none */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A provider without a generated package. */
export class RawProvider extends TerraformProvider {
  /**
   * Makes sure the stack has a provider of this name. Decided at synth, when the user's own provider, declared before or
   * after, is known: theirs wins, and only where there is none does an empty block (credentials from the environment) join.
   */
  static ensure(scope: IConstruct, props: RawProviderProps): void {
    const stack = TerraformStack.of(scope);
    const known = ENSURED.get(stack) ?? new Set<string>();
    ENSURED.set(stack, known);
    if (known.has(props.name)) return;
    known.add(props.name);
    Aspects.of(stack).add({
      visit: (node) => {
        if (node === stack && !hasProvider(stack, props.name)) new RawProvider(stack, `${props.name}Provider`, props);
      },
    });
  }

  private readonly config: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, props: RawProviderProps) {
    super(scope, id, {
      terraformResourceType: props.name,
      terraformGeneratorMetadata: { providerName: props.name, providerVersionConstraint: props.version },
      terraformProviderSource: props.source,
    });
    this.config = props.config ?? {};
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.config };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHclAttributes(this.config);
  }
}

const ENSURED = new WeakMap<TerraformStack, Set<string>>();

function hasProvider(stack: TerraformStack, name: string): boolean {
  return stack.node
    .findAll()
    .some((node) => TerraformProvider.isTerraformProvider(node) && node.terraformGeneratorMetadata?.providerName === name);
}

export interface RawResourceProps {
  /** Type, for example `msgraph_resource`. */
  readonly type: string;
  /** Local name of its provider, for example `msgraph`. */
  readonly providerName: string;
  /** Arguments in Terraform's own spelling; written as they are. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** @default - the provider's default instance */
  readonly provider?: TerraformProvider;
  /** What must exist first, beyond what the attributes refer to. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** @default - Terraform's usual life cycle */
  readonly lifecycle?: TerraformResourceLifecycle;
}

/** A resource without a generated class, for what landed after the provider packages were frozen. */
export class RawResource extends TerraformResource {
  private readonly attributes: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, props: RawResourceProps) {
    super(scope, id, {
      terraformResourceType: props.type,
      terraformGeneratorMetadata: { providerName: props.providerName },
      ...(props.provider ? { provider: props.provider } : {}),
      ...(props.dependsOn?.length ? { dependsOn: [...props.dependsOn] } : {}),
      ...(props.lifecycle ? { lifecycle: props.lifecycle } : {}),
    });
    this.attributes = props.attributes;
  }

  /** Reference to the id, `${type.name.id}`. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.attributes };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHclAttributes(this.attributes);
  }
}

// Without a schema every argument is an attribute, never a block: true of what this bridge is used for.
function toHclAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { value, isBlock: false, type: 'any', storageClassType: 'any' }]),
  );
}
