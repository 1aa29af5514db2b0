import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { LookedAfter } from '../../../core/governance/look-after';
import type { JsonObject } from '../../../core/json';

/** One statement of a document, in the order of the document. */
export interface Piece {
  /** `trust`, `inline NAME`, `managed ARN`. */
  readonly in: string;
  readonly statement: JsonObject;
}

/** What synth made of an agent's role, with references filled in by the deployment. */
export interface ExpectedAgent extends LookedAfter {
  readonly fleet: string;
  readonly roleArn: string;
  readonly roleName: string;
  /** @default - the role has none */
  readonly boundary?: string;
  /** Managed policies that are attached; the brake is left to containment. */
  readonly attached: readonly string[];
  readonly brake?: string;
  /** Secrets bound to it, by ARN. */
  readonly secrets: readonly string[];
  readonly pieces: readonly Piece[];
}

interface Part {
  readonly head?: Omit<ExpectedAgent, 'pieces'>;
  readonly pieces: readonly Piece[];
}

/** Agents of a fleet, as their stacks wrote them down; each is in several parameters. */
export const expectedAgents = async (ssm: SSMClient, fleet: string): Promise<readonly ExpectedAgent[]> =>
  [...(await partsOf(ssm, fleet)).values()].flatMap(({ agent }) => agent ?? []);

/** Agents of which a part is written down, and not who they are. */
export const partialAgents = async (ssm: SSMClient, fleet: string): Promise<readonly string[]> =>
  [...(await partsOf(ssm, fleet))].flatMap(([name, { agent }]) => (agent ? [] : [name]));

async function partsOf(ssm: SSMClient, fleet: string): Promise<ReadonlyMap<string, { readonly agent?: ExpectedAgent }>> {
  const parts = new Map<string, { readonly at: number; readonly part: Part }[]>();
  let token: string | undefined;
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: `/agentic-iam/${fleet}/expected`, Recursive: true, ...(token ? { NextToken: token } : {}) }),
    );
    for (const { Name: name = '', Value: value = '{}' } of page.Parameters ?? []) {
      const [agent = '', at = '0'] = name.split('/').slice(-2);
      parts.set(agent, [...(parts.get(agent) ?? []), { at: Number(at), part: JSON.parse(value) as Part }]);
    }
    token = page.NextToken;
  } while (token);
  return new Map(
    [...parts].map(([name, list]) => {
      const ordered = [...list].sort((a, b) => a.at - b.at).map(({ part }) => part);
      const head = ordered.find((part) => part.head)?.head;
      return [name, head ? { agent: { ...head, pieces: ordered.flatMap(({ pieces }) => pieces) } } : {}];
    }),
  );
}

/** Documents by where they are: the pieces of each, put together. */
export function documentsOf({ pieces }: Pick<ExpectedAgent, 'pieces'>): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject[]>();
  for (const { in: where, statement } of pieces) found.set(where, [...(found.get(where) ?? []), statement]);
  return new Map([...found].map(([where, Statement]) => [where, { Version: '2012-10-17', Statement }]));
}
