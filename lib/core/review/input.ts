/** One document to review, already parsed. Reading files is the caller's. */
export interface ReviewInput {
  /** `terraform-stack` is what cdktf writes (`cdk.tf.json`); `terraform-plan` is `terraform show -json`; `resources` is an array of lines; `principals` a list of ids. */
  readonly kind:
    | 'template'
    | 'terraform-stack'
    | 'terraform-plan'
    | 'account-details'
    | 'resources'
    | 'manifest'
    | 'governance'
    | 'principals';
  /** File it came from, as a person would name it. */
  readonly file: string;
  readonly json: unknown;
  /** What is known of the stack. @default - nothing */
  readonly stack?: {
    readonly name: string;
    readonly account?: string;
    readonly region?: string;
    /** Construct path by logical id. */
    readonly constructPaths?: Readonly<Record<string, string>>;
  };
}
