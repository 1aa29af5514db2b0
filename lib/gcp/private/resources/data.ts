import { onlyDatabase, onlyInstance } from '../conditions';
import { type Owned, projectOf, safe, safeOptional, scope, writtenProject } from '../scopes';
import { at, type Binding, fixed, inProject } from './binding';

/** A database or instance by its short name: a generated resource, or what is known of one made elsewhere. */
export interface NamedReference extends Owned {
  readonly name: string;
}

/** A Bigtable table: a `BigtableTable`, or what is known of one made elsewhere. */
export interface BigtableTableReference extends NamedReference {
  readonly instanceName: string;
}

/** A BigQuery dataset: a `BigqueryDataset`, or what is known of one made elsewhere. */
export interface BigQueryDatasetReference extends Owned {
  readonly datasetId: string;
}

/** A BigQuery table: a `BigqueryTable`, or what is known of one made elsewhere. */
export interface BigQueryTableReference extends BigQueryDatasetReference {
  readonly tableId: string;
}

export interface BigQueryOptions {
  /** Project the queries run in and are billed to. @default - the agent's own project */
  readonly jobProject?: string;
}

/** Firestore has no policy per database: the grant lies on the project, and holds for this database only. */
export function bindFirestoreDatabase(database: NamedReference): Binding {
  const kind = 'firestore-database';
  const name = safe(kind, 'name', database.name);
  return (context) => {
    const project = safe(kind, 'project', projectOf(database, context.project));
    const only = onlyDatabase(`projects/${project}/databases/${name}`);
    return { kind, targets: { database: at(inProject(kind, { of: database }, context), only) } };
  };
}

/** Cloud SQL has no policy per instance either. @see https://docs.cloud.google.com/sql/docs/postgres/iam-conditions */
export function bindCloudSqlInstance(instance: NamedReference): Binding {
  const kind = 'cloud-sql-instance';
  const name = safe(kind, 'name', instance.name);
  return (context) => {
    const project = safe(kind, 'project', projectOf(instance, context.project));
    const only = onlyInstance(`projects/${project}/instances/${name}`);
    return { kind, targets: { instance: at(inProject(kind, { of: instance }, context), only) } };
  };
}

export function bindBigtableTable(table: BigtableTableReference): Binding {
  const kind = 'bigtable-table';
  const place = scope('bigtable-table', {
    instanceName: safe(kind, 'instanceName', table.instanceName),
    table: safe(kind, 'name', table.name),
    project: safeOptional(kind, 'project', writtenProject(table)),
  });
  return fixed(kind, { table: at(place) });
}

export function bindBigQueryDataset(dataset: BigQueryDatasetReference, options: BigQueryOptions): Binding {
  const kind = 'bigquery-dataset';
  const place = scope('bigquery-dataset', {
    datasetId: safe(kind, 'datasetId', dataset.datasetId),
    project: safeOptional(kind, 'project', writtenProject(dataset)),
  });
  return (context) => ({ kind, targets: { data: at(place), jobs: at(inProject(kind, { of: { project: options.jobProject } }, context)) } });
}

export function bindBigQueryTable(table: BigQueryTableReference, options: BigQueryOptions): Binding {
  const kind = 'bigquery-table';
  const place = scope('bigquery-table', {
    datasetId: safe(kind, 'datasetId', table.datasetId),
    tableId: safe(kind, 'tableId', table.tableId),
    project: safeOptional(kind, 'project', writtenProject(table)),
  });
  return (context) => ({ kind, targets: { data: at(place), jobs: at(inProject(kind, { of: { project: options.jobProject } }, context)) } });
}
