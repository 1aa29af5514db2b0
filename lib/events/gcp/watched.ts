import type { NativeNames } from '../../core/detection/from-manifest';
import { watchedAgent } from '../../core/detection/from-manifest';
import type { WatchedAgent } from '../../core/detection/registry';
import type { JsonValue } from '../../core/json';
import { fieldsOf, textOf } from '../../core/json-fields';
import type { ManifestAgent } from '../../core/manifest';
import table from './resources.json';

const TYPES: Readonly<Record<string, readonly string[]>> = table.types;
/** Values of references, by what the template calls them: `google_storage_bucket.Invoices.name`. */
export type ReferenceValues = (reference: string) => string;
const UNKNOWN: ReferenceValues = () => '*';

/**
 * What the detector is to know of an agent on Google Cloud.
 * @param refer what a reference of the template stands for. @default - `*`: it is then not watched
 */
export function gcpWatched(agent: ManifestAgent, refer: ReferenceValues = UNKNOWN): WatchedAgent {
  return watchedAgent(agent, namesWith(refer));
}

function namesWith(refer: ReferenceValues): NativeNames {
  const text = (value: JsonValue): string => (typeof value === 'string' ? withValues(value, refer) : '*');
  return {
    patterns: (scope, { conditions }) => patternsOf(scope, { text, prefix: prefixOf(conditions) }),
    principals: ({ identity }) => [principalPattern(identity.name, text(identity.principal))],
    // Who asks for a token of an account is known by its email or subject, which trust of other clouds does not hold.
    enteredBy: () => undefined,
    isIndirect: ({ via }) => via !== undefined,
    accounts: ({ identity }) => {
      const [, project] = /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(text(identity.principal)) ?? [];
      return project === undefined ? undefined : [project];
    },
  };
}

/** An account that is made by the same template is known by its name until it is deployed. */
function principalPattern(name: string, principal: string): string {
  const bare = principal.replace(/^serviceAccount:/, '');
  return bare === '*' ? `${name}@*.iam.gserviceaccount.com` : bare;
}

/** References between `${` and `}`, as a template of Terraform holds them. */
function withValues(text: string, refer: ReferenceValues): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, reference: string) => refer(reference));
}

function patternsOf(
  scope: JsonValue,
  { text, prefix }: { readonly text: (value: JsonValue) => string; readonly prefix: string },
): readonly string[] {
  const members = fieldsOf(scope) as Readonly<Record<string, JsonValue>> | undefined;
  const type = textOf(members?.['type']);
  if (!members || type === undefined) return ['*'];
  // What takes the whole project is granted on it because nothing narrower is offered: what is meant is no boundary.
  const templates = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (!templates) return ['*'];
  return templates.map((template) =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'prefix' ? prefix : text(members[name] ?? '*'))),
  );
}

/** What a condition lets names of objects begin with; nothing where it says no such thing. */
function prefixOf(conditions: readonly JsonValue[]): string {
  return conditions.map((one) => textOf(fieldsOf(one)?.['prefix'])).find((text) => text !== undefined) ?? '';
}
