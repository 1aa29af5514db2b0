import { FederatedPrincipal } from 'aws-cdk-lib/aws-iam';
import { invalidTrust } from '../../../core/native-errors';
import { exact, exactArn } from './exact';
import { FEDERATION } from './facts';
import type { SamlTrustOptions } from './options';
import { lifeFromCaller } from './session';
import type { TrustWay } from './trust-way';

export function samlWay(options: SamlTrustOptions): TrustWay {
  return ({ agent }) => {
    const facts = FEDERATION.saml;
    const audience = exact(agent.name, 'audience', options.audience ?? facts.audience);
    const attributes = attributesOf(agent.name, options.attributes);
    const samlProviderArn = exactArn(agent.name, 'samlProviderArn', options.provider.samlProviderRef.samlProviderArn);
    return {
      kind: 'saml',
      bounds: { provider: samlProviderArn, audience, attributes },
      principal: new FederatedPrincipal(samlProviderArn, {}),
      actions: facts.actions,
      conditions: { StringEquals: { 'saml:aud': audience, ...attributes } },
      life: lifeFromCaller(agent),
    };
  };
}

function attributesOf(agent: string, attributes: Readonly<Record<string, string>>): Record<string, string> {
  const { attributes: known, identifying } = FEDERATION.saml;
  for (const key of Object.keys(attributes)) {
    if (!known.includes(key)) {
      const reason = 'IAM has no other keys of one value for assertions, and an unknown key never matches';
      throw invalidTrust(agent, { rule: 'needs known SAML attributes', reason, value: key, fix: `use one of: ${known.join(', ')}` });
    }
  }
  if (!identifying.some((key) => key in attributes)) {
    const reason = 'otherwise everyone the provider knows could become the agent';
    throw invalidTrust(agent, {
      rule: "needs 'attributes' that name one subject",
      reason,
      value: Object.keys(attributes),
      fix: `add one of: ${identifying.join(', ')}`,
    });
  }
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, exact(agent, key, value)]));
}
