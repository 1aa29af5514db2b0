import type { OutsideUse } from './access-plan';
import { checkDocument } from './document';
import type { Finding } from './finding';
import type { JsonObject, JsonValue } from './json';
import { byCodePoint, stableStringify } from './json';
import type { AgentResponses } from './responses';
import type { Acknowledgement } from './review/acknowledgements';
import type { ParameterShape } from './task-values';
import type { StepOccurrence } from './workflow';

/** Name of the manifest's file, in the folder synth writes to. */
export const MANIFEST_FILE = 'agentic-iam.manifest.json';

/** One way in: who may become the agent. */
export interface ManifestTrust {
  /** Factory of `AgentTrust`, for example `lambda`. */
  readonly kind: string;
  /** What the way in is bound to: subject, audience, source ARN ... */
  readonly bounds: JsonObject;
}

/** The identity of one agent on one cloud. */
export interface ManifestIdentity {
  /** `iam-role`, `user-assigned-identity`, `service-account` ... */
  readonly kind: string;
  readonly name: string;
  /** What the cloud calls the principal; may hold references of the template. */
  readonly principal: JsonValue;
  readonly trust: readonly ManifestTrust[];
  /** The policy that stops chains of agents by what their sessions carry; may be a reference of the template. @default - the cloud has none, or no chain leads here */
  readonly chainDeny?: JsonValue;
  /** Longest life of one credential, in seconds, as the cloud enforces it. */
  readonly credentialLifeSeconds: number;
  /** Why it is that long. */
  readonly credentialLifeReason: string;
}

/** Permissions granted, and the capability they came from. */
export interface ManifestGrant {
  readonly capability: string;
  readonly resource: string;
  readonly kind: string;
  readonly level: string;
  readonly permissions: readonly string[];
  /** Native scopes; may hold references of the template. */
  readonly scopes: readonly JsonValue[];
  readonly conditions: readonly JsonValue[];
  readonly via?: string;
  /** True where it takes in more than the bound resource; absent otherwise. */
  readonly wide?: true;
}

/** Access granted past the library, by the user's own code. */
export interface ManifestNativeGrant {
  /** Construct path of what granted it. */
  readonly origin: string;
  /** As they were granted, wildcards included. */
  readonly permissions: readonly string[];
  /** How many exact permissions they stand for. @default - as many as are listed */
  readonly permissionCount?: number;
  readonly scopes: readonly JsonValue[];
  readonly conditions: readonly JsonValue[];
}

/** A workflow as data. */
export interface ManifestWorkflow {
  readonly name: string;
  /** `all`: each of the actions once, in any order, rather than any one of them. */
  readonly steps: readonly { readonly oneOf: readonly string[]; readonly occurs: StepOccurrence; readonly all?: true }[];
  /** Actions that may come in between at any point. @default - none */
  readonly anytime?: readonly string[];
}

/** A kind of task, and what a cloud made of it. */
export interface ManifestTask {
  readonly name: string;
  /** Hand-over to sub-agents included, as `agents:delegate`. */
  readonly capabilities: readonly { readonly capability: string; readonly resource: string }[];
  readonly parameters: Readonly<Record<string, ParameterShape>>;
  /** Part of a resource, by its name, with `{parameter}` in it. */
  readonly within: Readonly<Record<string, string>>;
  /** Longest life of its credentials, in seconds. */
  readonly longestSeconds: number;
  /** What the credentials are bounded by in native terms, with `{parameter}` in it. @default - no broker for it is part of the app */
  readonly native?: JsonValue;
}

/** Everything known of one agent on one cloud. */
export interface ManifestAgent {
  readonly name: string;
  readonly cloud: string;
  readonly fleet: string;
  /** Path of the construct that made the identity. */
  readonly construct: string;
  readonly owner: string;
  readonly purpose: string;
  readonly mode: string;
  readonly scope: JsonObject;
  readonly limits: JsonObject;
  /** What is done when it shows a signal. @default - exact and critical ones brake it where containment is armed, all others are told */
  readonly responses?: AgentResponses;
  readonly maxSessionSeconds: number;
  readonly delegatesTo: readonly string[];
  readonly workflows: readonly ManifestWorkflow[];
  /** Kinds of tasks that credentials of their own can be had for. @default - none */
  readonly tasks?: readonly ManifestTask[];
  readonly identity: ManifestIdentity;
  /** What the capabilities were compiled to; empty while the identity has no role. */
  readonly access: readonly ManifestGrant[];
  /** Capabilities that a store outside the cloud grants: a secret of Vault. @default - none */
  readonly outside?: readonly OutsideUse[];
  readonly native: readonly ManifestNativeGrant[];
  /** Native ceiling, where the cloud has one: boundary, deny policy ... */
  readonly ceiling?: JsonValue;
  /** When the access holds; open-ended where absent. */
  readonly window?: { readonly notBefore?: string; readonly notAfter?: string };
  readonly findings: readonly Finding[];
}

/** A secret that agents read, and whose credentials it holds. Never its value. */
export interface ManifestSecret {
  readonly cloud: string;
  /** Path of the construct that made it. */
  readonly construct: string;
  /** What the cloud calls it; may hold references of the template. */
  readonly secret: JsonValue;
  /** Names of the agents that may read it. */
  readonly agents: readonly string[];
  /** Native ids of principals, of any cloud, that who reads it can become; may hold references of the template. */
  readonly holds: readonly JsonValue[];
}

/**
 * What synth knows of every agent: the contract between synth, run time, CLI and diff. No timestamps and no absolute
 * paths, in stable order, so that it can be committed and compared.
 */
export interface Manifest {
  readonly schemaVersion: 1;
  /** Version of this library. */
  readonly library: string;
  /** Version of each catalog used, by cloud. */
  readonly catalogs: Readonly<Record<string, string>>;
  readonly agents: readonly ManifestAgent[];
  /** Secrets made for agents. @default - none */
  readonly secrets?: readonly ManifestSecret[];
  /** Findings of a review that somebody accepts, with the reason. @default - none */
  readonly acknowledged?: readonly Acknowledgement[];
}

/** Puts agents in stable order: cloud, fleet, name. */
export function makeManifest(library: string, catalogs: Readonly<Record<string, string>>, agents: readonly ManifestAgent[]): Manifest {
  const ordered = [...agents].sort((a, b) => byCodePoint(a.cloud, b.cloud) || byCodePoint(a.fleet, b.fleet) || byCodePoint(a.name, b.name));
  return { schemaVersion: 1, library, catalogs, agents: ordered };
}

/** The manifest as its file holds it: sorted keys, two spaces, a final newline. */
export function formatManifest(manifest: Manifest): string {
  return `${stableStringify(manifest, 2)}\n`;
}

/** Reads a manifest file's text and checks it against `schema/manifest.schema.json`; `from` names it in errors. */
export function readManifest(from: string, text: string): Manifest {
  return checkDocument<Manifest>(`manifest '${from}'`, 'manifest', text);
}
