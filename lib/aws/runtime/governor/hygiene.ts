import { type IAMClient, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expiredWindows, type Leftover, oldSecret } from '../../../core/governance/look-after';
import type { ExpectedAgent } from './expected';

/** Identities that no agent owns any more, access whose time has passed, secrets that nobody changed for long. */
export async function leftovers(
  { iam, secrets }: { readonly iam: IAMClient; readonly secrets: SecretsManagerClient },
  {
    fleet,
    agents,
    now,
    days,
  }: { readonly fleet: string; readonly agents: readonly ExpectedAgent[]; readonly now: Date; readonly days: number },
): Promise<readonly Leftover[]> {
  const owned = new Set(agents.map(({ roleName }) => roleName));
  const roles = await rolesOf(iam, fleet);
  const orphans = roles.filter(({ RoleName: name }) => name !== undefined && !owned.has(name));
  return [
    ...orphans.map(
      ({ RoleName: name, RoleLastUsed: used }): Leftover => ({
        kind: 'orphaned-identity',
        what: name ?? '',
        said: `role ${name ?? ''} is of no agent any more, and was last used ${used?.LastUsedDate ? `on ${used.LastUsedDate.toISOString().slice(0, 10)}` : 'never that is known'}`,
      }),
    ),
    ...expiredWindows(agents, now),
    ...(await oldSecrets(secrets, { agents, now, days })),
  ];
}

async function rolesOf(iam: IAMClient, fleet: string): Promise<readonly Role[]> {
  const roles: Role[] = [];
  let marker: string | undefined;
  do {
    const page = await iam.send(new ListRolesCommand({ PathPrefix: `/agentic-iam/${fleet}/`, ...(marker ? { Marker: marker } : {}) }));
    roles.push(...(page.Roles ?? []));
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return roles;
}

async function oldSecrets(
  client: SecretsManagerClient,
  { agents, now, days }: { readonly agents: readonly ExpectedAgent[]; readonly now: Date; readonly days: number },
): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const arn of new Set(agents.flatMap(({ secrets }) => secrets))) {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    const changed = secret.LastRotatedDate ?? secret.LastChangedDate ?? secret.CreatedDate;
    found.push(...oldSecret(arn, changed, { now, days }));
  }
  return found;
}
