import { type IAMClient, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ExpectedAgent } from './expected';

/** Something that was forgotten. */
export interface Leftover {
  readonly kind: 'orphaned-identity' | 'expired-window' | 'old-secret';
  readonly what: string;
  readonly said: string;
}

const DAY = 86_400_000;

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
  const today = now.toISOString().slice(0, 10);
  const expired = agents.filter(({ notAfter }) => notAfter !== undefined && notAfter.slice(0, 10) < today);
  return [
    ...orphans.map(
      ({ RoleName: name, RoleLastUsed: used }): Leftover => ({
        kind: 'orphaned-identity',
        what: name ?? '',
        said: `role ${name ?? ''} is of no agent any more, and was last used ${used?.LastUsedDate ? `on ${used.LastUsedDate.toISOString().slice(0, 10)}` : 'never that is known'}`,
      }),
    ),
    ...expired.map(
      ({ name, notAfter }): Leftover => ({
        kind: 'expired-window',
        what: name,
        said: `the access of ${name} ended on ${notAfter?.slice(0, 10) ?? ''}, and its role is still there`,
      }),
    ),
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
    const age = changed ? Math.floor((now.getTime() - changed.getTime()) / DAY) : undefined;
    if (age !== undefined && age > days)
      found.push({ kind: 'old-secret', what: arn, said: `secret ${arn} was not changed for ${age} days` });
  }
  return found;
}
