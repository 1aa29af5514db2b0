import { fieldsOf, textOf, textsOf } from '../../../core/json-fields';
import { type ManifestAgent, type ManifestGrant, readManifest } from '../../../core/manifest';
import type { AccessEntry, AccessOrigin, KeyConstraint } from '../../../core/review/access';
import type { ReviewInput } from '../../../core/review/input';
import { outsideSecrets } from '../../../core/review/outside-secrets';
import type { DeclaredGrant } from '../../../core/review/world';
import { subOperation } from '../engine/constraints';
import { entriesAt } from '../engine/entries';
import { namesAt } from '../engine/scopes';
import { builtInRole, builtInRoleNamed } from '../facts';
import type { Draft, Opened } from './index';
import type { Values } from './values';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const LOG_TABLES = 'Microsoft.OperationalInsights/workspaces/tables';

/** Joins each agent of a manifest to the identity that was made for it, and what it declares. */
export function joinAgents(input: ReviewInput, opened: readonly Opened[], draft: Draft): void {
  const manifest = readManifest(input.file, JSON.stringify(input.json) ?? '');
  for (const { cloud, construct, secret, holds, agents: readers } of manifest.secrets ?? []) {
    const text = textOf(secret);
    const own = opened.find(({ stack, file }) => isOf(construct, { stack, file })) ?? opened[0];
    if (cloud !== 'azure' || text === undefined || !own) continue;
    const held = holds.flatMap((one) => (typeof one === 'string' ? own.values.fill(one) : []));
    draft.secrets.push({ id: own.values.fill(text), name: construct.split('/').at(-1) ?? construct, holds: held, readers });
  }
  draft.outsideSecrets.push(...outsideSecrets(manifest, (text) => opened[0]?.values.fill(text) ?? text));
  for (const agent of manifest.agents) {
    if (agent.cloud !== 'azure') continue;
    const own = [...opened].sort((a, b) => rank(agent, b) - rank(agent, a))[0];
    const principal = textOf(fieldsOf(agent.identity.principal)?.principalId) ?? textOf(agent.identity.principal);
    const id = own && principal !== undefined ? own.values.fill(principal) : undefined;
    if (!own || id === undefined) {
      draft.unknowns.add(
        `Agent '${agent.name}' of '${input.file}' has no identity in the files that were read, so its access is not reviewed.`,
      );
      continue;
    }
    const known = draft.principals.get(id);
    draft.principals.set(id, {
      id,
      name: known?.name ?? agent.identity.name,
      kind: known?.kind ?? agent.identity.kind,
      source: known?.source ?? own.file,
      ...(known?.resource === undefined ? {} : { resource: known.resource }),
      ...(known?.group === undefined ? {} : { group: known.group }),
      construct: agent.construct,
      agent,
      declared: declaredOf(agent, { values: own.values, file: input.file, draft }),
      containedBy: agent.window?.notAfter ? [`access until ${agent.window.notAfter}`] : [],
    });
  }
}

/** How surely the agent's identity is made in this file. */
function rank({ construct }: ManifestAgent, opened: Opened): number {
  return isOf(construct, opened) ? 1 : 0;
}

function isOf(construct: string, { stack, file }: Pick<Opened, 'stack' | 'file'>): boolean {
  const [first = ''] = construct.split('/');
  return stack === first || file.includes(`/${first}/`);
}

interface From {
  readonly values: Values;
  readonly file: string;
  readonly draft: Draft;
}

function declaredOf(agent: ManifestAgent, { values, file, draft }: From): readonly DeclaredGrant[] {
  const origin = (statement: string): AccessOrigin => ({ statement, layer: 'declaration', source: file, construct: agent.construct });
  const declared = agent.access.map(
    (grant): DeclaredGrant => ({
      grant,
      entries: grantEntries(grant, values, origin(`capability ${grant.capability} on '${grant.resource}'`)),
    }),
  );
  const native = agent.native.map((grant): DeclaredGrant => {
    const said = origin(`native grant of ${grant.origin}`);
    const entries = grant.scopes.flatMap((scope) =>
      grant.permissions.flatMap((name) => {
        const text = values.fill(name);
        const role = draft.customRole(text) ?? builtInRole(text) ?? builtInRoleNamed(text);
        const place = values.fill(String(scope));
        return role ? entriesAt({ role, scope: place, origin: said }) : [plain(text, { scope: place, origin: said })];
      }),
    );
    return { entries };
  });
  return [...declared, ...native];
}

interface Plain {
  readonly scope: string;
  readonly origin: AccessOrigin;
  readonly when?: readonly KeyConstraint[];
}

function plain(action: string, { scope, origin, when = [] }: Plain): AccessEntry {
  return { actions: [action], region: { resources: [namesAt(scope)], notResources: [], when }, except: [], origins: [origin] };
}

function grantEntries(grant: ManifestGrant, values: Values, origin: AccessOrigin): readonly AccessEntry[] {
  const condition = Object.assign({}, ...grant.conditions.map((one) => fieldsOf(one) ?? {})) as Readonly<Record<string, unknown>>;
  return grant.scopes.flatMap((scope) =>
    typeof scope !== 'string'
      ? []
      : grant.permissions.flatMap((permission) =>
          alternatives(permission, condition).map((when) => plain(permission, { scope: values.fill(scope), origin, when })),
        ),
  );
}

/** What the conditions of a grant are compiled to; blobs are listed and read by one permission, told apart by suboperation. */
function alternatives(permission: string, condition: Readonly<Record<string, unknown>>): readonly (readonly KeyConstraint[])[] {
  const [only, except, prefix] = [textOf(condition.subOperation), textOf(condition.exceptSubOperation), textOf(condition.prefix)];
  const tables = textsOf(condition.tables);
  if (tables.length > 0) return [[matches(`@Resource[${LOG_TABLES}:name]`, tables)]];
  if (!permission.startsWith(`${BLOBS}/`)) return [[]];
  if (permission !== `${BLOBS}/read`) return [prefix === undefined ? [] : [matches(`@Resource[${BLOBS}:path]`, [`${literal(prefix)}*`])]];
  const listing = [
    subOperation(['Blob.List'], true),
    ...(prefix === undefined ? [] : [matches(`@Request[${BLOBS}:prefix]`, [`${literal(prefix)}*`])]),
  ];
  const reading = [
    subOperation(['Blob.List'], false),
    ...(prefix === undefined ? [] : [matches(`@Resource[${BLOBS}:path]`, [`${literal(prefix)}*`])]),
  ];
  return [...(except === undefined ? [listing] : []), ...(only === undefined ? [reading] : [])];
}

function matches(key: string, globs: readonly string[]): KeyConstraint {
  return { key, test: { kind: 'one-of', globs, ignoreCase: false }, whenAbsent: false, text: `${key} matches ${globs.join(' or ')}` };
}

function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}
