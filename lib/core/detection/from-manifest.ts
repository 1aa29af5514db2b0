import type { JsonValue } from '../json';
import type { ManifestAgent, ManifestGrant, ManifestWorkflow } from '../manifest';
import type { WatchedAgent, WatchedGrant } from './registry';

/** What only a cloud knows of its manifest entries. */
export interface NativeNames {
  /** What a grant reaches on a scope, as patterns of native ids; what only deployment knows is a `*`. */
  readonly patterns: (scope: JsonValue, grant: Pick<ManifestGrant, 'conditions'>) => readonly string[];
  /** Native ids under which records name the agent. */
  readonly principals: (agent: ManifestAgent) => readonly string[] | undefined;
  /** Native ids of those who may take on the identity; undefined where a way in has none. */
  readonly enteredBy: (agent: ManifestAgent) => readonly string[] | undefined;
  /** Whether a service of the cloud makes the call on the agent's behalf. */
  readonly isIndirect: (grant: ManifestGrant) => boolean;
  /** Accounts, subscriptions or projects where the agent belongs; undefined where the manifest does not say. */
  readonly accounts: (agent: ManifestAgent) => readonly string[] | undefined;
}

/** What a detector is to know of an agent, from what synth wrote of it. */
export function watchedAgent(agent: ManifestAgent, native: NativeNames): WatchedAgent {
  const { limits, scope } = agent as unknown as { readonly limits: Limits; readonly scope: Scope };
  const principals = native.principals(agent);
  const enteredBy = native.enteredBy(agent);
  const accounts = native.accounts(agent);
  return {
    name: agent.name,
    fleet: agent.fleet,
    cloud: agent.cloud,
    owner: agent.owner,
    ...(principals ? { principals } : {}),
    grants: [
      ...agent.access.map((grant): WatchedGrant => {
        const { permissions, scopes } = grant;
        return {
          step: stepOf(grant),
          actions: permissions,
          resources: [...new Set(scopes.flatMap((scope) => native.patterns(scope, grant)))],
          ...(native.isIndirect(grant) ? { indirect: true } : {}),
        };
      }),
      ...agent.native.map(({ permissions, scopes }) => ({
        actions: permissions,
        resources: [...new Set(scopes.flatMap((scope) => native.patterns(scope, { conditions: [] })))],
      })),
    ],
    workflows: agent.workflows.map((workflow) => seenIn(workflow, agent)),
    limits,
    scope: {
      ...(accounts ? { accounts } : {}),
      ...(scope.regions ? { regions: scope.regions } : {}),
      ...(scope.networks ? { networks: scope.networks } : {}),
    },
    ...(enteredBy ? { enteredBy } : {}),
    ...(agent.responses ? { responses: agent.responses } : {}),
    sessionSeconds: agent.maxSessionSeconds,
  };
}

/** A workflow as the cloud's log shows it: without what something else than the cloud grants. */
function seenIn(workflow: ManifestWorkflow, { outside = [] }: ManifestAgent): ManifestWorkflow {
  const unseen = new Set(outside.map(stepOf));
  if (unseen.size === 0) return workflow;
  const seen = (steps: readonly string[]): readonly string[] => steps.filter((step) => !unseen.has(step));
  return {
    ...workflow,
    steps: workflow.steps.map((step) => ({ ...step, oneOf: seen(step.oneOf) })).filter(({ oneOf }) => oneOf.length > 0),
    ...(workflow.anytime ? { anytime: seen(workflow.anytime) } : {}),
  };
}

const stepOf = ({ resource, capability }: { readonly resource: string; readonly capability: string }): string =>
  `${resource}:${capability.slice(capability.indexOf(':') + 1)}`;

interface Limits {
  readonly callsPerMinute?: number;
  readonly perStep?: Readonly<Record<string, number>>;
  readonly perResource?: number;
}

interface Scope {
  readonly regions?: readonly string[];
  readonly networks?: readonly string[];
}
