import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { FederatedPrincipal } from 'aws-cdk-lib/aws-iam';
import { invalidTrust } from '../../../core/native-errors';
import { exact, exactArn } from './exact';
import { FEDERATION } from './facts';
import type { OidcTrustOptions } from './options';
import { lifeFromCaller } from './session';
import type { TrustWay } from './trust-way';

export function oidcWay(options: OidcTrustOptions): TrustWay {
  return ({ agent }) => {
    const oidcProviderArn = exactArn(agent.name, 'oidcProviderArn', options.provider.oidcProviderRef.oidcProviderArn);
    const issuer = issuerOf(agent.name, oidcProviderArn, options.issuer);
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
function issuerOf(agent: string, providerArn: string, given: string | undefined): string {
  const named = Arn.split(providerArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName;
  const issuer = exact(agent, 'issuer', given ?? named).replace(/^https:\/\//, '');
  if (named !== undefined && !Token.isUnresolved(named) && issuer !== named) {
    throw invalidTrust(agent, {
      rule: `needs 'issuer' to be that of its provider, '${named}'`,
      reason: 'the conditions name it, and no token of the provider would match another',
      value: issuer,
      fix: `give '${named}', or another provider`,
    });
  }
  return issuer;
}
