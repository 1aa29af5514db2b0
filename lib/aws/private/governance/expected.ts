import { Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { FleetMember } from '../../../core/fleet';
import type { JsonObject } from '../../../core/json';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import { roleResource } from '../attached-policies';
import { brakeArn } from '../containment/brake-policy';

/** What a reference is taken to be at most, in characters. */
const REFERENCE = 130;
/** Characters that are left in a parameter for what is around the pieces. */
const ROOM = 400;

interface Piece {
  readonly in: string;
  readonly statement: JsonObject;
}

/**
 * What the governor is to compare the role with, as parameters in the stack of the identity: every statement as the template has it, references filled in by the
 * deployment. What they hold is made when the template is written, since access may be granted later.
 */
export function registerExpected(identity: IAgentIdentity, member: FleetMember): void {
  const { agent, fleet } = identity;
  const stack = Stack.of(identity);
  const count = 2 + Math.ceil(agent.capabilities.length / 4);
  let packed: readonly (readonly Piece[])[] | undefined;
  const parts = (): readonly (readonly Piece[])[] => {
    packed ??= pack(piecesOf(identity), count);
    return packed;
  };
  for (let part = 0; part < count; part += 1)
    new CfnParameter(identity, `Expected${part}`, {
      name: `/agentic-iam/${fleet}/expected/${agent.name}/${part}`,
      description: `What the role of agent ${agent.name} must be, part ${part + 1} of ${count}`,
      type: 'String',
      tier: 'Intelligent-Tiering',
      value: Lazy.string({
        produce: () => stack.toJsonString({ ...(part === 0 ? { head: headOf(identity, member) } : {}), pieces: parts()[part] ?? [] }),
      }),
    });
  identity.node.addValidation({
    validate: () => {
      packed = undefined;
      const largest = Math.max(...parts().map((pieces) => sizeOf(stack, pieces)));
      return largest <= facts.parameter.largest
        ? []
        : [
            `agent '${agent.name}' takes ${largest} characters in a parameter of its governor, which holds ${facts.parameter.largest}; give it fewer statements`,
          ];
    },
  });
}

function headOf(identity: IAgentIdentity, member: FleetMember): object {
  const { agent, fleet, roleArn, roleName, role } = identity;
  const manifest = member.toManifest();
  const resource = roleResource(role);
  // A list that is empty resolves to nothing.
  const attached = (Stack.of(role).resolve(resource?.managedPolicyArns ?? []) ?? []) as readonly unknown[];
  const brake = brakeArn(identity);
  const hasBrake = identity.node.tryFindChild('Brake') !== undefined;
  const brakeRef = hasBrake ? Stack.of(role).resolve((identity.node.findChild('Brake') as iam.ManagedPolicy).managedPolicyArn) : undefined;
  return {
    name: agent.name,
    fleet,
    owner: agent.owner,
    roleArn,
    roleName,
    ...(resource?.permissionsBoundary === undefined ? {} : { boundary: resource.permissionsBoundary }),
    attached: attached.filter((arn) => JSON.stringify(arn) !== JSON.stringify(brakeRef)),
    ...(hasBrake ? { brake } : {}),
    ...(manifest.window?.notAfter === undefined ? {} : { notAfter: manifest.window.notAfter }),
    secrets: [
      ...new Set(
        (member.plan?.grants ?? []).filter(({ capability }) => capability === 'secrets:read').flatMap(({ scopes }) => scopes.slice(0, 1)),
      ),
    ],
    grants: agent.capabilities.map(({ id, resource: name }, index) => ({
      capability: `${id} ${name}`,
      index,
      actions: [
        ...new Set(
          (member.plan?.grants ?? [])
            .filter((grant) => grant.capability === id && grant.resource === name)
            .flatMap(({ permissions }) => permissions),
        ),
      ].sort(),
    })),
  };
}

/** Every statement of the role: its trust, what is written into it, what is attached to it, its boundary. The brake is containment's. */
function piecesOf({ role, node }: IAgentIdentity): readonly Piece[] {
  const resource = roleResource(role);
  if (!resource) return [];
  const stack = Stack.of(role);
  const named = (owner: iam.CfnPolicy | iam.CfnManagedPolicy): boolean =>
    JSON.stringify(stack.resolve(owner.roles) ?? []).includes(`"${String(stack.resolve(resource.logicalId))}"`);
  const others = stack.node.findAll();
  const inline = others.filter((one): one is iam.CfnPolicy => one instanceof iam.CfnPolicy && named(one));
  const brake = node.tryFindChild('Brake')?.node.defaultChild;
  const boundary = JSON.stringify(stack.resolve(resource.permissionsBoundary) ?? '');
  const attached = JSON.stringify(stack.resolve(resource.managedPolicyArns) ?? []);
  const managed = others.filter(
    (one): one is iam.CfnManagedPolicy =>
      one instanceof iam.CfnManagedPolicy &&
      one !== brake &&
      !String(one.managedPolicyName ?? '').includes('--chain-') &&
      (named(one) || [boundary, attached].some((text) => text.includes(`"${String(stack.resolve(one.logicalId))}"`))),
  );
  const statementsIn = (document: unknown): readonly JsonObject[] =>
    [(stack.resolve(document) as { Statement?: JsonObject | JsonObject[] } | undefined)?.Statement ?? []].flat();
  return [
    ...statementsIn(resource.assumeRolePolicyDocument).map((statement) => ({ in: 'trust', statement })),
    ...((stack.resolve(resource.policies) ?? []) as readonly { readonly policyName: string; readonly policyDocument: unknown }[]).flatMap(
      ({ policyName, policyDocument }) => statementsIn(policyDocument).map((statement) => ({ in: `inline ${policyName}`, statement })),
    ),
    ...inline.flatMap((policy) =>
      statementsIn(policy.policyDocument).map((statement) => ({ in: `inline ${policy.policyName}`, statement })),
    ),
    ...managed.flatMap((policy) => statementsIn(policy.policyDocument).map((statement) => ({ in: `managed ${policy.ref}`, statement }))),
  ];
}

/** Shares pieces out over parameters, in order, as full as each may be. */
function pack(pieces: readonly Piece[], count: number): readonly (readonly Piece[])[] {
  const parts: Piece[][] = Array.from({ length: count }, () => []);
  // The first also holds what the rest is about.
  let at = count > 1 ? 1 : 0;
  let size = 0;
  for (const piece of pieces) {
    const length = measure(piece);
    if (size + length > facts.parameter.largest - ROOM && at < count - 1) {
      at += 1;
      size = 0;
    }
    parts[at]?.push(piece);
    size += length;
  }
  return parts;
}

/** Characters with each reference at its longest. */
function measure(piece: Piece): number {
  return (
    JSON.stringify(piece, (_, value: unknown) =>
      typeof value === 'object' && value !== null && ('Ref' in value || 'Fn::GetAtt' in value || 'Fn::Sub' in value)
        ? 'x'.repeat(REFERENCE)
        : value,
    ).length + 1
  );
}

function sizeOf(_stack: Stack, pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + measure(piece), 2);
}
