import type { Construct } from 'constructs';
import { MonitoringDashboard } from '../../../terraform/google';
import { fleetName } from './names';

/** One page of a fleet: what was detected, by signal and by agent, and how the detector does. */
export function fleetDashboard(
  scope: Construct,
  id: string,
  { fleet, project }: { readonly fleet: string; readonly project: string },
): MonitoringDashboard {
  const chart = (
    title: string,
    filter: string,
    { groupBy = [], gauge = false }: { groupBy?: readonly string[]; gauge?: boolean } = {},
  ) => ({
    title,
    xyChart: {
      dataSets: [
        {
          plotType: gauge ? 'LINE' : 'STACKED_BAR',
          timeSeriesQuery: {
            timeSeriesFilter: {
              filter,
              aggregation: {
                alignmentPeriod: '60s',
                perSeriesAligner: gauge ? 'ALIGN_MAX' : 'ALIGN_DELTA',
                crossSeriesReducer: gauge ? 'REDUCE_MAX' : 'REDUCE_SUM',
                ...(groupBy.length > 0 ? { groupByFields: groupBy } : {}),
              },
            },
          },
        },
      ],
    },
  });
  const user = (name: string): string =>
    `metric.type="logging.googleapis.com/user/${fleetName(fleet, name)}" resource.type="cloud_run_revision"`;
  const age = 'metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age" resource.type="pubsub_subscription"';
  const tiles = [
    chart('Detections by signal', user('detections'), { groupBy: ['metric.label.signal'] }),
    chart('Detections by agent', user('detections'), { groupBy: ['metric.label.agent'] }),
    chart('Batches with calls judged', user('judged')),
    chart('Oldest call that waits, in seconds', `${age} resource.label.subscription_id="${fleetName(fleet, 'calls')}"`, { gauge: true }),
  ];
  return new MonitoringDashboard(scope, id, {
    project,
    dashboardJson: JSON.stringify({
      displayName: `Agents of fleet ${fleet}`,
      mosaicLayout: {
        columns: 12,
        tiles: tiles.map((widget, at) => ({ xPos: (at % 2) * 6, yPos: Math.floor(at / 2) * 4, width: 6, height: 4, widget })),
      },
    }),
  });
}
