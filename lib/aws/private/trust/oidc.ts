import { Arn, ArnFormat } from 'aws-cdk-lib';
import { FederatedPrincipal, type IOIDCProviderRef } from 'aws-cdk-lib/aws-iam';
import { exact } from './exact';
import { FEDERATION } from './facts';
import type { OidcTrustOptions } from './options';
import { lifeFromCaller } from './session';
import type { TrustWay } from './trust-way';

export function oidcWay(options: OidcTrustOptions): TrustWay {
  return ({ agent }) => {
    const { oidcProviderArn } = options.provider.oidcProviderRef;
    const issuer = issuerOf(agent.name, options.provider, options.issuer);
    const subject = exact(agent.name, 'subject', options.subject);
    const audience = exact(agent.name, 'audience', options.audience);
    const { actions, claims } = FEDERATION.oidc;
    return {
      kind: 'oidc',
      bounds: { issuer, subject, audience },
      principal: new FederatedPrincipal(oidcProviderArn, {}),
      actions,
      conditions: { StringEquals: { [`${issuer}:${claims.subject}`]: subject, [`${issuer}:${claims.audience}`]: audience } },
      life: lifeFromCaller(agent),
    };
  };
}

/** The issuer is the key of the conditions, so it must be known now: host and path, without the scheme. */
function issuerOf(agent: string, provider: IOIDCProviderRef, given: string | undefined): string {
  const issuer = given ?? Arn.split(provider.oidcProviderRef.oidcProviderArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName;
  return exact(agent, 'issuer', issuer).replace(/^https:\/\//, '');
}
