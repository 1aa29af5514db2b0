import { type Output, type OutputResource, orOwnRecords, shows } from '../../../core/governance/output';
import type { AgentPosture, BrakePosture, CloudPosture, Evidence, Point } from '../../../core/governance/posture';
import { terraformOutput, terraformReferences } from '../../../core/governance/terraform-output';
import { rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import type { ReviewInput } from '../../../core/review/input';
import type { ClaimVerdict } from '../../../core/review/result';
import type { AccessWorld, WorldPrincipal } from '../../../core/review/world';
import { continuousOf } from './continuous';
import facts from './facts.json';
import { guardrailsOf } from './guardrails';
import { dataPoints, managementPoints, reachOf, storesOf } from './records';
import { rights } from './switches';
import { admits, functionOf, pushesTo, variable, watchOf } from './watch';

/** What the Terraform of each agent on Google Cloud shows. @param claimsOf what was decided about the access of a principal */
export function gcpPostureOf(
  inputs: readonly ReviewInput[],
  world: AccessWorld,
  claimsOf: (principal: WorldPrincipal) => readonly ClaimVerdict[],
): CloudPosture {
  const output = terraformOutput(inputs, ['google_']);
  const agents = world.principals.flatMap(({ agent }) => (agent ? [agent] : []));
  const postureOf = (principal: WorldPrincipal, agent: ManifestAgent): AgentPosture => {
    const account = accountOf(output, agent);
    const whose = { world, principal, stack: account?.stack ?? '', account };
    const brake = brakeOf(output, agent, account);
    const owner = account && ownerOf(account);
    return {
      agent,
      unsupported: facts.unsupported,
      instead: facts.instead,
      identity: account ? [shows(account, `the identity of ${agent.name} alone`)] : [],
      sharedWith: agents
        .filter((other) => other !== agent && JSON.stringify(other.identity.principal) === JSON.stringify(agent.identity.principal))
        .map(({ name }) => name),
      ...(owner ? { owner } : {}),
      management: managementPoints(output, whose),
      data: orOwnRecords(dataPoints(output, whose), world.access(principal.id).entries.length > 0 ? account : undefined),
      stores: storesOf(output, whose),
      reach: reachOf(output, whose),
      claims: claimsOf(principal),
      roles: rolesOf(output, account),
      ceiling: ceilingOf(output, account),
      guardrails: guardrailsOf(output, account),
      perimeter: [],
      tasks: [],
      tools: agent.access
        .filter(({ capability }) => capability === 'tools:invoke')
        .map(({ resource }) => ({ tool: resource, by: [], enforced: false })),
      ...watchOf(output, agent, account),
      ...(brake ? { brake } : {}),
      ...continuousOf(output, agent),
    };
  };
  return {
    cloud: world.cloud,
    agents: world.principals.flatMap((principal) => (principal.agent ? [postureOf(principal, principal.agent)] : [])),
  };
}

/** The account that the manifest's principal refers to, or that has its name; an engine, for an identity of its own. */
function accountOf(output: Output, { name, fleet, identity }: ManifestAgent): OutputResource | undefined {
  const named = output.ofType('google_service_account').find(({ values }) => values['display_name'] === `${name} of ${fleet}`);
  if (named) return named;
  const [address = ''] = terraformReferences(identity.principal);
  return output.resources.find(({ id }) => id === address);
}

function ownerOf(account: OutputResource): AgentPosture['owner'] {
  const [, value] = /\(owner: ([^)]+)\)/.exec(String(account.values['description'] ?? '')) ?? [];
  return value === undefined ? undefined : { value, evidence: shows(account, `owned by ${value}`) };
}

/** Bindings of the account. */
function rolesOf(output: Output, account: OutputResource | undefined): readonly Evidence[] {
  if (!account) return [];
  return output
    .referring(account)
    .filter((one) => /_iam_member$/.test(one.type) && output.refers(one, one.values['member'], account))
    .map((one) => shows(one, 'what it may do'));
}

/** Deny policies and fences that name the account. */
function ceilingOf(output: Output, account: OutputResource | undefined): readonly Point[] {
  if (!account) return [];
  const denies = output
    .referring(account, 'google_iam_deny_policy')
    // One that waits for a tag is the brake, which denies nothing yet.
    .filter((one) =>
      rowsOf(one.values['rules']).some((rule) => rowsOf(rule['deny_rule']).some((deny) => deny['denial_condition'] === undefined)),
    );
  const fences = output
    .referring(account, 'google_iam_projects_policy_binding')
    .filter((one) => output.referred(one, one.values['policy']).length > 0);
  const by = [...denies, ...fences].map((one) =>
    shows(one, one.type === 'google_iam_deny_policy' ? 'denies ways to more access, and writes of who only reads' : 'fenced in'),
  );
  return by.length > 0 ? [{ what: 'a deny policy or a fence', by }] : [];
}

/** How the agent can be stopped; undefined where nothing in the output is about that. */
function brakeOf(output: Output, { fleet, name }: ManifestAgent, account: OutputResource | undefined): BrakePosture | undefined {
  const entry = output.ofType('google_storage_bucket_object').find(({ values }) => values['name'] === `contain/${fleet}/${name}.json`);
  const responder = functionOf(output, fleet, 'RECORD_DATABASE');
  if (!entry && !responder) return undefined;
  const points: Point[] = [{ what: 'the responder knows it', by: entry ? [shows(entry, 'how it is contained')] : [] }];
  if (responder)
    points.push(
      ...rights(output, { account, entry, responder }),
      ...heard(output, { fleet, responder }),
      again(output, responder),
      kept(output, responder),
    );
  else points.push({ what: 'a responder', by: [], why: 'it is not in the output' });
  return { armed: String(entry?.values['content'] ?? '').includes('"armed":true'), points };
}

function heard(output: Output, { fleet, responder }: { readonly fleet: string; readonly responder: OutputResource }): readonly Point[] {
  const detector = functionOf(output, fleet, 'DETECTION_TOPIC');
  const topics = detector ? output.referred(detector, variable(detector, 'DETECTION_TOPIC')) : [];
  const pushes = pushesTo(output, responder).filter((push) => topics.some((topic) => output.refers(push, push.values['topic'], topic)));
  const may = topics.flatMap((topic) =>
    output.referring(topic, 'google_pubsub_topic_iam_member').filter(({ values }) => values['role'] === 'roles/pubsub.publisher'),
  );
  const admitted = admits(output, responder, pushes);
  return [
    { what: 'detections arrive at the responder', by: pushes.map((one) => shows(one, 'pushes detections')) },
    { what: 'the detector may tell', by: may.map((one) => shows(one, 'may publish')) },
    { what: 'the responder admits who pushes', by: admitted.map((one) => shows(one, 'may call it')) },
  ];
}

function again(output: Output, responder: OutputResource): Point {
  const jobs = output
    .ofType('google_cloud_scheduler_job')
    .filter((job) => job.values['paused'] !== true && output.refers(job, job.values['http_target'], responder));
  return { what: 'contained agents are looked at again', by: jobs.map((job) => shows(job, String(job.values['schedule']))) };
}

function kept(output: Output, responder: OutputResource): Point {
  const buckets = output
    .referred(responder, variable(responder, 'EVIDENCE_BUCKET'))
    .filter(({ values }) => rowsOf(values['retention_policy']).length > 0);
  return { what: 'evidence is kept where nobody deletes it', by: buckets.map((bucket) => shows(bucket, 'with a retention policy')) };
}
