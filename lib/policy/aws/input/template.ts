import type { ReviewInput } from '../../../core/review/input';
import type { PolicyText } from '../model';
import type { EstateDraft } from './estate-draft';
import { type Fields, fieldsOf, follow, member, rowsOf, textOf } from './json';
import type { PhysicalResource, TemplateValues } from './template-values';

/** One resource of a template, with its intrinsics still in place. */
export interface TemplateResource {
  readonly physical: PhysicalResource;
  readonly properties: Fields;
  readonly construct?: string;
  /** Condition that decides whether it is there, where only deployment knows. @default - it is there */
  readonly onlyIf?: string;
}

/** A template while it is read. */
export class TemplateReading {
  readonly resources: readonly TemplateResource[];

  constructor(
    readonly input: ReviewInput,
    readonly values: TemplateValues,
    readonly draft: EstateDraft,
  ) {
    this.resources = Object.keys(values.resources).flatMap((logicalId) => this.resource(logicalId) ?? []);
  }

  get account(): PolicyText {
    return this.values.scope.account;
  }

  ofType(...types: readonly string[]): readonly TemplateResource[] {
    return this.resources.filter(({ physical }) => types.includes(physical.type));
  }

  /** A property as text. */
  text(resource: TemplateResource, path: string): string | undefined {
    return this.values.text(follow(resource.properties, path));
  }

  /** A property as texts. */
  texts(resource: TemplateResource, property: string): readonly string[] {
    return this.values.texts(member(resource.properties, property));
  }

  /** A property that is a list of objects, with what is doubtful about the list. */
  rows(resource: TemplateResource, property: string): readonly Fields[] {
    const { value } = this.values.read(member(resource.properties, property));
    return rowsOf(value);
  }

  /** Where a policy of this resource was found. */
  place(resource: TemplateResource, layer: string) {
    return { layer, construct: resource.construct, source: this.input.file };
  }

  /** What must be said of a policy whose resource may not be there. */
  existence(resource: TemplateResource): readonly string[] {
    return resource.onlyIf === undefined ? [] : [`It is only there when condition '${resource.onlyIf}' holds, which deployment decides.`];
  }

  private resource(logicalId: string): TemplateResource | undefined {
    const raw = fieldsOf(this.values.resources[logicalId]);
    const condition = textOf(raw?.Condition);
    const exists = condition === undefined ? true : this.values.condition(condition);
    const physical = exists === false ? undefined : this.values.physical(logicalId);
    if (!raw || !physical) return undefined;
    return {
      physical,
      properties: fieldsOf(raw.Properties) ?? {},
      construct: textOf(member(raw.Metadata, 'aws:cdk:path')) ?? this.input.stack?.constructPaths?.[logicalId],
      onlyIf: exists === undefined ? condition : undefined,
    };
  }
}
