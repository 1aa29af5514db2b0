import type { IConstruct } from 'constructs';
import { tooMany } from '../../core/native-errors';
import { TerraformStack } from '../../terraform/core';

/** What there may be only so many of in one place. */
export interface Quota {
  readonly what: string;
  /** The place as errors call it; resolved, so that equal places read alike. */
  readonly where: string;
  /** Whether the place is one of this stack alone, because its name is a reference or the provider's default. */
  readonly local: boolean;
  readonly limit: number;
}

const COUNTS = new WeakMap<object, Map<string, number>>();

/** Counts one more, over all stacks of the app, and refuses what Google would refuse at deployment. */
export function countOne(construct: IConstruct, { what, where, local, limit }: Quota): void {
  const { root } = construct.node;
  const counts = COUNTS.get(root) ?? new Map<string, number>();
  COUNTS.set(root, counts);
  const key = JSON.stringify([what, where, local ? TerraformStack.of(construct).node.path : '']);
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  if (count > limit) throw tooMany(where, { what, count, limit });
}
