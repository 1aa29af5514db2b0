import type { BoundResource } from '../../../core/access-plan';
import { emptyField } from '../../../core/errors';
import { invalidBinding, unresolvedToken } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { objectsUnder } from '../conditions';
import { type Owned, safe, safeOptional, scope, subjectOf, writtenProject } from '../scopes';
import { at, type Binding, fixed } from './binding';

/** A bucket: a `StorageBucket`, or what is known of one made elsewhere. */
export interface BucketReference extends Owned {
  readonly name: string;
}

export interface BucketOptions {
  /**
   * Only objects whose name begins so. Needs uniform bucket-level access. A listing cannot be limited by prefix, so
   * `objects:list` is then refused unless `listAll` is set.
   *
   * @default - every object
   */
  readonly prefix?: string;
  /** With a prefix: lets the agent list the names of all objects of the bucket nevertheless. @default false */
  readonly listAll?: boolean;
}

/** A managed folder: a `StorageManagedFolder`, or what is known of one made elsewhere. */
export interface ManagedFolderReference extends Owned {
  /** Name of its bucket. */
  readonly bucket: string;
  /** Name of the folder, with its final slash. */
  readonly name: string;
}

export function bindBucket(bucket: BucketReference, { prefix, listAll = false }: BucketOptions): Binding {
  const name = safe('bucket', 'name', bucket.name);
  const place = scope('storage-bucket', { bucket: name, project: safeOptional('bucket', 'project', writtenProject(bucket)) });
  const only = prefix === undefined ? undefined : objectsUnder(name, checkPrefix(prefix));
  const objects = at(place, only);
  const bound: BoundResource =
    only && !listAll ? { kind: 'bucket-prefix', targets: { objects } } : { kind: 'bucket', targets: { objects, listing: at(place) } };
  return ({ timed }) => {
    if (only || timed) checkUniform(bucket);
    return bound;
  };
}

export function bindManagedFolder(folder: ManagedFolderReference): Binding {
  const place = scope('storage-managed-folder', {
    bucket: safe('managed-folder', 'bucket', folder.bucket),
    managedFolder: checkFolder(safe('managed-folder', 'name', folder.name)),
    project: safeOptional('managed-folder', 'project', writtenProject(folder)),
  });
  return fixed('managed-folder', { objects: at(place), listing: at(place) });
}

function checkFolder(name: string): string {
  if (Token.isUnresolved(name) || name.endsWith('/')) return name;
  throw invalidBinding(subjectOf('managed-folder'), {
    rule: "needs a 'name' that ends in a slash",
    reason: 'Cloud Storage knows no managed folder by another',
    value: name,
    fix: `write it as '${name}/'`,
  });
}

function checkPrefix(prefix: string): string {
  if (Token.isUnresolved(prefix)) throw unresolvedToken(subjectOf('bucket'), 'prefix');
  if (prefix === '') throw emptyField(subjectOf('bucket'), 'prefix', 'an empty prefix is every object');
  return safe('bucket', 'prefix', prefix);
}

/** A bucket that still has per-object lists refuses conditions on its policy; what is not known here is not judged. */
function checkUniform(bucket: BucketReference): void {
  if (!('uniformBucketLevelAccessInput' in bucket)) return;
  const uniform = bucket.uniformBucketLevelAccessInput;
  if (uniform === true || Token.isUnresolved(uniform)) return;
  throw invalidBinding(subjectOf('bucket'), {
    rule: 'needs uniform bucket-level access to be bound under a prefix or in time',
    reason: 'its access policy takes no conditions otherwise',
    value: uniform ?? false,
    fix: "set 'uniformBucketLevelAccess: true' on the bucket, or leave out the prefix and the window",
  });
}
