import { Construct } from 'constructs';
import { notContainable } from '../../../core/containment-errors';
import { shortenName } from '../../../core/names';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { jsonTemplate } from '../../../terraform/json-template';
import type { IAgentIdentity } from '../../agent-identity';
import policies from '../../catalog/policies.json';
import type { ProbedPlace } from '../../runtime/probe/answer';
import { admit, makeFunction } from '../function-of-handler';
import { fieldsOf, GivenPlaces } from '../given-places';

export interface ProbeProps {
  /** The canary that it runs as. */
  readonly identity: IAgentIdentity;
  readonly project: string;
  readonly region: string;
  /** Bucket that the code lies in. */
  readonly bucket: string;
  /** Who may ask, as IAM names it. */
  readonly responder: string;
}

const TIMEOUT = 30;

/**
 * A function that runs as a canary and asks Google what the canary may do, when the responder asks it: Google answers that for who asks, and for nobody else. It is the
 * canary's only work, and no other agent has one, since an agent's identity is for the agent alone.
 * @see https://docs.cloud.google.com/iam/docs/testing-permissions
 */
export class Probe extends Construct {
  /** Where it is asked. */
  readonly uri: string;

  constructor(scope: Construct, id: string, { identity, project, region, bucket, responder }: ProbeProps) {
    super(scope, id);
    const { agent, fleet, email } = identity;
    if (email === undefined) throw cannotRun(agent.name, identity.kind);
    const places = new GivenPlaces(this, identity);
    const probed = (): readonly ProbedPlace[] =>
      places.all.flatMap((one) => {
        const permissions = [...new Set(one.roles.flatMap((role) => role.permissions))];
        return permissions.length === 0 || policies.types[one.place.type].test === 'none'
          ? []
          : [{ type: one.place.type, fields: fieldsOf(one), permissions }];
      });
    identity.node.addValidation({ validate: () => (probed().length > 0 ? [] : [asksNothing(agent.name)]) });
    const place = { project, region };
    const service = makeFunction(this, {
      ...place,
      name: shortenName(`agentic-iam-${fleet}-probe-${agent.name}`, 63),
      description: `Asks Google what canary ${agent.name} of fleet ${fleet} may do`,
      handler: 'probe',
      bucket,
      email,
      timeoutSeconds: TIMEOUT,
      availableMemory: '256M',
      // One, so that the token is the one that it had before.
      maxInstances: 1,
      fromOutside: true,
      environment: { PROBED_PLACES: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(this, probed())) }) },
    });
    this.uri = service.url;
    admit(this, 'MayAsk', { ...place, service, member: responder });
  }
}

const asksNothing = (agent: string): string =>
  notContainable(agent, {
    rule: 'must be granted something that Google can be asked about where a drill asks what it may do',
    reason: 'a canary that may do nothing is refused everything before it is stopped, too',
    value: [],
    fix: "give it a ScopedAgentRole with a secret or a bucket of its own, or drill it with 'probe: false'",
  }).message;

const cannotRun = (agent: string, kind: string): Error =>
  notContainable(agent, {
    rule: "needs a service account to be asked what it may do ('probe')",
    reason: 'the function that asks runs as the canary, and functions run as service accounts alone',
    value: kind,
    fix: "leave 'probe' out, or give the canary an AgentIdentity",
  });
