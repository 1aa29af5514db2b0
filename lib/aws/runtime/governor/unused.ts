import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  type IAMClient,
  type ServiceLastAccessed,
} from '@aws-sdk/client-iam';
import { type Unused, unusedIn } from '../../../core/governance/look-after';
import type { ExpectedAgent } from './expected';

const DAY = 86_400_000;

/**
 * What of an agent's access was not used for some days, by what IAM remembers.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
export async function unusedOf(
  iam: IAMClient,
  agent: ExpectedAgent,
  { days, now, pause }: { readonly days: number; readonly now: Date; readonly pause: (milliseconds: number) => Promise<unknown> },
): Promise<Unused> {
  const services = await lastAccessed(iam, agent.roleArn, pause);
  const since = now.getTime() - days * DAY;
  return unusedIn(agent, ({ actions }) => actions.every((action) => !usedSince(services, action, since)));
}

/** By action, where IAM tracks it; else by service, which errs on the side of use. */
function usedSince(services: ReadonlyMap<string, ServiceLastAccessed>, action: string, since: number): boolean {
  const [prefix = '', name = ''] = action.split(':');
  const service = services.get(prefix);
  if (!service) return false;
  const tracked = service.TrackedActionsLastAccessed?.find((one) => one.ActionName?.toLowerCase() === name.toLowerCase());
  const last = tracked ? tracked.LastAccessedTime : service.LastAuthenticated;
  return last !== undefined && last.getTime() >= since;
}

async function lastAccessed(
  iam: IAMClient,
  Arn: string,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<ReadonlyMap<string, ServiceLastAccessed>> {
  const { JobId } = await iam.send(new GenerateServiceLastAccessedDetailsCommand({ Arn, Granularity: 'ACTION_LEVEL' }));
  const found = new Map<string, ServiceLastAccessed>();
  let marker: string | undefined;
  for (let tries = 0; tries < 30; ) {
    const page = await iam.send(new GetServiceLastAccessedDetailsCommand({ JobId, ...(marker ? { Marker: marker } : {}) }));
    if (page.JobStatus === 'IN_PROGRESS') {
      tries += 1;
      await pause(1_000);
      continue;
    }
    if (page.JobStatus === 'FAILED') throw new Error(`IAM could not say what ${Arn} last used: ${page.Error?.Message ?? ''}`);
    for (const service of page.ServicesLastAccessed ?? []) if (service.ServiceNamespace) found.set(service.ServiceNamespace, service);
    marker = page.IsTruncated ? page.Marker : undefined;
    if (!marker) return found;
  }
  throw new Error(`IAM did not say in time what ${Arn} last used`);
}
