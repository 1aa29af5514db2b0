import { Construct } from 'constructs';
import { readingSecrets } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { Lazy, resolveTokens, TerraformResource, TerraformStack } from '../../../terraform/core';
import {
  LoggingProjectSink,
  ProjectIamAuditConfig,
  ProjectIamCustomRole,
  ServiceAccountIamMember,
  StorageBucketObject,
} from '../../../terraform/google';
import { jsonTemplate } from '../../../terraform/json-template';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';
import { AgentIdentity } from '../../agent-identity';
import type { AgentMonitoring } from '../../agent-monitoring';
import facts from '../../catalog/governance.json';

const NAMES: Readonly<Record<string, string>> = facts.assets.names;
const UNLOGGED: ReadonlySet<string> = new Set(facts.unlogged.permissions);

/** Id of what is written down, below the identity that it is about. */
export const EXPECTED = 'Expected';

/** What the governor is to compare the agent with, as an object; references are filled in by the deployment. */
export function registerExpected(identity: IAgentIdentity, member: FleetMember, bucket: string): void {
  const { agent, fleet } = identity;
  new StorageBucketObject(new Construct(identity, EXPECTED), 'Object', {
    bucket,
    name: `expected/${fleet}/${agent.name}.json`,
    contentType: 'application/json',
    content: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(identity, expectedOf(identity, member))) }),
  });
}

function expectedOf(identity: IAgentIdentity, manifest: FleetMember): object {
  const { agent, fleet, project, member, email } = identity;
  const { window } = manifest.toManifest();
  const grants = manifest.plan?.grants ?? [];
  const given = grantedTo(identity);
  const own = new Set(given.map(({ role }) => role));
  const roles = nodesOf(identity)
    .filter((node): node is ProjectIamCustomRole => node instanceof ProjectIamCustomRole)
    .filter((node) => own.has(text(identity, node.name)));
  return {
    name: agent.name,
    fleet,
    owner: literalText(agent.owner),
    project,
    member,
    ...(email === undefined ? {} : { email }),
    bindings: given,
    roles: roles.map((node) => ({ name: node.name, permissions: node.permissionsInput ?? [] })),
    trust: trustOf(identity),
    ...(window?.notAfter === undefined ? {} : { notAfter: window.notAfter }),
    secrets: secretsOf(grants, project),
    grants: agent.capabilities.map(({ id, resource }, index) => ({
      capability: `${id} ${resource}`,
      index,
      actions: [
        ...new Set(
          grants.filter((grant) => grant.capability === id && grant.resource === resource).flatMap(({ permissions }) => permissions),
        ),
      ]
        .filter((permission) => !UNLOGGED.has(permission))
        .sort(),
    })),
    calls:
      email === undefined
        ? `protoPayload.authenticationInfo.principalSubject="${member}"`
        : `protoPayload.authenticationInfo.principalEmail="${email}"`,
  };
}

const nodesOf = (identity: IAgentIdentity) => TerraformStack.of(identity).node.findAll();
const text = (identity: IAgentIdentity, value: unknown): string => String(resolveTokens(identity, value));

interface Granted {
  readonly resource?: string;
  readonly role: string;
  readonly condition?: string;
}

/** Every binding that this app writes for the principal. */
function grantedTo(identity: IAgentIdentity): readonly Granted[] {
  const own = text(identity, identity.member);
  return nodesOf(identity)
    .filter((node): node is TerraformResource => node instanceof TerraformResource && node.terraformResourceType.endsWith('_iam_member'))
    .map((node) => ({ type: node.terraformResourceType, values: valuesOf(identity, node) }))
    .filter(({ values }) => values['member'] === own)
    .map(({ type, values }) => {
      const resource = nameOf(type, values, identity);
      const condition = conditionOf(values);
      return {
        ...(resource === undefined ? {} : { resource }),
        role: String(values['role']),
        ...(condition === undefined ? {} : { condition }),
      };
    });
}

/** Arguments of a resource, as its stack writes them. */
function valuesOf(identity: IAgentIdentity, node: TerraformResource): Readonly<Record<string, unknown>> {
  const written = node.toTerraform() as { readonly resource: Readonly<Record<string, Readonly<Record<string, object>>>> };
  const [values = {}] = Object.values(written.resource[node.terraformResourceType] ?? {});
  return resolveTokens(identity, values) as Readonly<Record<string, unknown>>;
}

function conditionOf(values: Readonly<Record<string, unknown>>): string | undefined {
  const [first] = [values['condition']].flat() as readonly { readonly expression?: string }[];
  return first?.expression;
}

/** Full name of what the binding is on; undefined where the inventory names it otherwise. */
function nameOf(type: string, values: Readonly<Record<string, unknown>>, { project }: IAgentIdentity): string | undefined {
  return NAMES[type]?.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(values[field] ?? (field === 'project' ? project : ''));
    // A reference may give a full name or a short one: the last segment is the short one.
    return value.startsWith('${') ? `\${reverse(split("/", ${value.slice(2, -1)}))[0]}` : (value.split('/').at(-1) ?? '');
  });
}

/** Who may become the agent: bindings in the policy of its own account. */
function trustOf(identity: IAgentIdentity): readonly object[] {
  if (!(identity instanceof AgentIdentity)) return [];
  const accounts = new Set(identity.email === undefined ? [] : [text(identity, identity.serviceAccount.name)]);
  return nodesOf(identity)
    .filter((node): node is ServiceAccountIamMember => node instanceof ServiceAccountIamMember)
    .filter((node) => accounts.has(text(identity, node.serviceAccountIdInput)))
    .map((node) => {
      const condition = conditionOf(valuesOf(identity, node));
      return { role: node.roleInput, member: node.memberInput, ...(condition === undefined ? {} : { condition }) };
    });
}

/** Secrets bound to an agent, by their full names, as far as they are known by now. */
export function secretsOf(grants: NonNullable<FleetMember['plan']>['grants'], project: string): readonly string[] {
  const scopes = readingSecrets(grants).flatMap((grant) => grant.scopes as readonly Readonly<Record<string, string>>[]);
  return [
    ...new Set(
      scopes.flatMap(({ type, secretId, project: other }) =>
        type === 'secret' && secretId !== undefined ? [`projects/${other ?? project}/secrets/${secretId.split('/').at(-1)}`] : [],
      ),
    ),
  ];
}

/** What records the calls of the fleet, as an object. */
export function registerRecords(scope: Construct, monitoring: AgentMonitoring, bucket: string): void {
  new StorageBucketObject(scope, 'Records', {
    bucket,
    name: `records/${monitoring.fleet}.json`,
    contentType: 'application/json',
    content: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(scope, recordsOf(monitoring))) }),
  });
}

function recordsOf({ node, project, trailBucket }: AgentMonitoring): object {
  const nodes = node.findAll();
  return {
    project,
    log: trailBucket === undefined ? `projects/${project}` : `${trailBucket.id}/views/_AllLogs`,
    sinks: nodes
      .filter((one): one is LoggingProjectSink => one instanceof LoggingProjectSink)
      .map((one) => ({ name: one.nameInput, destination: one.destinationInput, filter: one.filterInput })),
    services: nodes.filter((one): one is ProjectIamAuditConfig => one instanceof ProjectIamAuditConfig).map((one) => one.serviceInput),
  };
}
