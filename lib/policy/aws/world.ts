import type { AccessRequest } from '../../core/review/access';
import { showSymbols } from '../../core/review/glob';
import type { ReviewInput } from '../../core/review/input';
import type { AccessWorld, WorldPrincipal, WorldResource, WorldSecret } from '../../core/review/world';
import { makeSteps } from './escalation';
import { Attacker, type Granted, remember } from './escalation/attacker';
import { plainContext } from './escalation/attacker-context';
import { forSomeMember } from './escalation/memberships';
import { AWS_FACTS } from './facts';
import { readAws } from './input';
import { resourceShape } from './input/resource-types';
import type { AwsEstate, AwsPrincipal, AwsSecret } from './model';
import { nearby } from './nearby';
import { touchesOf } from './touches';

/** Kinds of input that may hold something of AWS. */
const OURS: ReadonlySet<ReviewInput['kind']> = new Set(['template', 'account-details', 'resources', 'terraform-plan', 'terraform-stack']);

/**
 * The world of AWS in the inputs, or undefined where there is none.
 * @throws AgenticIamError see {@link readAws}
 */
export function awsWorldOf(inputs: readonly ReviewInput[]): AccessWorld | undefined {
  if (!inputs.some(({ kind }) => OURS.has(kind))) return undefined;
  const estate = readAws(inputs);
  const empty = estate.principals.length === 0 && estate.resources.length === 0 && estate.unknowns.length === 0;
  return empty ? undefined : awsWorld(estate);
}

/**
 * Joins what was read with the policy engine, the escalation catalog and the facts about actions.
 *
 * Ids are ARNs. Where an ARN holds references of a template, its id shows them as `${LogicalId}`; the functions take either form.
 * Patterns and requests keep their symbols, so that they can be compared and decided again.
 */
export function awsWorld(estate: AwsEstate): AccessWorld {
  const attacker = Attacker.in(estate);
  const { judge, access, isAdmin } = attacker.world;
  const settle = (arn: string, request: AccessRequest): Granted | undefined => attacker.try(arn, request);
  const resources = estate.resources.map(worldResource);
  return {
    cloud: 'aws',
    facts: AWS_FACTS,
    principals: worldPrincipals(estate),
    resources,
    secrets: [...(estate.secrets ?? []).map(worldSecret), ...(estate.outsideSecrets ?? [])],
    unknowns: [...estate.unknowns, ...new Set(estate.resources.flatMap(({ policy }) => policy?.document.unknowns ?? []))],
    access: (id) => access(judge.arnOf(id)),
    decide: (id, request, missing) => judge.decide(judge.arnOf(id), request, missing),
    nearby: (id, request) => nearby(request, judge.callerOf(judge.arnOf(id))),
    isAdmin: (id) => isAdmin(judge.arnOf(id)),
    steps: stepsOf(attacker),
    luckySteps: stepsOf(new Attacker(attacker.world, true)),
    touches: remember((id) => {
      const arn = judge.arnOf(id);
      const touches = touchesOf({ judge, access: access(arn), resources: estate.resources, settle }, arn);
      const group = judge.principal(arn);
      return group?.kind === 'group' ? touches.filter(({ request }) => forSomeMember(group, request, attacker)) : touches;
    }),
  };
}

/** The steps of an attacker, by ids as they are shown. */
function stepsOf(attacker: Attacker): AccessWorld['steps'] {
  const { judge } = attacker.world;
  const step = makeSteps(attacker);
  return (from, held) =>
    step(judge.arnOf(from), new Set([...held].map((id) => judge.arnOf(id)))).map((one) => ({
      ...one,
      from: showSymbols(one.from),
      toId: showSymbols(one.toId),
      sentence: showSymbols(one.sentence),
    }));
}

/** Who may read a secret may read what it holds now. */
function worldSecret({ arn, name, holds, readers }: AwsSecret): WorldSecret {
  const request = { action: 'secretsmanager:GetSecretValue', resource: showSymbols(arn) };
  const context = { ...plainContext({ ...request, resource: arn }), 'secretsmanager:VersionStage': 'AWSCURRENT' };
  return { name, request: { ...request, context }, holds: holds.map(showSymbols), readers };
}

function worldPrincipals(estate: AwsEstate): readonly WorldPrincipal[] {
  const agents = estate.principals.some(({ agent }) => agent !== undefined);
  const reviewed = ({ arn, agent, path, kind }: AwsPrincipal): boolean => {
    if (estate.reviewed.size > 0) return estate.reviewed.has(arn);
    // A group acts through its members. Roles that AWS made for its own services can be used by these services only.
    return agents ? agent !== undefined : kind !== 'group' && !path.startsWith('/aws-service-role/');
  };
  return estate.principals.map((principal) => ({
    id: showSymbols(principal.arn),
    name: principal.agent?.name ?? showSymbols(principal.name),
    kind: principal.kind,
    account: showSymbols(principal.account),
    agent: principal.agent,
    declared: principal.declared,
    construct: principal.construct,
    source: principal.source,
    containedBy: limitsOf(principal, estate),
    reviewed: reviewed(principal),
  }));
}

/** What no policy of a principal's own can get it past. */
function limitsOf({ boundary, account }: AwsPrincipal, { scps }: AwsEstate): readonly string[] {
  return [
    ...(boundary ? [`a permissions boundary: ${showSymbols(boundary.name)}`] : []),
    ...((scps?.[account] ?? []).length > 0 ? ['the service control policies of its organisation'] : []),
  ];
}

function worldResource({ arn, type, role }: AwsEstate['resources'][number]): WorldResource {
  return {
    id: showSymbols(arn),
    name: showSymbols(arn.split(/[:/](?![^\uE000]*\uE001)/).at(-1) ?? arn),
    type,
    runsAs: role === undefined ? undefined : showSymbols(role),
    holdsCredentials: resourceShape(type)?.holdsCredentials,
  };
}
