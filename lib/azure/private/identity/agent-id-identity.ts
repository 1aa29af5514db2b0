import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { emptyField } from '../../../core/errors';
import { tooMany } from '../../../core/native-errors';
import { RawProvider, RawResource } from '../../../terraform/raw';
import type { IAgentIdentity, IdentityBaseProps } from '../../agent-identity';
import { pinAddress } from './address';
import { enrol, type NativeGrant } from './enrol';
import { FACTS } from './facts';
import { planIdentity, writeInTurn } from './plan';
import { entraId } from './subjects';
import { directoryDescription, directoryLabels } from './tags';

/** Who answers for an agent in Entra: at least one person or group. */
export interface AgentSponsors {
  /** Object ids of people. @default - none */
  readonly users?: readonly string[];
  /** Object ids of Microsoft 365 groups or groups of dynamic membership, at most 5. @default - none */
  readonly groups?: readonly string[];
}

/** An Entra Agent ID. */
export interface AgentIdIdentityProps extends IdentityBaseProps {
  readonly sponsors: AgentSponsors;
}

const PROVIDER = FACTS.providers.msgraph;
const GRAPH = FACTS.graph;
const CLIENT_ID = { client_id: 'appId' };

/**
 * A blueprint, its principal, and the one agent identity made from it. Federated credentials sit on the blueprint, which
 * may become any agent made from it: a blueprint that agents shared would let each become the others.
 */
export class AgentIdIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly kind = 'agent-id';
  readonly principalId: string;
  readonly clientId: string;
  readonly recordNativeGrant: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, props: AgentIdIdentityProps) {
    super(scope, id);
    const plan = planIdentity(this, this.kind, props);
    this.agent = props.agent;
    this.fleet = plan.fleet;
    const sponsors = { 'sponsors@odata.bind': sponsorLinks(this.agent.name, props.sponsors) };

    RawProvider.ensure(this, { name: PROVIDER.name, source: PROVIDER.registry, version: PROVIDER.version });
    const body = {
      displayName: plan.name,
      description: directoryDescription(this.agent),
      tags: directoryLabels(this.agent, this.fleet),
      ...sponsors,
    };
    const blueprint = this.graph('Blueprint', { ...GRAPH.blueprint, body, exports: CLIENT_ID });
    const appId = blueprint.getStringAttribute('output.client_id');
    const principal = this.graph('BlueprintPrincipal', { ...GRAPH.blueprintPrincipal, body: { appId } });
    const identity = this.graph(
      'AgentIdentity',
      { ...GRAPH.agentIdentity, body: { displayName: plan.name, agentIdentityBlueprintId: appId, ...sponsors }, exports: CLIENT_ID },
      [principal],
    );
    this.principalId = identity.id;
    this.clientId = identity.getStringAttribute('output.client_id');

    writeInTurn<RawResource>(plan.credentials, ({ name, issuer, subject, audience }, after) => {
      const url = GRAPH.credential.url.replace('{id}', blueprint.id);
      return this.graph(name, { ...GRAPH.credential, url, body: { name, issuer, subject, audiences: [audience] } }, after);
    });
    this.recordNativeGrant = enrol(this, plan);
  }

  private graph(id: string, call: GraphCall, dependsOn: readonly RawResource[] = []): RawResource {
    const resource = new RawResource(this, id, {
      type: 'msgraph_resource',
      providerName: PROVIDER.name,
      attributes: {
        url: call.url,
        api_version: call.apiVersion,
        body: call.body,
        ...(call.exports ? { response_export_values: call.exports } : {}),
      },
      dependsOn,
    });
    pinAddress(resource, this.fleet, this.agent.name, id);
    return resource;
  }
}

interface GraphCall {
  readonly url: string;
  readonly apiVersion: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What to read from the answer: name to JMESPath. @default - nothing */
  readonly exports?: Readonly<Record<string, string>>;
}

/** @see https://learn.microsoft.com/en-us/graph/api/agentidentityblueprint-post-sponsors?view=graph-rest-1.0 */
function sponsorLinks(agent: string, { users = [], groups = [] }: AgentSponsors): readonly string[] {
  const subject = `agent '${agent}'`;
  const { sponsors, groupSponsors } = FACTS.limits;
  if (users.length + groups.length === 0) throw emptyField(subject, 'sponsors', 'Entra makes no agent that nobody answers for');
  if (groups.length > groupSponsors.max) throw tooMany(subject, { what: 'sponsor groups', count: groups.length, limit: groupSponsors.max });
  if (users.length + groups.length > sponsors.max)
    throw tooMany(subject, { what: 'sponsors', count: users.length + groups.length, limit: sponsors.max });
  const link = (of: string) => (id: string) => `https://graph.microsoft.com/v1.0/${of}/${entraId(agent, 'sponsors', id)}`;
  return [...users.map(link('users')), ...groups.map(link('groups'))];
}
