import type { Construct } from 'constructs';
import { MonitorActionGroup } from '../../terraform/azurerm';
import type { ResourceGroupRef } from '../agent-identity';
import type { AlertRoute } from '../alert-target';
import { fleetName } from './monitoring/names';

/** Who is told, as a group that rules name; undefined where nobody is. */
export function actionGroupOf(
  scope: Construct,
  notify: readonly AlertRoute[],
  { fleet, group, task }: { readonly fleet: string; readonly group: ResourceGroupRef; readonly task: string },
): MonitorActionGroup | undefined {
  // A SIEM is no person, and in no group: the detector sends there itself.
  if (notify.every(({ kind }) => kind === 'siem')) return undefined;
  const emails = notify.flatMap((route) => (route.kind === 'email' ? [route.address] : []));
  const hooks = notify.flatMap((route) => (route.kind === 'webhook' ? [route.url] : []));
  return new MonitorActionGroup(scope, 'OnCall', {
    name: fleetName(fleet, task),
    resourceGroupName: group.name,
    shortName: 'agenticiam',
    emailReceiver: emails.map((emailAddress, at) => ({ name: `email-${at}`, emailAddress, useCommonAlertSchema: true })),
    webhookReceiver: hooks.map((serviceUri, at) => ({ name: `hook-${at}`, serviceUri, useCommonAlertSchema: true })),
  });
}
