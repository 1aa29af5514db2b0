import type { Construct } from 'constructs';
import { ApplicationInsightsWorkbook } from '../../../terraform/azurerm';
import type { ResourceGroupRef } from '../../agent-identity';
import { nameBasedId } from '../name-based-id';
import { kqlText } from './queries';

export interface WorkbookProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  /** Where the detector's log is. */
  readonly workspaceId: string;
}

/** The queries of the page, by their titles, and how each is shown. */
export function workbookQueries(fleet: string): readonly (readonly [title: string, shown: string, query: string])[] {
  const lines = (message: string): string =>
    `AppTraces\n| extend Line = parse_json(Message)\n| where Line.message == ${kqlText(message)} and Line.fleet == ${kqlText(fleet)}`;
  return [
    [
      'Detections by signal',
      'barchart',
      `${lines('detection')}\n| summarize Detections = count() by bin(TimeGenerated, 1h), Signal = tostring(Line.signal)`,
    ],
    [
      'Detections by agent',
      'barchart',
      `${lines('detection')}\n| summarize Detections = count() by bin(TimeGenerated, 1h), Agent = tostring(Line.agent)`,
    ],
    ['Calls judged', 'timechart', `${lines('batch')}\n| summarize Calls = sum(toint(Line.EventsJudged)) by bin(TimeGenerated, 15m)`],
    [
      'Latest detections',
      'table',
      `${lines('detection')}\n| project TimeGenerated, Agent = tostring(Line.agent), Signal = tostring(Line.signal), Rule = tostring(Line.rule), Severity = tostring(Line.severity)\n| top 50 by TimeGenerated`,
    ],
  ];
}

/**
 * One page of a fleet: what was detected, by signal and by agent, and how the detector does.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/visualize/workbooks-overview
 */
export function fleetWorkbook(scope: Construct, id: string, { fleet, group, workspaceId }: WorkbookProps): ApplicationInsightsWorkbook {
  const items = workbookQueries(fleet).map(([title, visualization, query]) => ({
    type: 3,
    name: title,
    content: {
      version: 'KqlItem/1.0',
      title,
      query,
      size: 0,
      timeContext: { durationMs: 86_400_000 },
      queryType: 0,
      resourceType: 'microsoft.operationalinsights/workspaces',
      crossComponentResources: [workspaceId],
      visualization,
    },
  }));
  return new ApplicationInsightsWorkbook(scope, id, {
    name: nameBasedId(fleet, group.name, 'workbook'),
    resourceGroupName: group.name,
    location: group.location,
    displayName: `Agents of fleet ${fleet}`,
    dataJson: JSON.stringify({ version: 'Notebook/1.0', items, fallbackResourceIds: [workspaceId] }),
  });
}
