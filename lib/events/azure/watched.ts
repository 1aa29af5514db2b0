import type { NativeNames } from '../../core/detection/from-manifest';
import { watchedAgent } from '../../core/detection/from-manifest';
import type { WatchedAgent } from '../../core/detection/registry';
import type { JsonValue } from '../../core/json';
import { fieldsOf, textOf } from '../../core/json-fields';
import type { ManifestAgent } from '../../core/manifest';

/** Values of references, by what the template calls them: `azurerm_storage_container.Invoices.id`. */
export type ReferenceValues = (reference: string) => string;
const UNKNOWN: ReferenceValues = () => '*';
const CONTAINER = /\/blobservices\/default\/containers\/[^/]+$/;

/**
 * What the detector is to know of an agent on Azure. Its object id is known once it is deployed; until then records must name its identity.
 * @param refer what a reference of the template stands for. @default - `*`: it is then not watched
 */
export function azureWatched(agent: ManifestAgent, refer: ReferenceValues = UNKNOWN): WatchedAgent {
  return watchedAgent(agent, namesWith(refer));
}

function namesWith(refer: ReferenceValues): NativeNames {
  const text = (value: JsonValue | undefined): string =>
    typeof value === 'string' ? value.replace(/\$\{([^}]*)\}/g, (_, reference: string) => refer(reference)) : '*';
  return {
    patterns: (scope, { conditions }) => patternsOf(text(scope).toLowerCase(), prefixOf(conditions)),
    principals: ({ identity }) => {
      const ids = ['principalId', 'clientId'].map((name) => text(fieldsOf(identity.principal)?.[name] as JsonValue | undefined));
      const known = ids.filter((id) => !id.includes('*')).map((id) => id.toLowerCase());
      return known.length > 0 ? known : undefined;
    },
    // Who asks for a token of an identity is no principal of the directory, or is not named by the log.
    enteredBy: () => undefined,
    isIndirect: () => false,
    accounts: ({ access }) => {
      const subscriptions = access.flatMap(({ scopes }) =>
        scopes.map((scope) => /^\/subscriptions\/([^/*]+)/.exec(text(scope).toLowerCase())?.[1]),
      );
      return subscriptions.length > 0 && subscriptions.every((one) => one !== undefined) ? [...new Set(subscriptions)] : undefined;
    },
  };
}

/** The thing and all inside it; of a container only blobs below the prefix that the role's condition says. */
function patternsOf(id: string, prefix: string | undefined): readonly string[] {
  if (id === '*') return ['*'];
  return CONTAINER.test(id) && prefix !== undefined ? [id, `${id}/blobs/${prefix}*`] : [id, `${id}/*`];
}

function prefixOf(conditions: readonly JsonValue[]): string | undefined {
  return conditions.map((one) => textOf(fieldsOf(one)?.['prefix'])).find((text) => text !== undefined);
}
