import type { IAMClient } from '@aws-sdk/client-iam';
import { SignatureV4 } from '@smithy/signature-v4';

/** Turns profiles of Roles Anywhere off and on. */
export interface ProfileSwitch {
  readonly set: (profileId: string, to: 'enable' | 'disable') => Promise<void>;
  readonly isEnabled: (profileId: string) => Promise<boolean>;
}

/** Seconds that an answer may take. */
const PATIENCE = 10;

/**
 * Profiles at the address of the service, signed with the credentials of another client: the service has three calls for us, and no client that follows the others'
 * versions.
 * @see https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_DisableProfile.html
 */
export function profileSwitch({ config }: Pick<IAMClient, 'config'>, endpoint?: string): ProfileSwitch {
  const call = async (method: string, path: string): Promise<{ readonly profile?: { readonly enabled?: boolean } }> => {
    const region = await config.region();
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const { hostname, host, protocol, port } = new URL(endpoint ?? `https://rolesanywhere.${region}.${suffix}`);
    const signer = new SignatureV4({ service: 'rolesanywhere', region, credentials: config.credentials, sha256: config.sha256 });
    const at = { method, protocol, hostname, path, headers: { host }, query: {}, ...(port === '' ? {} : { port: Number(port) }) };
    const { headers } = await signer.sign(at);
    const { host: _host, ...sent } = headers;
    const answer = await fetch(`${protocol}//${host}${path}`, { method, headers: sent, signal: AbortSignal.timeout(PATIENCE * 1000) });
    const text = await answer.text();
    if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`), { name: nameOf(answer) });
    return JSON.parse(text) as { readonly profile?: { readonly enabled?: boolean } };
  };
  const pathOf = (profileId: string): string => `/profile/${encodeURIComponent(profileId)}`;
  return {
    set: async (profileId, to) => {
      await call('POST', `${pathOf(profileId)}/${to}`);
    },
    isEnabled: async (profileId) => (await call('GET', pathOf(profileId))).profile?.enabled ?? true,
  };
}

function nameOf(answer: Response): string {
  return answer.headers.get('x-amzn-errortype')?.split(':')[0] ?? `Http${answer.status}`;
}
