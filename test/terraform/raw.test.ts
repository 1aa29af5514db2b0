import { Testing } from 'cdktf';
import { Construct } from 'constructs';
import { TerraformStack } from '../../lib/terraform/core';
import { literalText } from '../../lib/terraform/literal';
import { RawProvider, RawResource } from '../../lib/terraform/raw';

const MSGRAPH = { name: 'msgraph', source: 'microsoft/msgraph', version: '~> 0.2' };

function aStack(): TerraformStack {
  return new TerraformStack(Testing.app(), 'stack');
}

function aResource(scope: Construct, id: string, attributes: Record<string, unknown> = { url: 'applications' }): RawResource {
  return new RawResource(scope, id, { type: 'msgraph_resource', providerName: 'msgraph', attributes });
}

test('a raw provider gives its block and its requirement', () => {
  const stack = aStack();
  new RawProvider(stack, 'Graph', { ...MSGRAPH, config: { tenant_id: 'contoso' } });
  const { provider, terraform } = JSON.parse(Testing.synth(stack, true));
  expect({ provider, required: terraform.required_providers }).toMatchInlineSnapshot(`
{
  "provider": {
    "msgraph": [
      {
        "tenant_id": "contoso",
      },
    ],
  },
  "required": {
    "msgraph": {
      "source": "microsoft/msgraph",
      "version": "~> 0.2",
    },
  },
}
`);
});

test('attributes are written as they are, key for key', () => {
  const stack = aStack();
  aResource(stack, 'App', {
    url: 'applications',
    body: { displayName: 'a', 'sponsors@odata.bind': ['u'], nested: { appId: null, n: [1] } },
  });
  const { App } = JSON.parse(Testing.synth(stack)).resource.msgraph_resource;
  expect(App).toMatchInlineSnapshot(`
{
  "body": {
    "displayName": "a",
    "nested": {
      "appId": null,
      "n": [
        1,
      ],
    },
    "sponsors@odata.bind": [
      "u",
    ],
  },
  "url": "applications",
}
`);
});

test('a resource refers to another by reference', () => {
  const stack = aStack();
  const app = aResource(stack, 'App');
  aResource(stack, 'Credential', {
    url: `applications/${app.id}/federatedIdentityCredentials`,
    body: { appId: app.getStringAttribute('output.client_id') },
  });
  const { Credential } = JSON.parse(Testing.synth(stack)).resource.msgraph_resource;
  expect(Credential).toMatchInlineSnapshot(`
{
  "body": {
    "appId": "\${msgraph_resource.App.output.client_id}",
  },
  "url": "applications/\${msgraph_resource.App.id}/federatedIdentityCredentials",
}
`);
});

test('dependencies, life cycle and a named provider reach the resource', () => {
  const stack = aStack();
  const first = aResource(stack, 'First');
  const provider = new RawProvider(stack, 'Graph', MSGRAPH);
  new RawResource(stack, 'Second', {
    type: 'msgraph_resource',
    providerName: 'msgraph',
    attributes: { url: 'groups' },
    provider,
    dependsOn: [first],
    lifecycle: { preventDestroy: true },
  });
  expect(JSON.parse(Testing.synth(stack)).resource.msgraph_resource.Second).toMatchInlineSnapshot(`
{
  "depends_on": [
    "msgraph_resource.First",
  ],
  "lifecycle": {
    "prevent_destroy": true,
  },
  "provider": "msgraph",
  "url": "groups",
}
`);
});

test('a stack without the provider is refused at validation', () => {
  const stack = aStack();
  aResource(stack, 'App');
  expect(() => Testing.synth(stack, true)).toThrow(/Found resources without a matching provider construct.*msgraph/s);
});

test('an ensured provider is added once, however often it is asked for', () => {
  const stack = aStack();
  aResource(stack, 'App');
  RawProvider.ensure(stack, MSGRAPH);
  RawProvider.ensure(new Construct(stack, 'Deep'), MSGRAPH);
  expect(JSON.parse(Testing.synth(stack, true)).provider.msgraph).toEqual([{}]);
});

test("the user's own provider wins over an ensured one, even declared later", () => {
  const stack = aStack();
  RawProvider.ensure(stack, MSGRAPH);
  new RawProvider(stack, 'Mine', { ...MSGRAPH, version: '~> 0.3', config: { tenant_id: 'contoso' } });
  const { provider, terraform } = JSON.parse(Testing.synth(stack, true));
  expect(provider.msgraph).toEqual([{ tenant_id: 'contoso' }]);
  expect(terraform.required_providers.msgraph.version).toBe('~> 0.3');
});

test('HCL output holds the attributes too', () => {
  const stack = aStack();
  new RawProvider(stack, 'Graph', { ...MSGRAPH, config: { tenant_id: 'contoso' } });
  const app = aResource(stack, 'App', { url: 'applications', body: { displayName: 'a' } });
  aResource(stack, 'Principal', { url: 'servicePrincipals', body: { appId: app.id } });
  const hcl = Testing.synthHcl(stack);
  expect(hcl).toMatchInlineSnapshot(`
"terraform {
required_providers {
  msgraph = {
version = "~> 0.2"
source = "microsoft/msgraph"
}
}


}

provider "msgraph" {
tenant_id = "contoso"
}
resource "msgraph_resource" "App" {
url = "applications"
body = {
displayName = "a"
}
}
resource "msgraph_resource" "Principal" {
url = "servicePrincipals"
body = {
appId = "\${msgraph_resource.App.id}"
}
}"
`);
});

test('free text cannot open a template, and tokens are left alone', () => {
  const stack = aStack();
  const app = aResource(stack, 'App');
  expect(literalText('costs ${x} and %{if}, $5 {')).toBe('costs $${x} and %%{if}, $5 {');
  const id = app.id;
  expect(literalText(id)).toBe(id);
});
