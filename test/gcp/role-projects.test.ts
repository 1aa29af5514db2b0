import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { LoggingLogView } from '@cdktf/provider-google/lib/logging-log-view';
import { LoggingProjectBucketConfig } from '@cdktf/provider-google/lib/logging-project-bucket-config';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { AgentMode, Capability } from '../../lib';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { ScopedAgentRole } from '../../lib/gcp/scoped-agent-role';
import type { TerraformStack } from '../../lib/terraform/core';
import { reader } from '../fixtures/agents';
import { makeIdentity, newStack, PROJECT, resourcesOf } from './identity-stack';

/** Where the custom role is made for one capability on one thing. A role can be granted only in the project it is made in. */
function projectOfRole(capability: string, bind: (stack: TerraformStack) => AgentResource): unknown {
  const stack = newStack();
  const agent = reader({ mode: AgentMode.READ_WRITE, capabilities: [Capability.of(capability, 'thing')] });
  new ScopedAgentRole(stack, 'Role', { identity: makeIdentity(stack, { agent }), resources: { thing: bind(stack) } });
  return Object.values(resourcesOf(stack)['google_project_iam_custom_role'] ?? {})[0]?.['project'];
}

const ring = (stack: TerraformStack): KmsKeyRing => new KmsKeyRing(stack, 'Ring', { name: 'r', location: 'eu', project: 'keys' });

test.each<[string, string, (stack: TerraformStack) => AgentResource, string | undefined]>([
  [
    'a key in a ring of another project',
    'keys:decrypt',
    (stack) => AgentResource.cryptoKey(new KmsCryptoKey(stack, 'Key', { name: 'k', keyRing: ring(stack).id })),
    '${element(split("/", google_kms_key_ring.Ring.id), 1)}',
  ],
  [
    'a key in a ring whose project is written',
    'keys:decrypt',
    (stack) =>
      AgentResource.cryptoKey(
        new KmsCryptoKey(stack, 'Key', { name: 'k', keyRing: `projects/keys/locations/eu/keyRings/${ring(stack).name}` }),
      ),
    'keys',
  ],
  [
    'a view of a log bucket of the app',
    'logs:read',
    (stack) => {
      const bucket = new LoggingProjectBucketConfig(stack, 'Logs', { bucketId: 'b', location: 'global', project: 'logs' });
      return AgentResource.logView(new LoggingLogView(stack, 'View', { name: 'v', bucket: bucket.id }));
    },
    '${element(split("/", google_logging_log_view.View.parent), 1)}',
  ],
  ['a secret by its full name', 'secrets:read', () => AgentResource.secret({ secretId: 'projects/vault/secrets/x' }), 'vault'],
  ['a topic by its full name', 'topics:publish', () => AgentResource.pubsubTopic({ name: 'projects/bus/topics/t' }), 'bus'],
  [
    'a bucket with a provider of its own',
    'objects:read',
    (stack) => {
      const provider = new GoogleProvider(stack, 'Data', { alias: 'data', project: 'data' });
      return AgentResource.bucket(new StorageBucket(stack, 'Bucket', { name: 'b', location: 'EU', provider }));
    },
    'data',
  ],
  [
    'a bucket with a provider of its own that names no project',
    'objects:read',
    (stack) => {
      const provider = new GoogleProvider(stack, 'Data', { alias: 'data' });
      return AgentResource.bucket(new StorageBucket(stack, 'Bucket', { name: 'b', location: 'EU', provider }));
    },
    '${google_storage_bucket.Bucket.project}',
  ],
  [
    'a bucket of the stack',
    'objects:read',
    (stack) => AgentResource.bucket(new StorageBucket(stack, 'B', { name: 'b', location: 'EU' })),
    undefined,
  ],
])('the role for %s is made where the thing is', (_title, capability, bind, project) => {
  expect(projectOfRole(capability, bind)).toBe(project);
});

test('a version of the provider that the user chose for an engine stays, whatever needs a newer one', () => {
  const stack = newStack();
  const agent = reader({ mode: AgentMode.READ_WRITE, capabilities: [Capability.invokeRuntime('desk')] });
  const identity = AgentIdentity.agentEngine(stack, 'E', { agent, project: PROJECT, location: 'europe-west4', googleVersion: '7.40.0' });
  const desk = AgentResource.reasoningEngine({ name: '7', location: 'eu' }, { onEngine: true });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { desk } });
  expect(stack.toTerraform().terraform.required_providers.google.version).toBe('7.40.0');
});
