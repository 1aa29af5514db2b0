import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { invalidTrust } from '../../../core/native-errors';
import { exact } from './exact';
import { SERVICE_FACTS, type ServiceKind } from './facts';
import { lifeFromService } from './session';
import type { TrustWay } from './trust-way';

/** The one resource of a service that may become the agent. */
export interface ServiceSource {
  /** Name of the option, for messages: `functionName`. */
  readonly field: string;
  /** @default - any resource of the account, as far as the service can tell them apart */
  readonly name?: string;
  /** @default - the region of the role's stack */
  readonly region?: string;
}

/** Trust in a service of AWS, with every condition on the source that the service is known to send. */
export function serviceWay(kind: ServiceKind, source: ServiceSource): TrustWay {
  return ({ agent, stack }) => {
    const facts = SERVICE_FACTS[kind];
    const name = source.name === undefined ? undefined : resourceName(agent.name, source.field, source.name);
    const region = source.region === undefined ? stack.region : exact(agent.name, 'region', source.region);
    const { sourceArn } = facts;
    const pattern = name === undefined ? sourceArn?.any : sourceArn?.named?.replace('{name}', () => name);
    const arn = pattern === undefined ? undefined : `arn:${stack.partition}:${sourceArn?.service}:${region}:${stack.account}:${pattern}`;
    return {
      kind,
      bounds: {
        service: facts.principal,
        ...(facts.sourceAccount ? { sourceAccount: stack.account } : {}),
        ...(arn === undefined ? {} : { sourceArn: arn }),
      },
      principal: new ServicePrincipal(facts.principal),
      actions: facts.actions,
      conditions: {
        ...(facts.sourceAccount ? { StringEquals: { 'aws:SourceAccount': stack.account } } : {}),
        ...(arn === undefined ? {} : { ArnLike: { 'aws:SourceArn': arn } }),
      },
      life: lifeFromService(facts),
    };
  };
}

/** Names hold neither; an ARN or a qualified name becomes part of another ARN, which nothing matches. */
function resourceName(agent: string, field: string, value: string): string {
  if (!/[:/]/.test(exact(agent, field, value))) return value;
  throw invalidTrust(agent, {
    rule: `needs '${field}' as a bare name`,
    reason: 'it becomes the last part of an ARN',
    value,
    fix: 'give the name alone, without account, version or alias',
  });
}
