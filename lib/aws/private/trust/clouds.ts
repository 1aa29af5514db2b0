import { ArnPrincipal, FederatedPrincipal } from 'aws-cdk-lib/aws-iam';
import { invalidTrust } from '../../../core/native-errors';
import { exact, exactArn } from './exact';
import { FEDERATION } from './facts';
import { oidcWay } from './oidc';
import type { AzureTrustOptions, GcpTrustOptions, KubernetesTrustOptions, RoleTrustOptions, SpiffeTrustOptions } from './options';
import { kubernetesSubject } from './pods';
import { lifeFromCaller, lifeFromChain } from './session';
import type { TrustWay } from './trust-way';

/** One service account of Google Cloud. AWS knows its issuer itself, so no provider stands for it. */
export function gcpWay({ uniqueId, audience }: GcpTrustOptions): TrustWay {
  return ({ agent }) => {
    const subject = shaped(agent.name, ['uniqueId', uniqueId], UNIQUE_ID);
    const meant = exact(agent.name, 'audience', audience);
    const { principal, actions, claims } = FEDERATION.gcp;
    return {
      kind: 'gcp',
      bounds: { issuer: principal, subject, audience: meant },
      principal: new FederatedPrincipal(principal, {}),
      actions,
      conditions: { StringEquals: { [claims.subject]: subject, [claims.audience]: meant } },
      life: lifeFromCaller(agent),
    };
  };
}

/** One managed identity or service principal of one tenant of Entra. */
export function azureWay({ provider, tenantId, principalId, audience, v2Tokens }: AzureTrustOptions): TrustWay {
  return (context) => {
    const agent = context.agent.name;
    const tenant = shaped(agent, ['tenantId', tenantId], GUID);
    const subject = shaped(agent, ['principalId', principalId], GUID);
    const issuer = FEDERATION.azure.issuers[v2Tokens ? 'v2' : 'v1'].replace('{tenant}', tenant);
    return { ...oidcWay({ provider, issuer, subject, audience })(context), kind: 'azure' };
  };
}

/** One service account of any Kubernetes cluster whose issuer AWS can reach. */
export function kubernetesWay({ provider, issuer, namespace, serviceAccount, audience }: KubernetesTrustOptions): TrustWay {
  return (context) => {
    const subject = kubernetesSubject(context.agent.name, namespace, serviceAccount);
    return { ...oidcWay({ provider, issuer, subject, audience })(context), kind: 'kubernetes' };
  };
}

/** One SPIFFE id, by a JWT-SVID of a trust domain that publishes its keys. */
export function spiffeWay({ provider, issuer, spiffeId, audience }: SpiffeTrustOptions): TrustWay {
  return (context) => {
    const subject = shaped(context.agent.name, ['spiffeId', spiffeId], SPIFFE_ID);
    return { ...oidcWay({ provider, issuer, subject, audience })(context), kind: 'spiffe' };
  };
}

/** One role, of this account or another. */
export function roleWay({ roleArn, organizationId }: RoleTrustOptions): TrustWay {
  return ({ agent }) => {
    const principal = exactArn(agent.name, 'roleArn', roleArn);
    if (!/:role\//.test(principal) && !principal.includes('${Token['))
      throw invalidTrust(agent.name, {
        rule: "needs 'roleArn' to be the ARN of a role",
        reason: 'an account or a user would let in more than one workload',
        value: roleArn,
        fix: 'give the role that the workload runs as',
      });
    const organization = organizationId === undefined ? undefined : exact(agent.name, 'organizationId', organizationId);
    return {
      kind: 'role',
      bounds: { principal, ...(organization === undefined ? {} : { organization }) },
      principal: new ArnPrincipal(principal),
      actions: FEDERATION.role.actions,
      conditions: organization === undefined ? {} : { StringEquals: { 'aws:PrincipalOrgID': organization } },
      life: lifeFromChain(agent, 'the caller'),
    };
  };
}

interface Shape {
  readonly form: RegExp;
  readonly words: string;
  readonly example: string;
}

const UNIQUE_ID: Shape = { form: /^\d{15,25}$/, words: 'the numeric unique id of a service account', example: '112233445566778899001' };
const GUID: Shape = {
  form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  words: 'an id of Entra in lower case',
  example: '00000000-0000-0000-0000-000000000000',
};
const SPIFFE_ID: Shape = {
  form: /^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/,
  words: 'a SPIFFE id with a path',
  example: 'spiffe://example.org/agents/reader',
};

function shaped(agent: string, [field, value]: readonly [string, string], { form, words, example }: Shape): string {
  if (form.test(exact(agent, field, value))) return value;
  const rule = `needs '${field}' to be ${words}`;
  throw invalidTrust(agent, { rule, reason: 'no token names another', value, fix: `write it like '${example}'` });
}
