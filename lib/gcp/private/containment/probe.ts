import { Construct } from 'constructs';
import { notContainable } from '../../../core/containment-errors';
import { shortenName } from '../../../core/names';
import { AssetType, Lazy, resolveTokens, TerraformAsset } from '../../../terraform/core';
import { Cloudfunctions2Function, CloudRunV2ServiceIamMember, StorageBucketObject } from '../../../terraform/google';
import { jsonTemplate } from '../../../terraform/json-template';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import policies from '../../catalog/policies.json';
import type { ProbedPlace } from '../../runtime/probe/answer';
import { fieldsOf, GivenPlaces } from '../given-places';
import { handlerFolder } from '../handler-code';

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
    const code = new TerraformAsset(this, 'Code', { path: handlerFolder('probe'), type: AssetType.ARCHIVE });
    const object = new StorageBucketObject(this, 'Object', { bucket, name: `code/probe-${code.assetHash}.zip`, source: code.path });
    const service = new Cloudfunctions2Function(this, 'Function', {
      name: shortenName(`agentic-iam-${fleet}-probe-${agent.name}`, 63),
      description: `Asks Google what canary ${agent.name} of fleet ${fleet} may do`,
      location: region,
      project,
      buildConfig: {
        runtime: facts.runtime.name,
        entryPoint: 'handler',
        source: { storageSource: { bucket, object: object.name } },
      },
      serviceConfig: {
        serviceAccountEmail: email,
        ingressSettings: 'ALLOW_ALL',
        timeoutSeconds: TIMEOUT,
        availableMemory: '256M',
        // One, so that the token is the one that it had before.
        maxInstanceCount: 1,
        environmentVariables: {
          PROBED_PLACES: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(this, probed())) }),
        },
      },
    });
    this.uri = service.url;
    new CloudRunV2ServiceIamMember(this, 'MayAsk', {
      project,
      location: region,
      // A function is the service of its name.
      name: service.name,
      role: 'roles/run.invoker',
      member: responder,
    });
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
