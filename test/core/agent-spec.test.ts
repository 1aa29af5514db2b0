import { AgentMode, AgentSpec, Capability, Duration, minutes, Workflow } from '../../lib';
import { messageOf, reader, readerProps } from '../fixtures/agents';

test('a spec keeps what was declared and fills in the defaults', () => {
  const spec = reader();
  expect(spec.maxSessionSeconds).toBe(3600);
  expect(spec.resourceNames).toEqual(['invoices']);
  expect(spec.workflows).toEqual([]);
  expect(spec.delegatesTo).toEqual([]);
});

test('a spec cannot be changed after it was made, nor through the objects it was made from', () => {
  const limits = { perStep: { 'invoices:read': 5 } };
  const spec = reader({ limits });
  limits.perStep['invoices:read'] = 500;
  expect(spec.limits.perStep).toEqual({ 'invoices:read': 5 });
  expect(() => Object.assign(spec, { owner: 'someone else' })).toThrow(TypeError);
  expect(() => Object.assign(spec.limits, { callsPerMinute: 1 })).toThrow(TypeError);
  expect(() => (spec.capabilities as Capability[]).push(Capability.deleteObjects('invoices'))).toThrow(TypeError);
});

test('each delegate becomes a capability under the name of the child', () => {
  const child = reader({ name: 'summariser' });
  const spec = reader({ delegatesTo: [child] });
  expect(spec.capabilities.map(({ id, resource }) => `${id} ${resource}`)).toContain('agents:delegate summariser');
  expect(spec.resourceNames).toEqual(['invoices', 'summariser']);
});

test('any object that can say its seconds serves as a session length', () => {
  expect(reader({ maxSession: minutes(15) }).maxSessionSeconds).toBe(900);
  expect(reader({ maxSession: { toSeconds: () => 1800 } }).maxSessionSeconds).toBe(1800);
});

test('a read-only agent may append its own telemetry, and nothing else that writes', () => {
  const spec = reader({ capabilities: [Capability.writeTelemetry('log')] });
  expect(spec.capabilities).toHaveLength(1);
});

describe('refusals say subject, rule, reason, value and what to do', () => {
  const summariser = reader({ name: 'summariser' });
  const writer = new AgentSpec(
    readerProps({ name: 'writer', mode: AgentMode.READ_WRITE, capabilities: [Capability.overwriteObjects('drafts')] }),
  );
  const cases: Record<string, () => unknown> = {
    'empty owner': () => reader({ owner: '  ' }),
    'empty purpose': () => reader({ purpose: '' }),
    'name too long': () => reader({ name: 'the-agent-that-reads-every-invoice' }),
    'name with bad characters': () => reader({ name: 'Invoice_Reader' }),
    'name with two hyphens': () => reader({ name: 'invoice--reader' }),
    'unknown capability': () => Capability.of('object:read', 'invoices'),
    'unknown noun': () => Capability.of('teapots:brew', 'pot'),
    'session over the maximum': () => reader({ maxSession: Duration.hours(13) }),
    'session under the minimum': () => reader({ maxSession: minutes(5) }),
    'half a second': () => Duration.seconds(0.5),
    'write in a read-only agent': () => reader({ capabilities: [Capability.deleteObjects('invoices')] }),
    'the same capability twice': () => reader({ capabilities: [Capability.readObjects('a'), Capability.readObjects('a')] }),
    'delegation declared as a capability': () => reader({ capabilities: [Capability.of('agents:delegate', 'child')] }),
    'read-only agent that delegates to a writer': () => reader({ delegatesTo: [writer] }),
    'delegation to its own name': () => reader({ delegatesTo: [reader()] }),
    'delegation that comes back': () => reader({ delegatesTo: [reader({ name: 'middle', delegatesTo: [reader()] })] }),
    'two children of one name': () => reader({ delegatesTo: [summariser, reader({ name: 'summariser' })] }),
    'workflow step that no capability allows': () => reader({ workflows: [Workflow.named('answer').step('invoices:delete')] }),
    'limit for an unknown step': () => reader({ limits: { perStep: { 'invoices:write': 1 } } }),
    'limit of zero': () => reader({ limits: { callsPerMinute: 0 } }),
    'environment with bad characters': () => reader({ scope: { environment: 'Prod!' } }),
    'repeated before any step': () => Workflow.named('answer').repeated(),
    'step without an action': () => Workflow.named('answer').oneOf(),
  };
  const texts = Object.fromEntries(Object.entries(cases).map(([name, run]) => [name, messageOf(run)]));

  test('as a reviewer reads them', () => {
    expect(texts).toMatchInlineSnapshot(`
{
  "delegation declared as a capability": "agent 'invoice-reader' declares delegation in 'delegatesTo' and not among its capabilities, because the mode and the chain are checked against the whole sub-agent, not its name, got: 'child'; pass the sub-agent's AgentSpec in 'delegatesTo' [delegation-as-capability]",
  "delegation that comes back": "agent 'invoice-reader' must not reach itself through delegation, because a chain without an end cannot be attributed or stopped, got: 'invoice-reader -> middle -> invoice-reader'; remove one of these delegations [delegation-cycle]",
  "delegation to its own name": "agent 'invoice-reader' must not reach itself through delegation, because a chain without an end cannot be attributed or stopped, got: 'invoice-reader -> invoice-reader'; remove one of these delegations [delegation-cycle]",
  "empty owner": "agent 'invoice-reader' needs 'owner' not to be empty, because someone must answer for what the agent does; set 'owner' [empty-field]",
  "empty purpose": "agent 'invoice-reader' needs 'purpose' not to be empty, because a reviewer compares the access with it; set 'purpose' [empty-field]",
  "environment with bad characters": "fleet 'Prod!' must be lower-case letters and digits in words joined by single hyphens, first a letter, because it becomes part of names on every cloud, and a GCP service account allows no more, got: 'Prod!'; use for example 'prod' [invalid-name]",
  "half a second": "a duration must be a positive whole number of seconds, got: 0.5; use for example minutes(15) [invalid-duration]",
  "limit for an unknown step": "agent 'invoice-reader' names a step in 'limits' that no capability allows, got: 'invoices:write'; declared steps: 'invoices:list', 'invoices:read' [unknown-step]",
  "limit of zero": "agent 'invoice-reader' needs limit 'callsPerMinute' to be a positive whole number, got: 0; leave it out for no limit, or give a number above 0 [invalid-limit]",
  "name too long": "agent 'the-agent-that-reads-every-invoice' must have a name of 2 to 30 characters, because it becomes part of names on every cloud, and a GCP service account allows no more, got: 'the-agent-that-reads-every-invoice'; use for example 'the-agent-that-reads-every-inv' [invalid-name]",
  "name with bad characters": "agent 'Invoice_Reader' must be lower-case letters and digits in words joined by single hyphens, first a letter, because it becomes part of names on every cloud, and a GCP service account allows no more, got: 'Invoice_Reader'; use for example 'invoice-reader' [invalid-name]",
  "name with two hyphens": "agent 'invoice--reader' must be lower-case letters and digits in words joined by single hyphens, first a letter, because it becomes part of names on every cloud, and a GCP service account allows no more, got: 'invoice--reader'; use for example 'invoice-reader' [invalid-name]",
  "read-only agent that delegates to a writer": "agent 'invoice-reader' is READ_ONLY and so may not delegate to an agent that may write, got: 'writer'; declare 'writer' READ_ONLY, or this agent READ_WRITE [mode-exceeded]",
  "repeated before any step": "workflow 'answer' needs a step before 'repeated()', because it says how often the last step occurs; call step() first, then repeated() [no-step-yet]",
  "session over the maximum": "agent 'invoice-reader' needs a 'maxSession' of 15 minutes to 12 hours, because no cloud issues shorter or longer ones, got: '46800 s'; set 'maxSession' within that range, for example minutes(15) [session-out-of-range]",
  "session under the minimum": "agent 'invoice-reader' needs a 'maxSession' of 15 minutes to 12 hours, because no cloud issues shorter or longer ones, got: '300 s'; set 'maxSession' within that range, for example minutes(15) [session-out-of-range]",
  "step without an action": "workflow 'answer' needs at least one action in each step, because a step without an action can never occur; name an action, for example 'invoices:read' [empty-step]",
  "the same capability twice": "agent 'invoice-reader' must declare each capability once, got: 'objects:read on 'a''; remove the second one [duplicate-capability]",
  "two children of one name": "agent 'summariser' must be the only one of its name, because delegation and audit records name agents, got: 'invoice-reader -> summariser'; rename one of the two [duplicate-name]",
  "unknown capability": "a capability must have an id from the vocabulary, got: 'object:read'; did you mean 'objects:create', 'objects:delete', 'objects:list', 'objects:overwrite', 'objects:read'? [unknown-capability]",
  "unknown noun": "a capability must have an id from the vocabulary, got: 'teapots:brew'; see the table of capabilities in the README [unknown-capability]",
  "workflow step that no capability allows": "agent 'invoice-reader' names a step in 'answer' that no capability allows, got: 'invoices:delete'; declared steps: 'invoices:list', 'invoices:read' [unknown-step]",
  "write in a read-only agent": "agent 'invoice-reader' is READ_ONLY and so may not hold access of level 'delete', got: 'objects:delete on 'invoices''; remove it, or declare AgentMode.READ_WRITE [mode-exceeded]",
}
`);
  });
});

test('workflow methods give a new workflow and leave the old one as it was', () => {
  const one = Workflow.named('answer').step('invoices:list');
  const two = one.step('invoices:read').repeated().optional();
  expect(one.steps).toEqual([{ oneOf: ['invoices:list'], occurs: 'once' }]);
  expect(two.steps.at(-1)).toEqual({ oneOf: ['invoices:read'], occurs: 'any' });
});

test.each([
  ['step', 'once'],
  ['step.repeated', 'repeated'],
  ['step.optional', 'optional'],
  ['step.optional.repeated', 'any'],
  ['step.repeated.optional', 'any'],
  ['step.repeated.repeated', 'repeated'],
  ['step.optional.optional', 'optional'],
])('a step made by %s occurs %s', (made, occurs) => {
  const [, ...methods] = made.split('.') as ['step', ...('repeated' | 'optional')[]];
  const workflow = methods.reduce((one, method) => one[method](), Workflow.named('answer').step('invoices:list'));
  expect(workflow.steps.map((step) => step.occurs)).toEqual([occurs]);
});

test('a spec may say what is done when the agent shows a signal, in code and in JSON', () => {
  const responses = { velocity: 'restrict', 'privilege-escalation': 'quarantine' } as const;
  const fields = { name: 'reader', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [] };
  expect(new AgentSpec({ ...fields, responses }).responses).toEqual(responses);
  expect(AgentSpec.fromJson({ ...fields, responses }).responses).toEqual(responses);
  const bySeverity = { velocity: { high: 'restrict', critical: 'brake' } } as const;
  expect(new AgentSpec({ ...fields, responses: bySeverity }).responses).toEqual(bySeverity);
  expect(AgentSpec.fromJson({ ...fields, responses: bySeverity }).responses).toEqual(bySeverity);
  expect(() => new AgentSpec({ ...fields, responses: { velocity: { worst: 'brake' } } as never })).toThrow(/unknown-response/);
  expect(() => new AgentSpec({ ...fields, responses: { velocity: { high: 'kill' } } as never })).toThrow(/unknown-response/);
  expect(() => new AgentSpec({ ...fields, responses: { speed: 'brake' } as never })).toThrow(/unknown-response/);
  expect(() => new AgentSpec({ ...fields, responses: { velocity: 'kill' } as never })).toThrow(/unknown-response/);
  expect(() => AgentSpec.fromJson({ ...fields, responses: { velocity: 'kill' } })).toThrow(/invalid-document/);
});
