import type { TerraformResource } from '../../../core/review/terraform-source';
import type { DenyRule } from '../model';
import type { Values } from './values';

/** The whole of a condition that asks for one tag. */
const ONE_TAG = /^\s*resource\.matchTagId\(\s*["'][^"']+["']\s*,\s*["']([^"']+)["']\s*\)\s*$/;

/** Tags that are made here, and which of them are put on something here. */
export class Tags {
  private readonly made = new Set<string>();
  private readonly bound = new Set<string>();

  read(resource: TerraformResource, values: Values): void {
    if (resource.type === 'google_tags_tag_value') this.made.add(values.reference(`${resource.address}.id`));
    else this.bound.add(values.text(resource, 'tag_value') ?? '');
  }

  /**
   * Whether a deny waits for a tag that is made here and put on nothing: it denies nothing yet, and is left out, so that what an agent may do is said as it is while nobody
   * stops it. Of a tag that is made elsewhere it is not known.
   */
  isWaiting({ condition }: DenyRule): boolean {
    const tag = ONE_TAG.exec(condition?.text ?? '')?.[1];
    // What is bound and not told may be any tag.
    return tag !== undefined && this.made.has(tag) && !this.bound.has(tag) && !this.bound.has('');
  }
}
