// The only door to cdktf: its core is frozen and may be replaced by a fork of the same shape, so the rest of lib goes through here.
export {
  Aspects,
  AssetType,
  Fn,
  type IResolvable,
  type ITerraformDependable,
  Lazy,
  TerraformAsset,
  TerraformElement,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  type TerraformResourceLifecycle,
  TerraformStack,
  TerraformVariable,
  Token,
  Tokenization,
} from 'cdktf';

/** Turns the tokens inside a value into what the template of this construct's stack will hold. */
export { resolveTokens } from './resolve';
