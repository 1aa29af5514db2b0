import type { AgentAssessment } from '../../lib/core/governance/assessment';
import type { ReceiptBook } from '../../lib/core/governance/receipts';
import type { ReviewInput } from '../../lib/core/review/input';
import { scorecardOf } from '../../lib/policy/scorecard';
import { NOW } from './weeks';

type Resource = Record<string, unknown>;
type Template = { Resources: Record<string, Resource> };

/** One thing that is taken out of a template. */
export interface Mutation {
  readonly what: string;
  /** Construct path of the resource. */
  readonly path: string;
  readonly inputs: readonly ReviewInput[];
}

/** Every way to take one resource, or one statement of one policy, out of the templates. */
export function* mutationsOf(inputs: readonly ReviewInput[]): Generator<Mutation> {
  for (const input of inputs) {
    if (input.kind === 'terraform-stack') yield* ofTerraform(inputs, input);
    if (input.kind !== 'template') continue;
    const { Resources } = input.json as Template;
    const paths = input.stack?.constructPaths ?? {};
    const without = (change: (resources: Record<string, Resource>) => void): readonly ReviewInput[] => {
      const json = structuredClone(input.json) as Template;
      change(json.Resources);
      return inputs.map((one) => (one === input ? { ...input, json } : one));
    };
    for (const [id, resource] of Object.entries(Resources)) {
      // What the CDK itself says of the app, and nobody deploys.
      if (resource['Type'] === 'AWS::CDK::Metadata') continue;
      const path = paths[id] ?? id;
      yield { what: `${id} (${resource['Type']})`, path, inputs: without((all) => delete all[id]) };
      for (const { where, length } of statementLists(resource))
        for (let at = 0; at < length; at += 1)
          yield {
            what: `statement ${at} of ${where.join('.')} of ${id}`,
            path,
            inputs: without((all) => void (follow(all[id], where) as unknown[]).splice(at, 1)),
          };
    }
  }
}

type Blocks = Record<string, Record<string, Record<string, unknown>>>;

/** The same for a stack of Terraform: every resource. */
function* ofTerraform(inputs: readonly ReviewInput[], input: ReviewInput): Generator<Mutation> {
  for (const [type, blocks] of Object.entries((input.json as { resource: Blocks }).resource))
    for (const [name, block] of Object.entries(blocks)) {
      const json = structuredClone(input.json) as { resource: Blocks };
      delete json.resource[type]?.[name];
      const { metadata } = (block['//'] ?? {}) as { metadata?: { path?: string } };
      yield {
        what: `${type} ${name}`,
        path: metadata?.path ?? name,
        inputs: inputs.map((one) => (one === input ? { ...input, json } : one)),
      };
    }
}

/** Places of lists of statements in a resource. */
function statementLists(value: unknown, where: readonly string[] = []): { where: readonly string[]; length: number }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Statement' && Array.isArray(inner)
      ? [{ where: [...where, key], length: inner.length }]
      : statementLists(inner, [...where, key]),
  );
}

const follow = (value: unknown, where: readonly string[]): unknown =>
  where.reduce((at, key) => (at as Record<string, unknown>)[key], value);

/** Controls of each agent that passed before and do not any more. */
export function fallen(before: readonly AgentAssessment[], after: readonly AgentAssessment[]): readonly string[] {
  const passing = (agents: readonly AgentAssessment[]): Set<string> =>
    new Set(agents.flatMap((one) => one.results.filter(({ status }) => status === 'met').map(({ control }) => `${one.agent}\n${control}`)));
  const now = passing(after);
  return [...new Set([...passing(before)].filter((key) => !now.has(key)).map((key) => key.split('\n')[1] ?? ''))];
}

/** Whether a level of an agent is lower than it was. */
export function isLower(before: readonly AgentAssessment[], after: readonly AgentAssessment[]): boolean {
  return before.some((one) => (after.find(({ agent }) => agent === one.agent)?.level ?? 0) < one.level);
}

export const scoreOf = (inputs: readonly ReviewInput[], receipts: ReceiptBook): readonly AgentAssessment[] =>
  scorecardOf(inputs, { receipts, now: NOW }).agents;

/**
 * What each part of the example is for, by its construct path: written by hand, and not taken from the library. A removal must name one of these.
 * The first line that matches holds.
 */
export const SERVES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\/Trail\/(Trail|Log|Role|Bucket)/, ['management-recorded', 'data-recorded', 'records-validated', 'records-kept', 'records-locked']],
  [/\/TrailChanged/, ['pipeline-watched', 'tampering-answered']],
  [/\/Alarms\/Signal-/, ['signals-watched']],
  [/\/Alarms\//, ['pipeline-watched', 'people-told']],
  [/\/Dashboard/, ['people-told']],
  [/\/Alerts\//, ['people-told', 'pipeline-watched']],
  [/\/Routes\/(Undelivered|DeadLetters)/, ['pipeline-watched', 'signals-watched']],
  [/\/(Routes|Detector)\/|\/Watch\d|us-east-1\//, ['signals-watched', 'pipeline-watched']],
  [/\/Expected\d/, ['drift-found']],
  [/\/(Brake|Contain)(\/|$)|\/Containment\//, ['containment-armed']],
  [/\/Boundary/, ['ceiling', 'access-as-declared', 'perimeter']],
  [/\/(Sorter|Canary)\/Role/, ['own-identity']],
  [/Role\/Policy/, ['access-as-declared']],
  [/\/Guardrails\//, ['guardrail']],
  [/\/Continuous\/Evidence/, ['evidence-kept']],
  [/\/Continuous\/Tidy/, ['unused-found', 'credentials-tidied']],
  [/\/Continuous\/Tampering/, ['tampering-answered']],
  [/\/Continuous\//, ['drift-found', 'drift-repaired', 'tampering-answered', 'unused-found', 'credentials-tidied', 'evidence-kept']],
  [/\/OnCall/, ['people-told', 'pipeline-watched', 'containment-armed']],
];

export const servedBy = (path: string): readonly string[] => SERVES.find(([pattern]) => pattern.test(path))?.[1] ?? [];
