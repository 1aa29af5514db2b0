import type { ReviewInput } from '../../../core/review/input';
import { unreadableInput } from '../../../core/review-errors';
import type { EstateDraft } from './estate-draft';
import { type Fields, fieldsOf, member } from './json';
import { type StackScope, stackScope } from './stack-scope';
import { TemplateReading } from './template';
import { type ReadValue, TemplateValues } from './template-values';

/** What templates are read with. */
export interface OpenOptions {
  readonly draft: EstateDraft;
  /** Account of a stack that is bound to none. */
  readonly account: string;
}

/**
 * Opens several templates so that what one exports is what another imports.
 * @throws AgenticIamError for what is no template
 */
export function openTemplates(inputs: readonly ReviewInput[], { draft, account }: OpenOptions): readonly TemplateReading[] {
  const exports = new Exports();
  const opened = inputs.map((input) => {
    const template = templateOf(input);
    const values = new TemplateValues(template, uniqueScope(input, inputs, account), (name) => exports.find(name));
    exports.add(values);
    return { input, values };
  });
  return opened.map(({ input, values }) => new TemplateReading(input, values, draft));
}

function templateOf(input: ReviewInput): Fields {
  const template = fieldsOf(input.json);
  if (!template || !fieldsOf(template.Resources)) {
    throw unreadableInput(input.file, {
      rule: "must be a CloudFormation template with 'Resources'",
      fix: 'give the JSON that cdk synth writes',
    });
  }
  return template;
}

/** Two stacks of one name, in two accounts or regions, are told apart by their files. */
function uniqueScope(input: ReviewInput, inputs: readonly ReviewInput[], account: string): StackScope {
  const scope = stackScope(input, inputs.length > 1, account);
  const twins = inputs.filter((other) => other !== input && stackScope(other, true).name === scope.name);
  return twins.length === 0 ? scope : { ...scope, label: (reference) => `${input.file}.${reference}` };
}

/** What templates export, looked up when it is asked for; an export may itself be an import. */
class Exports {
  private readonly templates: TemplateValues[] = [];
  private readonly busy = new Set<string>();
  private byName: Map<string, { readonly values: TemplateValues; readonly value: unknown }> | undefined;

  add(values: TemplateValues): void {
    this.templates.push(values);
    this.byName = undefined;
  }

  find(name: string): ReadValue | undefined {
    if (this.busy.has(name)) return undefined;
    this.byName ??= this.index();
    const found = this.byName.get(name);
    if (!found) return undefined;
    this.busy.add(name);
    const read = found.values.read(found.value);
    this.busy.delete(name);
    return read;
  }

  private index(): Map<string, { readonly values: TemplateValues; readonly value: unknown }> {
    const byName = new Map<string, { readonly values: TemplateValues; readonly value: unknown }>();
    for (const values of this.templates) {
      for (const output of Object.values(fieldsOf(values.template.Outputs) ?? {})) {
        const name = values.text(member(member(output, 'Export'), 'Name'));
        if (name !== undefined) byName.set(name, { values, value: member(output, 'Value') });
      }
    }
    return byName;
  }
}
