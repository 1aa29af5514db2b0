import { NotContained, NotEligible } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import type { GoogleApi } from '../google-api';
import { nativeOf } from './agent';

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts#ServiceAccount */
export interface ServiceAccount {
  readonly email: string;
  readonly uniqueId: string;
  readonly displayName?: string;
  readonly disabled?: boolean;
}

const FORM = /^([a-z0-9-]+)@[a-z0-9-]+\.iam\.gserviceaccount\.com$/;

export const pathOf = (agent: ContainableAgent): string =>
  `/v1/projects/${nativeOf(agent).project}/serviceAccounts/${nativeOf(agent).email}`;

/** The account of an agent, by its name and by what it is called: accounts of functions, of deployments and of Google itself are called otherwise. */
export async function eligibleAccount(api: GoogleApi, agent: ContainableAgent): Promise<ServiceAccount> {
  const { email, displayName } = nativeOf(agent);
  const [, name = ''] = FORM.exec(email) ?? [];
  if (!name.startsWith(`${agent.fleet}--`)) throw new NotEligible(`'${email}' is no account of an agent of fleet '${agent.fleet}'.`);
  const account = await api.service('iam').call<ServiceAccount>('GET', pathOf(agent));
  if (account.email !== email || account.displayName !== displayName)
    throw new NotEligible(
      `The account '${email}' is called '${account.displayName ?? ''}', and not '${displayName}' as that of agent '${agent.name}'.`,
    );
  return account;
}

/**
 * Disables the account: tokens that it has are refused, and it gets no more.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/disable
 */
export async function disable(api: GoogleApi, agent: ContainableAgent): Promise<string> {
  const { email, disabled } = await eligibleAccount(api, agent);
  if (disabled) return `${email} was disabled already`;
  await api.service('iam').call('POST', `${pathOf(agent)}:disable`, {});
  return `${email} is disabled: its tokens are refused`;
}

/** Enables the account again: tokens from before would hold again, so that this comes no sooner than the last of them has ended. */
export async function enable(api: GoogleApi, agent: ContainableAgent): Promise<string> {
  const { email, disabled } = await eligibleAccount(api, agent);
  if (!disabled) return `${email} was enabled already`;
  await api.service('iam').call('POST', `${pathOf(agent)}:enable`, {});
  return `${email} is enabled`;
}

/** Looks whether the account is as it should be. */
export async function expectDisabled(api: GoogleApi, agent: ContainableAgent, wanted: boolean): Promise<void> {
  const { email, disabled = false } = await eligibleAccount(api, agent);
  if (disabled !== wanted) throw new NotContained(`${email} is ${disabled ? 'still disabled' : 'not disabled'}`);
}
