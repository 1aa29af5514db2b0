import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Point, RecordReach, RecordStore } from '../../../core/governance/posture';
import { fieldsOf, rowsOf } from '../../../core/json-fields';
import { showSymbols } from '../../../core/review/symbols';
import type { AccessWorld, WorldPrincipal } from '../../../core/review/world';
import facts from './facts.json';

const SETTING = 'azurerm_monitor_diagnostic_setting';

/** The subscription's own log, where it is kept. */
export function managementPoints(output: Output, stack: string): readonly Point[] {
  const settings = settingsIn(output, stack).filter(
    (setting) =>
      isSubscription(setting.values['target_resource_id']) &&
      categoriesOf(setting).includes('Administrative') &&
      workspaceOf(output, setting) !== undefined,
  );
  return settings.length === 0
    ? []
    : [{ what: 'calls that change the subscription', by: settings.map((one) => shows(one, 'records the activity of the subscription')) }];
}

const isSubscription = (target: unknown): boolean => /^\$\{data\.azurerm_subscription\.|^\/subscriptions\/[^/]+\/?$/.test(String(target));

/** Calls on everything that the principal can reach: computed from what it may really do. */
export function dataPoints(
  output: Output,
  { world, principal, stack }: { readonly world: AccessWorld; readonly principal: WorldPrincipal; readonly stack: string },
): readonly Point[] {
  const settings = settingsIn(output, stack).filter(
    (setting) => !isSubscription(setting.values['target_resource_id']) && workspaceOf(output, setting) !== undefined,
  );
  const reached = new Map<string, string>();
  for (const { actions, region } of world.access(principal.id).entries) {
    if (actions.every((action) => facts.ownRecords.actions.includes(action))) continue;
    const [scope] = region.resources.flat();
    if (scope !== undefined) reached.set(showSymbols(scope).replace(/\/\*$/, ''), actions[0] ?? '');
  }
  return [...reached].map(([scope, action]) => {
    const by = settings
      .filter((setting) => isWithin(scope, targetOf(setting, stack)) && recordsCalls(setting))
      .map((one) => shows(one, `records calls on ${scope}`));
    return { what: `${action} on ${scope}`, by, ...(by.length === 0 ? { why: 'no setting of the output records such calls' } : {}) };
  });
}

/** Resources record calls in categories of their own; any that is about calls will do, and settings without any record metrics alone. */
const recordsCalls = (setting: OutputResource): boolean => categoriesOf(setting).length > 0;

/** As worlds name things: references with the stack in front. */
const targetOf = ({ values }: OutputResource, stack: string): string =>
  String(values['target_resource_id']).replace(/\$\{/g, `\${${stack}.`);

function isWithin(scope: string, target: string): boolean {
  const [inner, outer] = [scope.toLowerCase(), target.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`) || outer.startsWith(`${inner}/`);
}

function settingsIn(output: Output, stack: string): readonly OutputResource[] {
  return output.ofType(SETTING).filter((one) => one.stack === stack);
}

function categoriesOf({ values }: OutputResource): readonly string[] {
  return rowsOf(values['enabled_log']).map(({ category, category_group: group }) => String(category ?? group));
}

/** The workspace that a setting writes to: one of the output, or one that is named. */
function workspaceOf(output: Output, setting: OutputResource): OutputResource | string | undefined {
  const given = setting.values['log_analytics_workspace_id'];
  const [found] = output.referred(setting, given);
  if (found) return found;
  return typeof given === 'string' && !given.includes('${') ? given : undefined;
}

/** Workspaces that calls are kept in, and archives beside them that nobody deletes from. */
export function storesOf(output: Output, stack: string): readonly RecordStore[] {
  const workspaces = new Set(settingsIn(output, stack).flatMap((setting) => workspaceOf(output, setting) ?? []));
  return [...workspaces].flatMap((workspace): RecordStore[] => {
    if (typeof workspace === 'string') return [];
    const days = workspace.values['retention_in_days'];
    const keeps: RecordStore = {
      name: workspace.id,
      evidence: shows(workspace, `keeps records for ${String(days ?? 30)} days`),
      days: typeof days === 'number' ? days : 30,
      locked: false,
    };
    return [keeps, ...archivesOf(output, workspace)];
  });
}

/** Accounts that a workspace exports its tables to. */
function archivesOf(output: Output, workspace: OutputResource): readonly RecordStore[] {
  return output.referring(workspace, 'azurerm_log_analytics_data_export_rule').flatMap((rule) => {
    if (rule.values['enabled'] !== true) return [];
    return output.referred(rule, rule.values['destination_resource_id']).map((account): RecordStore => {
      const [policy] = rowsOf(account.values['immutability_policy']).concat(fieldsOf(account.values['immutability_policy']) ?? []);
      const days = policy?.['period_since_creation_in_days'];
      return {
        name: account.id,
        evidence: shows(account, `keeps what is exported for ${String(days)} days`),
        ...(typeof days === 'number' ? { days } : {}),
        locked: policy?.['state'] === 'Locked',
      };
    });
  });
}

/** What the principal itself could do to the records. */
export function reachOf(
  output: Output,
  { world, principal, stack }: { readonly world: AccessWorld; readonly principal: WorldPrincipal; readonly stack: string },
): readonly RecordReach[] {
  const named = (id: string): string | undefined =>
    world.resources.find((one) => showSymbols(one.id).includes(`\${${stack}.${id}.id}`))?.id;
  const asked = storesOf(output, stack).flatMap(({ name }) => {
    const resource = named(name);
    if (resource === undefined) return [];
    const actions = name.startsWith('azurerm_storage_account') ? facts.onArchive : facts.onWorkspace;
    return actions.map((action) => [action, resource, name] as const);
  });
  return asked.flatMap(([action, resource, store]): RecordReach[] => {
    const { effect } = world.decide(principal.id, { action, resource });
    return effect === 'allowed' || effect === 'depends' ? [{ action, store, effect }] : [];
  });
}
