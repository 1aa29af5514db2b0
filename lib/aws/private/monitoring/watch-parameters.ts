import { Lazy, Stack, Token } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { watchedAgent } from '../../../core/detection/from-manifest';
import type { WatchedAgent } from '../../../core/detection/registry';
import { agentNotWatchable } from '../../../core/detection-errors';
import type { FleetMember } from '../../../core/fleet';
import type { JsonValue } from '../../../core/json';
import { namesWith } from '../../../events/aws/watched';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';

/** Where the detector of a fleet finds its agents. */
export const watchPath = (fleet: string): string => `/agentic-iam/${fleet}/watch`;

/** Capabilities whose grants go into one parameter. */
const PER_PART = 5;
/** What a reference is taken to be at most, in characters. */
const REFERENCE = 100;

/**
 * What the detector is to know of an agent, as parameters in the stack of its identity: deploying an agent changes nothing else, and what only
 * its own deployment knows is known there. What they hold is made when the template is written, since access may be bound later.
 */
export function watchParameters(identity: IAgentIdentity, member: FleetMember, { counted }: { readonly counted: boolean }): void {
  const { agent, fleet } = identity;
  const stack = Stack.of(identity);
  const parts = Math.max(1, Math.ceil(agent.capabilities.length / PER_PART));
  for (let part = 0; part < parts; part += 1) {
    new CfnParameter(identity, `Watch${part}`, {
      name: `${watchPath(fleet)}/${agent.name}/${part}`,
      description: `What agent ${agent.name} declared, part ${part + 1} of ${parts}`,
      type: 'String',
      tier: 'Intelligent-Tiering',
      value: Lazy.string({
        produce: () => stack.toJsonString({ ...partOf(watched(identity, member, asToken), part, parts), ...(counted ? { counted } : {}) }),
      }),
    });
  }
  identity.node.addValidation({
    validate: () => {
      if (!member.plan) return [agentNotWatchable(agent.name, identity.node.path).message];
      const plain = watched(identity, member, (value) => (typeof value === 'string' ? value : 'x'.repeat(REFERENCE)));
      const sizes = Array.from({ length: parts }, (_, part) => JSON.stringify(partOf(plain, part, parts)).length);
      const largest = Math.max(...sizes);
      return largest <= facts.parameter.largest
        ? []
        : [
            `agent '${agent.name}' takes ${largest} characters in a parameter, which holds ${facts.parameter.largest}; give it fewer resources or workflows`,
          ];
    },
  });
}

function watched(identity: IAgentIdentity, member: FleetMember, pattern: (value: JsonValue) => string): WatchedAgent {
  const names = namesWith(new Map());
  const manifest = member.toManifest();
  return watchedAgent(manifest, {
    ...names,
    patterns: (scope) => [pattern(scope)],
    principals: () => [identity.roleArn],
    enteredBy: () => entriesOf(manifest.identity.trust, pattern),
    accounts: () => [Stack.of(identity).account],
  });
}

/** Who may take on the identity; undefined, and not watched, where a way in names nobody as records of it do. */
function entriesOf(
  trust: readonly { readonly bounds: Readonly<Record<string, JsonValue>> }[],
  pattern: (value: JsonValue) => string,
): readonly string[] | undefined {
  const entries = trust.map(({ bounds: { service, principal } }) =>
    typeof service === 'string' ? service : principal === undefined ? undefined : pattern(principal),
  );
  return entries.length > 0 && entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function asToken(value: JsonValue): string {
  return typeof value === 'string' ? value : Token.asString(value);
}

/** Grants are shared out; all the rest is in every part, so that no part needs another to be understood. */
function partOf(agent: WatchedAgent, part: number, parts: number): WatchedAgent {
  const size = Math.ceil(agent.grants.length / parts);
  return { ...agent, grants: agent.grants.slice(part * size, (part + 1) * size) };
}
