import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnIndex } from 'aws-cdk-lib/aws-s3vectors';
import type { BoundResource } from '../../../core/access-plan';
import { invalidBinding } from '../../../core/native-errors';
import { everyOneOf, exact, keyThrough, literal, literals, on, regionOf, subjectOf } from './shared';

export interface BucketOptions {
  /**
   * Beginning of the keys the agent may use, for example `invoices/`. It is matched as text: without the final slash,
   * `invoices` also admits `invoices-old/`. @default - every object of the bucket
   */
  readonly prefix?: string;
  /** Key that encrypts the objects, where the bucket reference does not know it. @default - the bucket's own key, if it has one */
  readonly key?: IKey;
}

/**
 * The ARN of a bucket names no account, so the owner is a condition: a bucket deleted and made again elsewhere is not reached.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
export function bindBucket(bucket: IBucket, options: BucketOptions): BoundResource {
  const subject = subjectOf('bucket', bucket);
  const arn = exact(subject, 'bucketArn', bucket.bucketArn);
  const prefix = options.prefix === undefined ? '' : checkPrefix(subject, options.prefix);
  const owner = { StringEquals: { 'aws:ResourceAccount': bucket.env.account } };
  const listing = prefix ? { ...owner, StringLike: { 's3:prefix': `${prefix}*` } } : owner;
  return {
    kind: 'bucket',
    targets: {
      listing: on(arn, listing),
      objects: on(`${arn}/${prefix}*`, owner),
      ...keyThrough('s3', options.key ?? bucket.encryptionKey, bucket.env),
    },
  };
}

function checkPrefix(subject: string, prefix: string): string {
  const checked = literal(subject, 'prefix', prefix);
  if (!checked.startsWith('/')) return checked;
  const fix = `use '${checked.replace(/^\/+/, '')}'`;
  throw invalidBinding(subject, {
    rule: "needs 'prefix' to begin as the keys do",
    reason: 'keys begin with no slash, so it would match nothing',
    value: prefix,
    fix,
  });
}

export interface TableOptions {
  /** Names of the secondary indexes the agent may query. @default - none */
  readonly indexes?: readonly string[];
  /** The one partition key value the agent may reach. @default - every item of the table */
  readonly partition?: string;
  /** Whether reading by key may also be done in batches. @default false */
  readonly batch?: boolean;
  /** Key that encrypts the table, where the table reference does not know it. @default - the table's own key, if it has one */
  readonly key?: IKey;
}

export function bindTable(table: ITable, options: TableOptions): BoundResource {
  const subject = subjectOf('table', table);
  const arn = exact(subject, 'tableArn', table.tableArn);
  const partition =
    options.partition === undefined ? undefined : everyOneOf('dynamodb:LeadingKeys', [literal(subject, 'partition', options.partition)]);
  const indexes = options.indexes && literals(subject, 'indexes', options.indexes).map((name) => `${arn}/index/${name}`);
  return {
    kind: 'table',
    targets: {
      table: on(arn, partition),
      ...(options.batch ? { batch: on(arn, partition) } : {}),
      ...(indexes ? { indexes: on(indexes, partition) } : {}),
      // A table imported by its ARN says that it lives in the region of the stack, whatever the ARN says.
      ...keyThrough('dynamodb', options.key ?? table.encryptionKey, { region: regionOf(arn) ?? table.env.region }),
    },
  };
}

export interface VectorIndexOptions {
  /** Key that encrypts the vector bucket. @default - none of your own */
  readonly key?: IKey;
}

export function bindVectorIndex(index: CfnIndex, options: VectorIndexOptions): BoundResource {
  const arn = exact(subjectOf('vector index', index), 'attrIndexArn', index.attrIndexArn);
  return { kind: 'vector-index', targets: { index: on(arn), ...keyThrough('s3vectors', options.key, index.env) } };
}
