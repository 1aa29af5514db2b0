import { AgentSpec } from '../../lib';
import { CAPABILITY_IDS } from '../../lib/core/capability';
import { SCHEMAS } from '../../lib/core/document';
import { messageOf } from '../fixtures/agents';

const document = {
  name: 'invoice-reader',
  owner: 'finance-platform@example.com',
  purpose: 'answers questions about invoices',
  mode: 'READ_ONLY',
  capabilities: [
    { capability: 'objects:list', resource: 'invoices' },
    { capability: 'objects:read', resource: 'invoices' },
  ],
  workflows: [{ name: 'answer', steps: [{ oneOf: ['invoices:list'] }, { oneOf: ['invoices:read'], occurs: 'any' }] }],
  limits: { callsPerMinute: 120 },
  scope: { environment: 'prod', domain: 'finance' },
  maxSessionSeconds: 900,
};

test('a JSON document gives the same spec as code, as a value or as text', () => {
  const spec = AgentSpec.fromJson(document);
  expect(spec.workflows[0]?.steps).toEqual([
    { oneOf: ['invoices:list'], occurs: 'once' },
    { oneOf: ['invoices:read'], occurs: 'any' },
  ]);
  expect(spec.maxSessionSeconds).toBe(900);
  expect(AgentSpec.fromJson(JSON.stringify(document))).toEqual(spec);
});

test('sub-agents are declared in place, or by name in a fleet document', () => {
  const child = { ...document, name: 'summariser' };
  expect(AgentSpec.fromJson({ ...document, delegatesTo: [child] }).delegatesTo[0]?.name).toBe('summariser');
  const [parent, other] = AgentSpec.fleetFromJson({ agents: [{ ...document, delegatesTo: ['summariser'] }, child] });
  expect(parent?.delegatesTo[0]).toBe(other);
});

test('the published schema lists exactly the capabilities of the vocabulary that can be declared', () => {
  const listed = SCHEMAS.agent.definitions.capability.properties.capability.enum;
  expect(listed).toEqual(CAPABILITY_IDS.filter((id) => id !== 'agents:delegate'));
});

test('all problems of a malformed document are listed at once, each with its path', () => {
  const broken = {
    ...document,
    owner: '',
    mode: 'ADMIN',
    colour: 'blue',
    capabilities: [{ capability: 'objects:readd', resource: 'In voices' }],
    limits: { callsPerMinute: 0 },
  };
  expect(messageOf(() => AgentSpec.fromJson(broken))).toMatchInlineSnapshot(`
"the agent document has 6 problems:
  /: has the unknown member 'colour'
  /owner: must not be empty, got: ""
  /mode: must be one of: READ_ONLY, READ_WRITE, got: "ADMIN"
  /capabilities/0/capability: is not a capability of the vocabulary, got: 'objects:readd'; did you mean objects:create, objects:delete, objects:list, objects:overwrite, objects:read?
  /capabilities/0/resource: must be lower-case letters and digits in words joined by single hyphens, first a letter, got: "In voices"
  /limits/callsPerMinute: must be >= 1, got: 0
 ; correct all of them; the schema is published in the package [invalid-document]"
`);
});

test('problems of meaning are listed at once too', () => {
  const broken = {
    ...document,
    capabilities: [{ capability: 'objects:delete', resource: 'invoices' }],
    delegatesTo: [{ ...document, name: 'child', workflows: [{ name: 'w', steps: [{ oneOf: ['orders:read'] }] }] }],
  };
  expect(messageOf(() => AgentSpec.fromJson(broken))).toMatchInlineSnapshot(`
"the agent document has 2 problems:
  /delegatesTo/0: agent 'child' names a step in 'w' that no capability allows, got: 'orders:read'; declared steps: 'invoices:list', 'invoices:read' [unknown-step]
  /: agent 'invoice-reader' is READ_ONLY and so may not hold access of level 'delete', got: 'objects:delete on 'invoices''; remove it, or declare AgentMode.READ_WRITE [mode-exceeded]
 ; correct all of them; the schema is published in the package [invalid-document]"
`);
});

test('a fleet document with unknown, doubled or circular delegates is refused', () => {
  const named = (name: string, delegatesTo: string[] = []) => ({ ...document, name, delegatesTo });
  const texts = [
    () => AgentSpec.fleetFromJson({ agents: [named('one', ['ghost']), named('one')] }),
    () => AgentSpec.fleetFromJson({ agents: [named('one', ['two']), named('two', ['three']), named('three', ['one'])] }),
    () => AgentSpec.fleetFromJson('{ "agents": ['),
    () => AgentSpec.fromJson(null),
  ].map(messageOf);
  expect(texts).toMatchInlineSnapshot(`
[
  "the fleet document has 2 problems:
  /agents/0/delegatesTo/0: agent 'one' must delegate to agents of the same document, got: 'ghost'; declared there: 'one' [unknown-delegate]
  /agents/1/name: agent 'one' must be the only one of its name, because delegation and audit records name agents, got: '/agents/0'; rename one of the two [duplicate-name]
 ; correct all of them; the schema is published in the package [invalid-document]",
  "the fleet document has 1 problem:
  /agents: agent 'one' must not reach itself through delegation, because a chain without an end cannot be attributed or stopped, got: 'one -> two -> three -> one'; remove one of these delegations [delegation-cycle]
 ; correct all of them; the schema is published in the package [invalid-document]",
  "the fleet document has 1 problem:
  /: is not JSON: Unexpected end of JSON input
 ; correct all of them; the schema is published in the package [invalid-document]",
  "the agent document has 1 problem:
  /: must be object, got: null
 ; correct all of them; the schema is published in the package [invalid-document]",
]
`);
});
