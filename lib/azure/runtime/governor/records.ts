import { type Drift, putBackAll, type RecordPorts } from '../../../core/governance/look-after';
import { type AzureApi, orNone } from '../azure-api';
import type { ExpectedSetting } from './expected';

const INSIGHTS = '2021-05-01-preview';
const CONTROL = 'tampering-answered';

interface Setting {
  readonly properties?: {
    readonly workspaceId?: string;
    readonly eventHubAuthorizationRuleId?: string;
    readonly eventHubName?: string;
    readonly logs?: readonly { readonly category?: string; readonly enabled?: boolean }[];
  };
}

const pathOf = ({ target, name }: ExpectedSetting): string =>
  `${target}/providers/Microsoft.Insights/diagnosticSettings/${name}?api-version=${INSIGHTS}`;
const whatOf = ({ target }: ExpectedSetting): string => `record of ${target}`;
const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

/**
 * Settings by which calls are recorded, compared with what was synthesised, and written again.
 * @see https://learn.microsoft.com/en-us/rest/api/monitor/diagnostic-settings/create-or-update
 */
export function recordPorts(arm: AzureApi, settings: () => Promise<readonly ExpectedSetting[]>): RecordPorts {
  return {
    drift: async () => {
      const found: Drift[] = [];
      for (const wanted of await settings()) {
        const now = await orNone(arm<Setting>({ method: 'GET', path: pathOf(wanted) }));
        if (!now) found.push({ what: whatOf(wanted), problem: 'missing', control: CONTROL });
        else if (!holds(now, wanted)) found.push({ what: whatOf(wanted), problem: 'changed', control: CONTROL });
      }
      return found;
    },
    putBack: async (found) => {
      const all = await settings();
      return putBackAll(found, {
        rank: () => 0,
        putBack: async ({ what }) => {
          const wanted = all.find((one) => whatOf(one) === what);
          if (!wanted) throw new Error('nothing is written down about it');
          await arm({ method: 'PUT', path: pathOf(wanted), body: { properties: wanted.properties } });
          return 'it records again';
        },
      });
    },
  };
}

/** More may be recorded than was asked for, and not less. */
function holds({ properties }: Setting, { properties: wanted }: ExpectedSetting): boolean {
  const on = new Set((properties?.logs ?? []).flatMap(({ category, enabled }) => (enabled && category ? [category.toLowerCase()] : [])));
  return (
    same(properties?.workspaceId, wanted.workspaceId) &&
    same(properties?.eventHubAuthorizationRuleId, wanted.eventHubAuthorizationRuleId) &&
    same(properties?.eventHubName, wanted.eventHubName) &&
    wanted.logs.every(({ category }) => on.has(category.toLowerCase()))
  );
}
