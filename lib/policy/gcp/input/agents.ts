import { fieldsOf, textOf } from '../../../core/json-fields';
import { type ManifestAgent, readManifest } from '../../../core/manifest';
import type { AccessEntry } from '../../../core/review/access';
import { showSymbols } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { outsideSecrets } from '../../../core/review/outside-secrets';
import type { DeclaredGrant } from '../../../core/review/world';
import { readCondition } from '../engine/cel';
import { entriesAt } from '../engine/entries';
import { permissionsOfRole } from '../facts';
import type { Condition, Place } from '../model';
import { placesOf, SCOPES } from './bindings';
import type { Draft, Opened } from './index';
import type { Values } from './values';

/** Joins each agent of a manifest to the identity that was made for it, and what it declares. */
export function joinAgents(input: ReviewInput, opened: readonly Opened[], draft: Draft): void {
  const manifest = readManifest(input.file, JSON.stringify(input.json) ?? '');
  for (const { cloud, construct, secret, holds, agents: readers } of manifest.secrets ?? []) {
    const text = textOf(secret);
    const own = opened.find(({ stack, file }) => isOf(construct, { stack, file })) ?? opened[0];
    if (cloud !== 'gcp' || text === undefined || !own) continue;
    const held = holds.flatMap((one) => (typeof one === 'string' ? own.values.fill(one) : []));
    draft.secrets.push({ name: own.values.fill(text), shown: construct.split('/').at(-1) ?? construct, holds: held, readers });
  }
  draft.outsideSecrets.push(...outsideSecrets(manifest, (text) => opened[0]?.values.fill(text) ?? text));
  for (const agent of manifest.agents) {
    if (agent.cloud !== 'gcp') continue;
    const own = [...opened].sort((a, b) => rank(agent, b) - rank(agent, a))[0];
    const principal = textOf(agent.identity.principal);
    const id = own && principal !== undefined ? own.values.fill(principal) : undefined;
    if (!own || id === undefined || id.includes('${') || !draft.knows(id)) {
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
      ...(known?.project === undefined ? {} : { project: known.project }),
      ...(known?.resource === undefined ? {} : { resource: known.resource }),
      construct: agent.construct,
      agent,
      declared: declaredOf(agent, { values: own.values, file: input.file, draft }),
      containedBy: [
        ...(agent.ceiling === undefined ? [] : ['a deny policy or access boundary of its own']),
        ...(agent.window?.notAfter ? [`access until ${agent.window.notAfter}`] : []),
      ],
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

function declaredOf(
  agent: ManifestAgent,
  { values, file, draft }: { readonly values: Values; readonly file: string; readonly draft: Draft },
): readonly DeclaredGrant[] {
  const origin = (statement: string) => ({ statement, layer: 'declaration', source: file, construct: agent.construct });
  const declared = agent.access.map(
    (grant): DeclaredGrant => ({
      grant,
      entries: entriesOf(grant, grant.permissions, { values, origin: origin(`capability ${grant.capability} on '${grant.resource}'`) }),
    }),
  );
  const native = agent.native.map((grant): DeclaredGrant => {
    const permissions = grant.permissions.flatMap((one) => permissionsOfRole(one) ?? draft.customRoles.get(values.fill(one)) ?? [one]);
    return { entries: entriesOf(grant, permissions, { values, origin: origin(`native grant of ${grant.origin}`) }) };
  });
  return [...declared, ...native];
}

interface Granted {
  readonly scopes: readonly unknown[];
  readonly conditions: readonly unknown[];
}

function entriesOf(
  { scopes, conditions }: Granted,
  permissions: readonly string[],
  { values, origin }: { readonly values: Values; readonly origin: AccessEntry['origins'][number] },
): readonly AccessEntry[] {
  const condition = joined(conditions, values);
  return scopes.flatMap((scope) =>
    placesOfScope(scope, values).flatMap((place) => entriesAt({ place, permissions, origin, ...(condition ? { condition } : {}) })),
  );
}

function joined(conditions: readonly unknown[], values: Values): Condition | undefined {
  const texts = conditions.flatMap((one) => textOf(fieldsOf(one)?.expression) ?? []);
  return texts.length === 0 ? undefined : readCondition(values.fill(texts.join(' && ')));
}

/** A scope as the manifest writes it: the arguments of the `_iam_member` in camel case, and their type. */
function placesOfScope(scope: unknown, values: Values): readonly Place[] {
  const fields = fieldsOf(scope) ?? {};
  const found = Object.values(SCOPES).find(({ type }) => type !== undefined && type === fields.type);
  if (!found) return [];
  return placesOf(found, (template) => {
    const row = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
    );
    return values.name(template, {
      address: showSymbols(JSON.stringify(scope)),
      type: 'scope',
      values: row,
      references: {},
      isData: false,
    });
  });
}
