import { AttachRolePolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Leftover, PutAway } from '../../../core/governance/clean-up';
import { attachedArns, isBraked, orNone } from './drift';
import type { ExpectedAgent } from './expected';

/** A policy of AWS that denies everything, in the partition of a role. @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSDenyAll.html */
export const denyAllFor = (roleArn: string): string => `arn:${roleArn.split(':')[1]}:iam::aws:policy/AWSDenyAll`;

const BRAKE = /--brake$/;

/** Whether a role gives nothing any more, or why it is left as it is. */
export async function stateOf(
  iam: IAMClient,
  { roleName, roleArn }: Pick<ExpectedAgent, 'roleName' | 'roleArn'>,
): Promise<Pick<Leftover, 'away' | 'stays'>> {
  const attached = await orNone(attachedArns(iam, roleName));
  if (!attached) return { away: true };
  for (const arn of attached) if (BRAKE.test(arn) && (await isBraked(iam, arn))) return { stays: 'it is contained, and left alone' };
  return attached.includes(denyAllFor(roleArn)) ? { away: true } : {};
}

/** Puts one thing away. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html */
export async function putAway(
  { iam, secrets }: { readonly iam: IAMClient; readonly secrets: SecretsManagerClient },
  { kind, what }: Leftover,
  agents: readonly ExpectedAgent[],
): Promise<PutAway> {
  if (kind === 'old-secret') {
    await secrets.send(new RotateSecretCommand({ SecretId: what }));
    return { said: 'its rotation was started; that is not undone, and the value before stays as AWSPREVIOUS until the next one' };
  }
  const agent = kind === 'expired-window' ? agents.find(({ name }) => name === what) : undefined;
  const RoleName = agent?.roleName ?? what;
  const PolicyArn = denyAllFor(agent?.roleArn ?? agents[0]?.roleArn ?? 'arn:aws');
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  const undone = agent ? `deploy it with a window that is not over` : 'declare its agent again';
  return { said: `${PolicyArn} is attached, and its sessions may do nothing any more; to undo that, ${undone}, or detach it` };
}
