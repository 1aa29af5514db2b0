import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { remembering } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { byCodePoint, type JsonValue } from '../../../core/json';
import type { IAgentIdentity } from '../../agent-identity';
import type { AgentWork } from '../../agent-work';
import facts from '../../catalog/containment.json';
import { brakeArn, brakeDocuments, readActions } from './brake-policy';

/** Where the responder of a fleet finds its agents. */
export const containPath = (fleet: string): string => `/agentic-iam/${fleet}/contain`;

/** What of an agent is one workflow's alone. */
export interface WorkflowParts {
  readonly work?: readonly AgentWork[];
  readonly tasks?: readonly string[];
}

export interface RegistryEntry {
  readonly identity: IAgentIdentity;
  readonly role: iam.Role;
  readonly member: FleetMember;
  readonly armed: boolean;
  readonly canary: boolean;
  readonly work: readonly AgentWork[];
  readonly workflows: Readonly<Record<string, WorkflowParts>>;
  /** ARNs of secrets. */
  readonly secrets: readonly string[];
  /** ARNs of policies that stop chains; asked when the template is written. */
  readonly chains: () => readonly string[];
}

/** Characters that a parameter holds. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const LARGEST = 8_192;

/** What the responder is to know of an agent, in the stack of its identity, as its template says it. */
export function registerAgent(entry: RegistryEntry): void {
  const { identity } = entry;
  const { agent, fleet } = identity;
  const stack = Stack.of(identity);
  new CfnParameter(identity, 'Contain', {
    name: `${containPath(fleet)}/${agent.name}`,
    description: `How agent ${agent.name} is contained`,
    type: 'String',
    tier: 'Intelligent-Tiering',
    value: Lazy.string({ produce: () => stack.toJsonString(entryOf(entry)) }),
  });
  identity.node.addValidation({
    validate: () => {
      const size = JSON.stringify(stack.resolve(entryOf(entry))).length;
      const message = `agent '${agent.name}' takes about ${size} characters in a parameter, which holds ${LARGEST}; name less work and fewer secrets`;
      return size <= LARGEST ? [] : [message];
    },
  });
}

/** Kinds of the catalog that give out credentials of others. */
const PROVIDERS: ReadonlySet<string> = new Set(['api-key-provider', 'oauth2-provider']);

function entryOf({ identity, role, member, armed, canary, work, workflows, secrets, chains }: RegistryEntry): object {
  const { agent, fleet } = identity;
  const plan = member.plan;
  const actions = [...new Set((plan?.grants ?? []).flatMap(({ permissions }) => permissions))].sort(byCodePoint);
  const providers = (plan?.grants ?? []).flatMap(({ kind, target, scopes }) =>
    PROVIDERS.has(kind) && target === 'provider' ? scopes.slice(0, 1) : [],
  );
  const memories = [...new Set(remembering(plan?.grants ?? []).flatMap(({ scopes }) => scopes.slice(0, 1)))];
  const spared = new Set<string>(facts.evidence.actions);
  return {
    name: agent.name,
    fleet,
    cloud: 'aws',
    owner: agent.owner,
    armed,
    ...(canary ? { canary } : {}),
    responses: agent.responses,
    ...(Object.keys(workflows).length > 0 ? { workflows: Object.keys(workflows) } : {}),
    native: {
      roleArn: identity.roleArn,
      roleName: identity.roleName,
      brake: { policyArn: brakeArn(identity), ...brakeDocuments(plan) },
      trust: Token.asAny(Stack.of(identity).resolve(role.assumeRolePolicy) as JsonValue),
      chains: chains(),
      work: work.map((one) => one.entry),
      secrets,
      ...(providers.length > 0 ? { providers } : {}),
      ...(memories.length > 0 ? { memories } : {}),
      ...(Object.keys(workflows).length > 0
        ? {
            workflows: Object.fromEntries(
              Object.entries(workflows).map(([name, { work: parts = [], tasks = [] }]) => [
                name,
                { work: parts.map((one) => one.entry), tasks },
              ]),
            ),
          }
        : {}),
      actions: actions.filter((action) => !spared.has(action)).slice(0, facts.simulation.actions),
      reads: readActions(plan),
    },
  };
}
