// Types alone: constructs name them in what the package publishes, where no file of facts and no SDK may be needed to read them.

/** A thing with an access policy, by the name that the catalog gives it. */
export type PolicyType =
  | 'project'
  | 'storage-bucket'
  | 'storage-managed-folder'
  | 'bigquery-dataset'
  | 'bigquery-table'
  | 'bigtable-table'
  | 'pubsub-topic'
  | 'pubsub-subscription'
  | 'cloud-tasks-queue'
  | 'secret'
  | 'regional-secret'
  | 'crypto-key'
  | 'reasoning-engine'
  | 'cloud-run-service'
  | 'cloud-run-job'
  | 'log-view'
  | 'service-account';

/** A thing with an access policy, as its `_iam_member` resource names it; every field is known once it is deployed. */
export interface PolicyPlace {
  readonly type: PolicyType;
  readonly fields: Readonly<Record<string, string>>;
}

/** One role of one member, under its condition. */
export interface Grant {
  readonly role: string;
  readonly condition?: { readonly title: string; readonly expression: string };
}
