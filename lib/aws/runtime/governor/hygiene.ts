import { type IAMClient, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expiredWindows, type Leftover, oldSecret } from '../../../core/governance/look-after';
import type { ExpectedAgent } from './expected';
import { stateOf } from './put-away';

interface Looked {
  readonly fleet: string;
  readonly agents: readonly ExpectedAgent[];
  readonly now: Date;
  readonly days: number;
}

/** Identities that no agent owns any more, access whose time has passed, secrets that nobody changed for long. */
export async function leftovers(
  { iam, secrets }: { readonly iam: IAMClient; readonly secrets: SecretsManagerClient },
  looked: Looked,
): Promise<readonly Leftover[]> {
  const { fleet, agents, now } = looked;
  const owned = new Set(agents.map(({ roleName }) => roleName));
  const found: Leftover[] = [];
  for (const { RoleName: roleName = '', Arn: roleArn = '', RoleLastUsed: used } of await rolesOf(iam, fleet))
    if (!owned.has(roleName))
      found.push({
        kind: 'orphaned-identity',
        what: roleName,
        said: `role ${roleName} is of no agent any more, and was last used ${used?.LastUsedDate ? `on ${used.LastUsedDate.toISOString().slice(0, 10)}` : 'never that is known'}`,
        ...(await stateOf(iam, { roleName, roleArn })),
      });
  for (const one of expiredWindows(agents, now)) {
    const agent = agents.find(({ name }) => name === one.what);
    found.push({ ...one, ...(agent ? await stateOf(iam, agent) : {}) });
  }
  return [...found, ...(await oldSecrets(secrets, looked))];
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

async function oldSecrets(client: SecretsManagerClient, { agents, now, days }: Looked): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const arn of new Set(agents.flatMap(({ secrets }) => secrets))) {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    const changed = secret.LastRotatedDate ?? secret.LastChangedDate ?? secret.CreatedDate;
    const stays = secret.RotationEnabled ? {} : { stays: 'nothing rotates it: who issues it makes a new value' };
    found.push(...oldSecret(arn, changed, { now, days }).map((one) => ({ ...one, ...stays })));
  }
  return found;
}
