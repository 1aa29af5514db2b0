import type { Construct } from 'constructs';
import { TerraformProvider, TerraformResource } from './core';

export interface RawProviderProps {
  /** Local name, for example `msgraph`. */
  readonly name: string;
  /** Registry source, for example `microsoft/msgraph`. */
  readonly source: string;
  /** Version constraint. */
  readonly version: string;
  /** Arguments of the provider block. @default - none */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A provider without a generated package: what is given is what the provider block holds. */
export class RawProvider extends TerraformProvider {
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
}

export interface RawResourceProps {
  /** Type, for example `msgraph_resource`. */
  readonly type: string;
  /** Local name of its provider, for example `msgraph`. */
  readonly providerName: string;
  /** Arguments in Terraform's own spelling. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** @default - the provider's default instance */
  readonly provider?: TerraformProvider;
}

/** A resource without a generated class, for what landed after the provider packages were frozen. */
export class RawResource extends TerraformResource {
  private readonly attributes: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, props: RawResourceProps) {
    super(scope, id, {
      terraformResourceType: props.type,
      terraformGeneratorMetadata: { providerName: props.providerName },
      ...(props.provider ? { provider: props.provider } : {}),
    });
    this.attributes = props.attributes;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.attributes };
  }
}
