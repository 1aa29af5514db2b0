import type { Construct } from 'constructs';
import { MonitoringNotificationChannel } from '../../terraform/google';
import type { AlertRoute } from '../alert-target';

/** Ids of the channels by which alerts reach their targets; made where they are not there already. */
export function channelsOf(
  scope: Construct,
  notify: readonly AlertRoute[],
  { fleet, project }: { readonly fleet: string; readonly project: string },
): readonly string[] {
  return notify.flatMap((route, at) => {
    // No person, and no channel: the detector sends there itself.
    if (route.kind === 'siem' || route.kind === 'securityCommandCenter') return [];
    if (route.kind === 'channel') return [route.id];
    const labels: Record<string, string> = route.kind === 'email' ? { email_address: route.address } : { topic: route.topic };
    const type = route.kind === 'email' ? 'email' : 'pubsub';
    return [new MonitoringNotificationChannel(scope, `Channel${at}`, { project, type, displayName: `agentic-iam ${fleet}`, labels }).id];
  });
}
