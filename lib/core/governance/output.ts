import type { Fields } from '../json-fields';
import type { Evidence, Point } from './posture';

/** One resource of the synthesised output. */
export interface OutputResource {
  readonly stack: string;
  readonly file: string;
  /** Account that the stack is for. @default - not said */
  readonly account?: string;
  /** Logical id or address. */
  readonly id: string;
  readonly type: string;
  /** What it says. */
  readonly values: Fields;
  /** All of it, as the output has it. */
  readonly whole: unknown;
}

/** Reads from a value the ids, in the same stack, of what it refers to. */
export type ReferenceReader = (value: unknown) => readonly string[];

/** Everything that synth wrote for one cloud, and who refers to whom. */
export class Output {
  private readonly byKey = new Map<string, OutputResource>();
  private readonly byType = new Map<string, OutputResource[]>();
  private readonly from = new Map<string, Set<string>>();
  private readonly to = new Map<string, OutputResource[]>();

  constructor(
    readonly resources: readonly OutputResource[],
    private readonly references: ReferenceReader,
  ) {
    for (const resource of resources) {
      this.byKey.set(keyOf(resource.stack, resource.id), resource);
      this.byType.set(resource.type, [...(this.byType.get(resource.type) ?? []), resource]);
    }
    for (const resource of resources) {
      const ids = new Set(references(resource.whole));
      this.from.set(keyOf(resource.stack, resource.id), ids);
      for (const id of ids) {
        const key = keyOf(resource.stack, id);
        this.to.set(key, [...(this.to.get(key) ?? []), resource]);
      }
    }
  }

  find(stack: string, id: string): OutputResource | undefined {
    return this.byKey.get(keyOf(stack, id));
  }

  ofType(...types: readonly string[]): readonly OutputResource[] {
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  /** What a part of a resource refers to. */
  referred(by: OutputResource, value: unknown): readonly OutputResource[] {
    return [...new Set(this.references(value))].flatMap((id) => this.find(by.stack, id) ?? []);
  }

  /** Whether a part of a resource refers to another. */
  refers(by: OutputResource, value: unknown, to: OutputResource): boolean {
    return by.stack === to.stack && this.references(value).includes(to.id);
  }

  /** Ids that a resource refers to. */
  idsIn(resource: OutputResource): readonly string[] {
    return [...(this.from.get(keyOf(resource.stack, resource.id)) ?? [])];
  }

  /** Resources, of the types where some are given, that refer to one. */
  referring(to: OutputResource, ...types: readonly string[]): readonly OutputResource[] {
    const all = this.to.get(keyOf(to.stack, to.id)) ?? [];
    return types.length === 0 ? all : all.filter(({ type }) => types.includes(type));
  }
}

const keyOf = (stack: string, id: string): string => `${stack}\n${id}`;

/** A resource as evidence. */
export function shows({ file, id, type }: OutputResource, what: string): Evidence {
  return { file, resource: id, type, shows: what };
}

/** Who can do nothing but write about itself is its own record. */
export function orOwnRecords(points: readonly Point[], identity: OutputResource | undefined): readonly Point[] {
  if (points.length > 0 || !identity) return points;
  return [{ what: 'nothing but what it writes about itself', by: [shows(identity, 'writes about itself alone')] }];
}
