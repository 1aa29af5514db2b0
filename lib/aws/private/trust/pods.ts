import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { invalidTrust } from '../../../core/native-errors';
import { exact, exactArn } from './exact';
import { FEDERATION, POD_TAGS, SERVICE_FACTS } from './facts';
import { oidcWay } from './oidc';
import type { IrsaTrustOptions, PodIdentityTrustOptions } from './options';
import { lifeFromService } from './session';
import type { TrustWay } from './trust-way';

/** DNS-1123: what Kubernetes takes as a namespace or service account; a colon would change the subject's meaning. */
const KUBERNETES_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

export function podIdentityWay(options: PodIdentityTrustOptions): TrustWay {
  return ({ agent }) => {
    const facts = SERVICE_FACTS.eksPodIdentity;
    const namespace = kubernetesName(agent.name, 'namespace', options.namespace);
    const serviceAccount = kubernetesName(agent.name, 'serviceAccount', options.serviceAccount);
    const clusterArn = exactArn(agent.name, 'clusterArn', options.cluster.clusterRef.clusterArn);
    return {
      kind: 'eksPodIdentity',
      bounds: { service: facts.principal, cluster: clusterArn, namespace, serviceAccount },
      principal: new ServicePrincipal(facts.principal),
      actions: facts.actions,
      conditions: {
        StringEquals: {
          [`aws:RequestTag/${POD_TAGS.cluster}`]: clusterArn,
          [`aws:RequestTag/${POD_TAGS.namespace}`]: namespace,
          [`aws:RequestTag/${POD_TAGS.serviceAccount}`]: serviceAccount,
        },
      },
      life: lifeFromService(facts),
    };
  };
}

export function irsaWay(options: IrsaTrustOptions): TrustWay {
  return (context) => {
    const subject = kubernetesSubject(context.agent.name, options.namespace, options.serviceAccount);
    const { provider, issuer } = options;
    return { ...oidcWay({ provider, issuer, subject, audience: FEDERATION.irsa.audience })(context), kind: 'irsa' };
  };
}

/** The subject of a Kubernetes service account's token. */
export function kubernetesSubject(agent: string, namespace: string, serviceAccount: string): string {
  return `system:serviceaccount:${kubernetesName(agent, 'namespace', namespace)}:${kubernetesName(agent, 'serviceAccount', serviceAccount)}`;
}

function kubernetesName(agent: string, field: string, value: string): string {
  if (!KUBERNETES_NAME.test(exact(agent, field, value))) {
    const reason = 'Kubernetes has no other names, and the trust must match exactly one';
    throw invalidTrust(agent, {
      rule: `needs '${field}' to be a Kubernetes name`,
      reason,
      value,
      fix: 'use lower-case letters, digits and hyphens',
    });
  }
  return value;
}
