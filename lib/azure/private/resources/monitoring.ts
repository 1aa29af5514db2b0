import type { BoundResource } from '../../../core/access-plan';
import { emptyField, unsafeValue } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { unresolvedToken } from '../../../core/native-errors';
import type { ApplicationInsights, LogAnalyticsWorkspace, MonitorDataCollectionRule } from '../../../terraform/azurerm';
import { Token } from '../../../terraform/core';
import { type AzureResourceAttributes, idOf } from './resource-id';

/** Which logs of a workspace. */
export interface LogAnalyticsWorkspaceOptions {
  /**
   * Only these tables, for example `['AppTraces']`; case-sensitive literals.
   * @see https://learn.microsoft.com/en-us/azure/azure-monitor/logs/granular-rbac-log-analytics
   * @default - every table of the workspace
   */
  readonly tables?: readonly string[];
}

export function logAnalyticsWorkspace(
  workspace: LogAnalyticsWorkspace | AzureResourceAttributes,
  { tables }: LogAnalyticsWorkspaceOptions = {},
): BoundResource {
  const scope = idOf('logAnalyticsWorkspace', 'Microsoft.OperationalInsights/workspaces/<name>', workspace);
  const conditions = tables === undefined ? {} : { conditions: { tables: checkTables(tables) } };
  return { kind: 'log-workspace', targets: { workspace: { scopes: [scope], ...conditions } } };
}

export function dataCollectionRule(rule: MonitorDataCollectionRule | AzureResourceAttributes): BoundResource {
  const scope = idOf('dataCollectionRule', 'Microsoft.Insights/dataCollectionRules/<name>', rule);
  return { kind: 'data-collection-rule', targets: { rule: { scopes: [scope] } } };
}

export function applicationInsights(component: ApplicationInsights | AzureResourceAttributes): BoundResource {
  const scope = idOf('applicationInsights', 'Microsoft.Insights/components/<name>', component);
  return { kind: 'application-insights', targets: { component: { scopes: [scope] } } };
}

const TABLE = /^[A-Za-z]\w*$/;
const OTHER = 'anything but letters, digits and underscores, first a letter';
const NO_TABLE = 'no table is named so, and the condition would match nothing';

function checkTables(tables: readonly string[]): string[] {
  const subject = 'AgentResource.logAnalyticsWorkspace';
  if (tables.length === 0 || tables.includes('')) throw emptyField(subject, 'tables', 'an empty list would read as every table');
  return tables.map((table) => {
    if (Token.isUnresolved(table)) throw unresolvedToken(subject, 'tables');
    checkLiteral(subject, 'tables', table);
    if (!TABLE.test(table)) throw unsafeValue(subject, { field: 'tables', value: table, found: OTHER, reason: NO_TABLE });
    return table;
  });
}
