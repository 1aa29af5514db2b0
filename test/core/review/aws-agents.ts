import { type ManifestAgent, type ManifestGrant, makeManifest } from '../../../lib/core/manifest';
import { claimsFor } from '../../../lib/core/review/claims';
import type { ReviewInput } from '../../../lib/core/review/input';
import { findPaths } from '../../../lib/core/review/paths';
import type { ClaimId, ClaimVerdict } from '../../../lib/core/review/result';
import type { AccessWorld, WorldPrincipal } from '../../../lib/core/review/world';
import { awsWorldOf } from '../../../lib/policy/aws';

export const ACCOUNT = '111122223333';
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

export function allow(Action: Statement['Action'], Resource: Statement['Resource'] = '*', Condition?: object): Statement {
  return { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) };
}

export function deny(Action: Statement['Action'], Resource: Statement['Resource'] = '*', Condition?: object): Statement {
  return { ...allow(Action, Resource, Condition), Effect: 'Deny' };
}

/** An agent, the role that is in its template, and what its manifest says of it. */
export interface AwsAgent {
  readonly name: string;
  /** @default READ_WRITE */
  readonly mode?: 'READ_ONLY' | 'READ_WRITE';
  /** What the role's policy says. */
  readonly policy: readonly Statement[];
  readonly boundary?: readonly Statement[];
  /** Managed policies whose text is not at hand. */
  readonly managed?: readonly string[];
  /** Capability and what it was compiled to. */
  readonly declares?: readonly (readonly [capability: string, permissions: readonly string[], scopes: readonly string[]])[];
  readonly native?: readonly (readonly [permissions: readonly string[], scopes: readonly string[]])[];
  readonly delegatesTo?: readonly string[];
  readonly fleet?: string;
  /** AWS principals that its role trusts. */
  readonly trusts?: readonly string[];
}

const document = (list: readonly object[]): object => ({ Version: '2012-10-17', Statement: list });

/** The template and the manifest of some agents, and the world that they make. */
export function worldOf(agents: readonly AwsAgent[], more: Readonly<Record<string, object>> = {}): AccessWorld {
  const Resources: Record<string, object> = { ...more };
  for (const agent of agents) Object.assign(Resources, resourcesOf(agent));
  const inputs: readonly ReviewInput[] = [
    { kind: 'template', file: 't.json', json: { Resources }, stack: { name: 'stack', account: ACCOUNT, region: 'eu-west-1' } },
    { kind: 'manifest', file: 'm.json', json: makeManifest('1.0.0', {}, agents.map(manifestOf)) },
  ];
  const world = awsWorldOf(inputs);
  if (!world) throw new Error('no world');
  return world;
}

function resourcesOf({ name, policy, boundary, managed = [], trusts = [] }: AwsAgent): Readonly<Record<string, object>> {
  const id = name.replace(/\W/g, '');
  const trust = trusts.length > 0 ? { AWS: trusts } : { Service: 'lambda.amazonaws.com' };
  return {
    [id]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        AssumeRolePolicyDocument: document([{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: trust }]),
        ...(policy.length > 0 && { Policies: [{ PolicyName: 'own', PolicyDocument: document(policy) }] }),
        ...(managed.length > 0 && { ManagedPolicyArns: managed }),
        ...(boundary && { PermissionsBoundary: { Ref: `${id}Boundary` } }),
      },
    },
    ...(boundary && { [`${id}Boundary`]: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document(boundary) } } }),
  };
}

function manifestOf({ name, mode = 'READ_WRITE', declares = [], native = [], delegatesTo = [], fleet = 'main' }: AwsAgent): ManifestAgent {
  return {
    name,
    cloud: 'aws',
    fleet,
    construct: `App/${name}`,
    owner: 'o@example.com',
    purpose: 'answers questions',
    mode,
    scope: {},
    limits: {},
    maxSessionSeconds: 900,
    delegatesTo,
    workflows: [],
    identity: {
      kind: 'iam-role',
      name,
      principal: roleArn(name),
      trust: [],
      credentialLifeSeconds: 900,
      credentialLifeReason: 'the session of the role',
    },
    access: declares.map(
      ([capability, permissions, scopes]): ManifestGrant => ({
        capability,
        resource: 'thing',
        kind: 'kind',
        level: 'read',
        permissions,
        scopes,
        conditions: [],
      }),
    ),
    native: native.map(([permissions, scopes]) => ({ origin: `App/${name}/Grant`, permissions, scopes, conditions: [] })),
    findings: [],
  };
}

export function principalOf(world: AccessWorld, name: string): WorldPrincipal {
  const found = world.principals.find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** The claims of an agent, as a review makes them. */
export function claimsOf(world: AccessWorld, name: string, worlds: readonly AccessWorld[] = [world]): readonly ClaimVerdict[] {
  const principal = principalOf(world, name);
  return claimsFor(principal, { world, worlds, paths: findPaths(principal.id, worlds).paths });
}

export function claimOf(world: AccessWorld, name: string, id: ClaimId): ClaimVerdict {
  const found = claimsOf(world, name).find(({ claim }) => claim === id);
  if (!found) throw new Error(`'${id}' is not claimed`);
  return found;
}
