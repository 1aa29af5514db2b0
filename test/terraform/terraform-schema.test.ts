import { problemsOf, TERRAFORM_SCHEMAS } from '../setup/terraform-schema';

const ROLE = {
  name: 'reader',
  scope: '${data.azurerm_subscription.current.id}',
  permissions: [{ actions: ['Microsoft.Storage/storageAccounts/read'] }],
};
const STACK = {
  provider: { azurerm: [{ features: [{}], subscription_id: '0' }] },
  data: { azurerm_subscription: { current: {} } },
  resource: {
    azurerm_role_definition: { reader: ROLE },
    azurerm_role_assignment: {
      reader: {
        scope: '/subscriptions/0',
        principal_id: 'x',
        role_definition_id: '${azurerm_role_definition.reader.role_definition_resource_id}',
      },
    },
  },
};

function withRole(role: object): string[] {
  return problemsOf({ ...STACK, resource: { ...STACK.resource, azurerm_role_definition: { reader: role } } });
}

test('the schemas name the packages and providers that they come from', () => {
  expect(Object.values(TERRAFORM_SCHEMAS.sources)).toMatchInlineSnapshot(`
[
  "@cdktf/provider-azuread 14.3.1, generated from the schema of hashicorp/azuread 3.7.0",
  "@cdktf/provider-azurerm 14.23.1, generated from the schema of hashicorp/azurerm 4.55.0",
  "@cdktf/provider-google 16.12.1, generated from the schema of hashicorp/google 6.50.0",
  "@cdktf/provider-vault 15.6.1, generated from the schema of hashicorp/vault 5.6.0",
]
`);
});

test('what a provider would take has no problem', () => {
  expect(problemsOf(STACK)).toEqual([]);
});

test.each<[string, string, boolean]>([
  ['{"a":"${x["k"]}"}', 'quotes of an expression', false],
  ['{"a":"${f("\\"}")}"}', 'a quote in a string of one', false],
  ['say \\"$${x}\\"', 'text', false],
  ['{"a":"${split(\\"/\\", var.x)}"}', 'escaped with the text around it', true],
])('%s: %s', (scope, _, isWrong) => {
  expect(withRole({ ...ROLE, scope })).toEqual(isWrong ? [`an expression holds a backslash: ${scope}`] : []);
});

const { scope: _scope, ...scopeless } = ROLE;
test.each<[string, object, string]>([
  [
    'an argument that does not exist',
    { ...ROLE, colour: 'red' },
    "resource azurerm_role_definition.reader: no argument is called 'colour'",
  ],
  ['an argument that is missing', scopeless, "resource azurerm_role_definition.reader: 'scope' is required"],
  [
    'text for a list',
    { ...ROLE, assignable_scopes: 'all' },
    'resource azurerm_role_definition.reader.assignable_scopes: a list is wanted, not "all"',
  ],
  [
    'a wrong argument in a block',
    { ...ROLE, permissions: [{ action: [] }] },
    "resource azurerm_role_definition.reader.permissions[0]: no argument is called 'action'",
  ],
  [
    'a list where text is wanted',
    { ...ROLE, name: ['reader'] },
    'resource azurerm_role_definition.reader.name: a string is wanted, not ["reader"]',
  ],
  [
    'text for a block',
    { ...ROLE, permissions: ['read'] },
    'resource azurerm_role_definition.reader.permissions[0]: a block is wanted, not "read"',
  ],
  [
    'a reference to what is not there',
    { ...ROLE, description: '${azurerm_storage_account.none.id}' },
    '${azurerm_storage_account.none.id}: the stack has no resource azurerm_storage_account.none',
  ],
  [
    'an attribute that does not exist',
    { ...ROLE, description: '${data.azurerm_subscription.current.colour}' },
    "${data.azurerm_subscription.current.colour}: azurerm_subscription has no attribute 'colour'",
  ],
])('%s is told', (_, role, problem) => {
  expect(withRole(role)).toEqual([problem]);
});

test('a type without a schema is told, unless it is named', () => {
  const stack = { resource: { google_vertex_ai_reasoning_engine: { agent: {} } } };
  expect(problemsOf(stack)).toEqual([
    'resource google_vertex_ai_reasoning_engine.agent: no schema is known; run tools/evidence/terraform-schemas.ts',
  ]);
  expect(problemsOf(stack, ['google_vertex_ai_reasoning_engine'])).toEqual([]);
});
