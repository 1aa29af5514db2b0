import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { App as CdktfApp, TerraformStack } from 'cdktf';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { Fleets } from '../../lib/core/fleet';
import { manifestOf } from '../../lib/testing';

const agent = new AgentSpec({
  name: 'invoice-reader',
  owner: 'finance@example.com',
  purpose: 'answers questions about invoices',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readObjects('invoices')],
});

test.each([
  ['CDK', () => new Stack(new CdkApp(), 'Stack')],
  ['CDKTF', () => new TerraformStack(new CdktfApp(), 'stack')],
])('a %s stack and its app give the same manifest, as a plain object', (_title, makeStack) => {
  const stack = makeStack();
  register(stack.node.root);
  const manifest = manifestOf(stack);
  expect(manifest.agents.map(({ name, cloud }) => [name, cloud])).toEqual([['invoice-reader', 'moon']]);
  expect(manifestOf({ node: { root: stack.node.root } })).toEqual(manifest);
  expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
});

test('an app without agents has an empty manifest, and sees no agents of another app', () => {
  register(new CdkApp().node.root);
  expect(manifestOf(new CdkApp()).agents).toEqual([]);
});

function register(root: object): void {
  Fleets.of(root).register({
    cloud: 'moon',
    catalog: '2026-11-23',
    fleet: 'main',
    agent,
    construct: 'Stack/Reader',
    describe: () => ({ kind: 'rock', name: 'r', principal: 'p', trust: [], credentialLifeSeconds: 900, credentialLifeReason: 'orbit' }),
    native: () => [],
    resolve: (value) => value as never,
  });
}
