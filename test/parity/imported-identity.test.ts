import { App, Stack } from 'aws-cdk-lib';
import { TerraformStack, Testing } from 'cdktf';
import * as aws from '../../lib/aws';
import * as azure from '../../lib/azure';
import { Fleets } from '../../lib/core/fleet';
import * as gcp from '../../lib/gcp';
import { readCatalogs } from '../../tools/docs-tables';
import { reader } from '../fixtures/agents';

const agent = reader();
const GUID = '11111111-2222-3333-4444-555555555555';

/** On each cloud: a stack, a reference to the agent's identity, and the identity itself. */
const CLOUDS = {
  aws: () => {
    const stack = new Stack(new App(), 'S');
    return {
      stack,
      refer: () => aws.AgentIdentity.fromIdentityAttributes(stack, 'Reference', { agent }),
      make: () => new aws.AgentIdentity(stack, 'Reader', { agent, trust: aws.AgentTrust.lambda() }),
    };
  },
  azure: () => {
    const stack = new TerraformStack(Testing.app(), 'S');
    const resourceGroup = { name: 'agents', location: 'westeurope' };
    return {
      stack,
      refer: () => azure.AgentIdentity.fromIdentityAttributes(stack, 'Reference', { agent, principalId: GUID, clientId: GUID }),
      make: () => new azure.AgentIdentity(stack, 'Reader', { agent, trust: azure.AgentTrust.azureCompute(), resourceGroup }),
    };
  },
  gcp: () => {
    const stack = new TerraformStack(Testing.app(), 'S');
    const email = 'main--invoice-reader@example-project.iam.gserviceaccount.com';
    return {
      stack,
      refer: () => gcp.AgentIdentity.fromIdentityAttributes(stack, 'Reference', { agent, project: 'example-project', email }),
      make: () => new gcp.AgentIdentity(stack, 'Reader', { agent, trust: gcp.AgentTrust.attached(), project: 'example-project' }),
    };
  },
} satisfies Record<string, () => { readonly stack: Stack | TerraformStack; readonly refer: () => unknown; readonly make: () => unknown }>;

test('every cloud is covered', () => {
  expect(Object.keys(CLOUDS).sort()).toEqual(
    readCatalogs()
      .map((catalog) => catalog.cloud)
      .sort(),
  );
});

test.each(Object.entries(CLOUDS))(
  'on %s an identity that is made takes the place of a reference to it, and lacks no role while imported',
  (_cloud, start) => {
    const { stack, refer, make } = start();
    const manifest = () => Fleets.of(stack.node.root).toManifest();
    refer();
    expect(manifest().agents.map(({ construct, findings }) => [construct, findings.some(({ id }) => id === 'no-role')])).toEqual([
      ['S/Reference', false],
    ]);
    make();
    expect(manifest().agents.map(({ construct, findings }) => [construct, findings.some(({ id }) => id === 'no-role')])).toEqual([
      ['S/Reader', true],
    ]);
  },
);
