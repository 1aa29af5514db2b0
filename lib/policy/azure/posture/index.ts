import { type Output, type OutputResource, orOwnRecords, shows } from '../../../core/governance/output';
import type { AgentPosture, BrakePosture, CloudPosture, Evidence, Point } from '../../../core/governance/posture';
import { terraformOutput, terraformReferences } from '../../../core/governance/terraform-output';
import { fieldsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import type { ReviewInput } from '../../../core/review/input';
import type { ClaimVerdict } from '../../../core/review/result';
import type { AccessWorld, WorldPrincipal } from '../../../core/review/world';
import { continuousOf } from './continuous';
import facts from './facts.json';
import { guardrailsOf } from './guardrails';
import { dataPoints, managementPoints, reachOf, storesOf } from './records';
import { appOf, mayDo, setting, watchOf } from './watch';

/** What the Terraform of each agent on Azure shows. @param claimsOf what was decided about the access of a principal */
export function azurePostureOf(
  inputs: readonly ReviewInput[],
  world: AccessWorld,
  claimsOf: (principal: WorldPrincipal) => readonly ClaimVerdict[],
): CloudPosture {
  const output = terraformOutput(inputs, ['azurerm_', 'azuread_', 'msgraph_']);
  const agents = world.principals.flatMap(({ agent }) => (agent ? [agent] : []));
  const postureOf = (principal: WorldPrincipal, agent: ManifestAgent): AgentPosture => {
    const identity = identityOf(output, agent);
    const stack = identity?.stack ?? '';
    const whose = { world, principal, stack };
    const settings = output
      .ofType('azurerm_monitor_diagnostic_setting')
      .filter((one) => one.stack === stack && terraformReferences(one.values['eventhub_name']).length > 0);
    const brake = brakeOf(output, agent);
    const owner = identity && ownerOf(identity);
    return {
      agent,
      unsupported: facts.unsupported,
      instead: facts.instead,
      identity: identity ? [shows(identity, `the identity of ${agent.name} alone`)] : [],
      sharedWith: agents
        .filter((other) => other !== agent && JSON.stringify(other.identity.principal) === JSON.stringify(agent.identity.principal))
        .map(({ name }) => name),
      ...(owner ? { owner } : {}),
      management: managementPoints(output, stack),
      data: orOwnRecords(dataPoints(output, whose), world.access(principal.id).entries.length > 0 ? identity : undefined),
      stores: storesOf(output, stack),
      reach: reachOf(output, whose),
      claims: claimsOf(principal),
      roles: rolesOf(output, identity),
      ceiling: [],
      guardrails: guardrailsOf(output, identity),
      perimeter: [],
      tasks: [],
      tools: agent.access
        .filter(({ capability }) => capability === 'tools:invoke')
        .map(({ resource }) => ({ tool: resource, by: [], enforced: false })),
      ...watchOf(output, agent, settings),
      ...(brake ? { brake } : {}),
      ...continuousOf(output, agent),
    };
  };
  return {
    cloud: world.cloud,
    agents: world.principals.flatMap((principal) => (principal.agent ? [postureOf(principal, principal.agent)] : [])),
  };
}

/** The identity in the output that says it is the agent's. */
function identityOf(output: Output, { name, fleet, identity }: ManifestAgent): OutputResource | undefined {
  const tagged = output
    .ofType('azurerm_user_assigned_identity')
    .find(({ values }) => fieldsOf(values['tags'])?.['agent'] === name && fieldsOf(values['tags'])?.['fleet'] === fleet);
  if (tagged) return tagged;
  const [address = ''] = terraformReferences(identity.principal);
  return output.resources.find(({ id }) => id === address);
}

function ownerOf(identity: OutputResource): AgentPosture['owner'] {
  const tags = identity.values['tags'];
  const value =
    fieldsOf(tags)?.['owner'] ??
    (Array.isArray(tags)
      ? tags
          .map(String)
          .find((tag) => tag.startsWith('owner:'))
          ?.slice(6)
      : undefined);
  return value === undefined ? undefined : { value: String(value), evidence: shows(identity, `owned by ${String(value)}`) };
}

/** Assignments to the identity, and the roles that they give. */
function rolesOf(output: Output, identity: OutputResource | undefined): readonly Evidence[] {
  if (!identity) return [];
  const given = output
    .referring(identity, 'azurerm_role_assignment', 'azurerm_cosmosdb_sql_role_assignment', 'azurerm_pim_active_role_assignment')
    .filter((one) => output.refers(one, one.values['principal_id'], identity));
  return given.map((one) => shows(one, 'what it may do'));
}

/** How the agent can be stopped; undefined where nothing in the output is about that. */
function brakeOf(output: Output, { fleet, name }: ManifestAgent): BrakePosture | undefined {
  const entry = output.ofType('azurerm_storage_blob').find(({ values }) => values['name'] === `contain/${fleet}/${name}.json`);
  const responder = appOf(output, fleet, 'RECORD_TABLE');
  if (!entry && !responder) return undefined;
  const points: Point[] = [{ what: 'the responder knows it', by: entry ? [shows(entry, 'how it is contained')] : [] }];
  if (responder) points.push(rights(output, responder), heard(output, responder), kept(output, responder));
  else points.push({ what: 'a responder', by: [], why: 'it is not in the output' });
  return { armed: String(entry?.values['source_content'] ?? '').includes('"armed":true'), points };
}

function rights(output: Output, responder: OutputResource): Point {
  const identities = output.referred(responder, responder.values['identity']);
  const by = output
    .ofType('azurerm_role_assignment')
    .filter(
      (one) =>
        identities.some((identity) => output.refers(one, one.values['principal_id'], identity)) && one.values['condition'] !== undefined,
    );
  return {
    what: 'the responder may take roles away, and give none but these',
    by: by.map((one) => shows(one, 'by a condition of its assignment')),
  };
}

function heard(output: Output, responder: OutputResource): Point {
  const what = 'detections arrive at the responder';
  const subscriptions = output
    .ofType('azurerm_eventgrid_event_subscription')
    .filter((one) => one.stack === responder.stack && JSON.stringify(one.values['included_event_types'] ?? []).includes('AgentDetection'));
  const storages = output.referred(responder, setting(responder, 'TABLE_ENDPOINT'));
  const arriving = subscriptions.filter(
    (one) =>
      output.referred(one, one.values['scope']).length > 0 &&
      output.referred(one, one.values['storage_queue_endpoint']).some((to) => storages.includes(to)),
  );
  const may = mayDo(output, responder, { role: 'Storage Queue Data Contributor', on: storages });
  if (arriving.length === 0) return { what, by: [], why: 'nothing hands them to its queue' };
  return may.length > 0
    ? { what, by: [...arriving.map((one) => shows(one, what)), ...may] }
    : { what, by: [], why: 'it may not read its queue' };
}

function kept(output: Output, responder: OutputResource): Point {
  const containers = output.referred(responder, setting(responder, 'EVIDENCE_CONTAINER'));
  const by = containers.flatMap((container) => output.referring(container, 'azurerm_storage_container_immutability_policy'));
  return {
    what: 'evidence is kept where nobody deletes it',
    by: by.map((one) => shows(one, `for ${String(one.values['immutability_period_in_days'])} days`)),
  };
}
