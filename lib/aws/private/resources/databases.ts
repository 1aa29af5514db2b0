import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IDatabaseCluster, IDatabaseInstance, IDatabaseProxy } from 'aws-cdk-lib/aws-rds';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { BoundResource } from '../../../core/access-plan';
import { emptyField } from '../../../core/errors';
import { arnOf, exact, literal, literals, on, subjectOf } from './shared';
import { bindBucket } from './storage';

export interface WorkgroupOptions {
  /** Glue database that is queried, by name. */
  readonly database: string;
  /** Its tables that may be queried, by name. */
  readonly tables: readonly string[];
  /** Bucket that holds the data of these tables. @default - none: the data is shared through Lake Formation or bound as a resource of its own */
  readonly data?: IBucket;
  /** Beginning of the keys of that data. @default - every object of the bucket */
  readonly dataPrefix?: string;
  /** Key that encrypts that data, where the bucket reference does not know it. @default - the bucket's own key, if it has one */
  readonly dataKey?: IKey;
}

/** Athena asks for a database of this name in each account and region, whichever is queried. */
const DEFAULT_DATABASE = 'default';

export function bindWorkgroup(workgroup: CfnWorkGroup, options: WorkgroupOptions): BoundResource {
  const subject = subjectOf('workgroup', workgroup);
  const database = literal(subject, 'database', options.database);
  const tables = literals(subject, 'tables', options.tables);
  const glue = (resource: string): string => arnOf('glue', resource, workgroup.env);
  const catalog = glue('catalog');
  const data = options.data && bindBucket(options.data, { prefix: options.dataPrefix, key: options.dataKey });
  return {
    kind: 'workgroup',
    targets: {
      workgroup: on(arnOf('athena', `workgroup/${exact(subject, 'name', workgroup.ref)}`, workgroup.env)),
      databases: on([catalog, ...new Set([DEFAULT_DATABASE, database].map((name) => glue(`database/${name}`)))]),
      tables: on([catalog, glue(`database/${database}`), ...tables.map((table) => glue(`table/${database}/${table}`))]),
      ...data?.targets,
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html */
export function bindDatabaseUser(database: IDatabaseInstance | IDatabaseCluster | IDatabaseProxy, user: string): BoundResource {
  const subject = subjectOf('database', database);
  const id = exact(subject, 'resource id', findResourceId(subject, database));
  const arn = arnOf('rds-db', `dbuser:${id}/${literal(subject, 'user', user)}`, database.env);
  return { kind: 'database-user', targets: { user: on(arn) } };
}

function findResourceId(subject: string, database: IDatabaseInstance | IDatabaseCluster | IDatabaseProxy): string {
  if ('clusterResourceIdentifier' in database) return database.clusterResourceIdentifier;
  if ('dbProxyArn' in database) return Stack.of(database).splitArn(database.dbProxyArn, ArnFormat.COLON_RESOURCE_NAME).resourceName ?? '';
  if (database.instanceResourceId) return database.instanceResourceId;
  throw emptyField(subject, 'instanceResourceId', 'the permission names a database by it');
}
