import { fieldsOf } from './kinds';

interface Entry {
  readonly path: string;
  readonly logicalId: string;
}

const NESTED = /^(.*)\/([^/]+)\.NestedStack\/\2\.NestedStackResource$/;

/**
 * The constructs behind the logical ids of a stack. A stack's metadata lists those of its nested stacks, too, whose logical ids may be the
 * same; they are told apart by where they are.
 */
export class ConstructPaths {
  private constructor(private readonly entries: readonly Entry[]) {}

  /** Of the metadata of an artifact: lists of entries by construct path. */
  static ofMetadata(metadata: unknown): ConstructPaths {
    return new ConstructPaths(
      Object.entries(fieldsOf(metadata) ?? {}).flatMap(([path, entries]) =>
        (Array.isArray(entries) ? entries : []).flatMap((entry: unknown) => {
          const { type, data } = fieldsOf(entry) ?? {};
          return type === 'aws:cdk:logicalId' && typeof data === 'string' ? [{ path: path.replace(/^\//, ''), logicalId: data }] : [];
        }),
      ),
    );
  }

  /** Construct path by logical id, of the stack itself. */
  own(): Readonly<Record<string, string>> {
    const inside = this.entries.flatMap(({ path }) => scopeOf(path) ?? []);
    const own = this.entries.filter(({ path }) => !inside.some((scope) => path.startsWith(scope)));
    return Object.fromEntries(own.map(({ path, logicalId }) => [logicalId, path]));
  }

  /** Those of a nested stack, by its logical id. */
  nested(logicalId: string): ConstructPaths {
    const own = this.own()[logicalId];
    const scope = own === undefined ? undefined : scopeOf(own);
    return new ConstructPaths(scope === undefined ? [] : this.entries.filter(({ path }) => path.startsWith(scope)));
  }
}

/** Where the constructs of a nested stack are, by the path of its resource. */
function scopeOf(path: string): string | undefined {
  const [, parent, id] = NESTED.exec(path) ?? [];
  return id === undefined ? undefined : `${parent}/${id}/`;
}
