import { NotContained, NotEligible } from '../../../core/containment/step';
import type { JsonObject } from '../../../core/json';
import type { GoogleApi } from '../google-api';
import type { OwnAccount } from './agent';
import type { Switch } from './switches';

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts#ServiceAccount */
interface ServiceAccount {
  readonly email: string;
  readonly uniqueId: string;
  readonly displayName?: string;
  readonly disabled?: boolean;
}

const FORM = /^([a-z0-9-]+)@[a-z0-9-]+\.iam\.gserviceaccount\.com$/;

const pathOf = ({ project, email }: OwnAccount): string => `/v1/projects/${project}/serviceAccounts/${email}`;

/**
 * Disabling the account: tokens that it has are refused, and it gets no more. Enabled again, tokens from before would hold, so that this comes no sooner than the last of
 * them has ended.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/disable
 */
export const ACCOUNT: Switch<OwnAccount> = {
  evidence: async (account, { api, agent }) => ({
    account: (await eligible(api, account, agent)) as unknown as JsonObject,
    policy: await api.service('iam').call<JsonObject>('POST', `${pathOf(account)}:getIamPolicy`, {}),
  }),
  off: async (account, { api, agent }) => {
    const { email, disabled } = await eligible(api, account, agent);
    if (disabled) return `${email} was disabled already`;
    await api.service('iam').call('POST', `${pathOf(account)}:disable`, {});
    return `${email} is disabled: its tokens are refused`;
  },
  on: async (account, { api, agent }) => {
    const { email, disabled } = await eligible(api, account, agent);
    if (!disabled) return `${email} was enabled already`;
    await api.service('iam').call('POST', `${pathOf(account)}:enable`, {});
    return `${email} is enabled`;
  },
  expectOff: async (account, { api, agent }) => {
    const { email, disabled = false } = await eligible(api, account, agent);
    if (!disabled) throw new NotContained(`${email} is not disabled`);
    return 'the account is disabled';
  },
  expectOn: async (account, { api, agent }) => {
    const { email, disabled = false } = await eligible(api, account, agent);
    if (disabled) throw new NotContained(`${email} is still disabled`);
    return 'the account is enabled';
  },
};

/** The account of an agent, by its name and by what it is called: accounts of functions, of deployments and of Google itself are called otherwise. */
async function eligible(
  api: GoogleApi,
  own: OwnAccount,
  { name: agent, fleet }: { readonly name: string; readonly fleet: string },
): Promise<ServiceAccount> {
  const { email, displayName } = own;
  const [, name = ''] = FORM.exec(email) ?? [];
  if (!name.startsWith(`${fleet}--`)) throw new NotEligible(`'${email}' is no account of an agent of fleet '${fleet}'.`);
  const account = await api.service('iam').call<ServiceAccount>('GET', pathOf(own));
  if (account.email !== email || account.displayName !== displayName)
    throw new NotEligible(
      `The account '${email}' is called '${account.displayName ?? ''}', and not '${displayName}' as that of agent '${agent}'.`,
    );
  return account;
}
