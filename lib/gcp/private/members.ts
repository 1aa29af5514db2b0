import type { Construct } from 'constructs';
import type { TerraformElement } from '../../terraform/core';
import {
  BigqueryDatasetIamMember,
  BigqueryTableIamMember,
  BigtableTableIamMember,
  CloudRunV2JobIamMember,
  CloudRunV2ServiceIamMember,
  CloudTasksQueueIamMember,
  KmsCryptoKeyIamMember,
  LoggingLogViewIamMember,
  ProjectIamMember,
  PubsubSubscriptionIamMember,
  PubsubTopicIamMember,
  SecretManagerRegionalSecretIamMember,
  SecretManagerSecretIamMember,
  ServiceAccountIamMember,
  StorageBucketIamMember,
  StorageManagedFolderIamMember,
} from '../../terraform/google';
import { RawResource } from '../../terraform/raw';
import { LIMITS, type ScopeType } from '../catalog';
import type { CelCondition } from './conditions';
import { needGoogle } from './google-version';
import type { GcpScope } from './scopes';

/** Who gets which role, under which condition. */
interface Granted {
  readonly member: string;
  /** Full name of a custom role, or `roles/...`. */
  readonly role: string;
  readonly condition?: CelCondition;
}

/** A role binding, and the place whose policy takes it. */
export interface MemberGrant extends Granted {
  readonly place: GcpScope;
}

type Config = Granted & Readonly<Record<string, unknown>>;
/** A role binding as it is made; all but those on storage and keys say their project. */
export type MadeMember = TerraformElement & { readonly id: string; readonly project?: string };
type Make = (scope: Construct, id: string, config: Config) => MadeMember;

// The argument types differ in names that the scope already uses; what a scope lacks, Terraform would miss at plan time
// and the tests of every kind miss at once.
const from =
  <C>(type: new (scope: Construct, id: string, config: C) => MadeMember): Make =>
  (scope, id, config) =>
    new type(scope, id, config as C);

/** The generated package is older than this resource, so the stack is moved to a provider that has it. */
const engineMember: Make = (scope, id, { reasoningEngine, condition: _condition, ...attributes }) => {
  needGoogle(scope, { needed: LIMITS.providers.reasoningEngineMember });
  return new RawResource(scope, id, {
    type: 'google_vertex_ai_reasoning_engine_iam_member',
    providerName: 'google',
    attributes: { ...attributes, reasoning_engine: reasoningEngine },
  });
};

const MEMBERS: Readonly<Record<ScopeType, Make>> = {
  project: from(ProjectIamMember),
  'storage-bucket': from(StorageBucketIamMember),
  'storage-managed-folder': from(StorageManagedFolderIamMember),
  'bigquery-dataset': from(BigqueryDatasetIamMember),
  'bigquery-table': from(BigqueryTableIamMember),
  'bigtable-table': from(BigtableTableIamMember),
  'pubsub-topic': from(PubsubTopicIamMember),
  'pubsub-subscription': from(PubsubSubscriptionIamMember),
  'cloud-tasks-queue': from(CloudTasksQueueIamMember),
  secret: from(SecretManagerSecretIamMember),
  'regional-secret': from(SecretManagerRegionalSecretIamMember),
  'crypto-key': from(KmsCryptoKeyIamMember),
  'reasoning-engine': engineMember,
  'cloud-run-service': from(CloudRunV2ServiceIamMember),
  'cloud-run-job': from(CloudRunV2JobIamMember),
  'log-view': from(LoggingLogViewIamMember),
  'service-account': from(ServiceAccountIamMember),
};

/**
 * Adds one member to one role of one policy. Additive: never `_iam_binding` or `_iam_policy`, which would remove what
 * others were granted. The grant is not made before its predecessor goes: Terraform would then treat the thing granted on
 * the same way, and a bucket cannot be made twice.
 */
export function addMember(scope: Construct, id: string, { place, ...granted }: MemberGrant): MadeMember {
  const { type, ...fields } = place;
  return MEMBERS[type](scope, id, { ...fields, ...granted });
}
