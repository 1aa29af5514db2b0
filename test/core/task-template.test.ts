import * as fc from 'fast-check';
import { AgentMode, AgentSpec, Capability, hours, minutes, TaskParameter, TaskTemplate, type TaskTemplateProps } from '../../lib';
import { fillPattern, longestValue, type ParameterShape, readValues, takes } from '../../lib/core/task-values';

const read = Capability.readObjects('files');
const props: TaskTemplateProps = {
  name: 'answer',
  allows: [read, Capability.queryTable('claims')],
  parameters: { customerId: TaskParameter.identifier() },
  within: { files: 'customers/{customerId}/', claims: '{customerId}' },
};
const customer = { customerId: TaskParameter.identifier() };

test('a template says what a task gets, for how long, and what a request must say', () => {
  const { name, capabilities, parameters, within, longestSeconds } = new TaskTemplate({ ...props, lasts: minutes(20) });
  expect({ name, allowed: capabilities.map(({ step }) => step), parameters, within, longestSeconds }).toEqual({
    name: 'answer',
    allowed: ['files:read', 'claims:query'],
    parameters: { customerId: { type: 'identifier', maxLength: 36 } },
    within: { files: 'customers/{customerId}/', claims: '{customerId}' },
    longestSeconds: 1200,
  });
});

test.each<readonly [string, Partial<TaskTemplateProps>, RegExp]>([
  ['without anything allowed', { allows: [], within: {}, parameters: {} }, /must allow something/],
  ['shorter than 15 minutes', { lasts: minutes(5) }, /must last 15 minutes or longer.*got: '300 s'/],
  ['with a name of another form', { name: 'Answer' }, /invalid-name/],
  ['that narrows what it does not allow', { within: { ...props.within, other: 'x/' } }, /narrows 'other'/],
  [
    'that narrows a model',
    { allows: [...props.allows, Capability.invokeModel('llm')], within: { ...props.within, llm: 'x' } },
    /cannot narrow 'llm' for models/,
  ],
  ['that never uses a parameter', { within: { files: 'customers/' } }, /never uses its parameter 'customerId'/],
  ['that uses a parameter it does not declare', { within: { ...props.within, files: '{other}/{customerId}/' } }, /must declare 'other'/],
  [
    'with a part of objects that has no end',
    { within: { files: 'customers/{customerId}' } },
    /must end the part of stored objects with '\/'/,
  ],
  ['with a wildcard', { within: { files: 'customers/*/{customerId}/' } }, /must narrow by letters/],
  ['with a policy variable', { within: { files: '${aws:username}/{customerId}/' } }, /must (narrow by letters|declare)/],
  ['with a step upwards', { within: { files: 'a/../{customerId}/' } }, /must narrow by letters/],
  ['that begins at the root', { within: { files: '/{customerId}/' } }, /must narrow by letters/],
  ['with an empty step', { within: { files: 'a//{customerId}/' } }, /must narrow by letters/],
  [
    'with two parameters side by side',
    { parameters: { ...customer, a: TaskParameter.integer() }, within: { files: '{a}-{customerId}/' } },
    /keep two parameters apart/,
  ],
  [
    'with a parameter of an odd name',
    { parameters: { 'customer-id': TaskParameter.uuid() }, within: { files: '{customer-id}/' } },
    /in camel case/,
  ],
  ['with a very long value', { parameters: { customerId: TaskParameter.identifier({ maxLength: 65 }) } }, /to 64 characters/],
  ['with no length', { parameters: { customerId: TaskParameter.identifier({ maxLength: 0 }) } }, /whole length/],
  [
    'with a choice that could widen',
    { parameters: { customerId: TaskParameter.oneOf('a', '*') } },
    /must let 'customerId' be letters.*got: '\*'/,
  ],
  ['with a choice of nothing', { parameters: { customerId: TaskParameter.oneOf() } }, /must let 'customerId' be letters/],
])('a template %s is refused', (_, change, expected) => {
  expect(() => new TaskTemplate({ ...props, ...change })).toThrow(expected);
});

const child = new AgentSpec({ name: 'child', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [read] });
const spec = (tasks: readonly TaskTemplate[], more: object = {}): AgentSpec =>
  new AgentSpec({
    name: 'desk',
    owner: 'o',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: [read, Capability.queryTable('claims')],
    delegatesTo: [child],
    tasks,
    ...more,
  });

test('a task gets a part of what its agent has', () => {
  expect(spec([new TaskTemplate({ ...props, delegatesTo: ['child'] })]).tasks.map(({ name }) => name)).toEqual(['answer']);
  const beyond = new TaskTemplate({ name: 'write', allows: [Capability.createObjects('files')] });
  expect(() => spec([beyond])).toThrow(
    /task 'write' of agent 'desk' may only allow what its agent declares.*objects:create on 'files'.*\[task-beyond-agent\]/,
  );
  expect(() => spec([new TaskTemplate({ ...props, delegatesTo: ['stranger'] })])).toThrow(/agents:delegate on 'stranger'/);
  expect(() => spec([new TaskTemplate({ ...props, lasts: hours(2) })])).toThrow(/7200 s, where maxSession is 3600 s/);
  expect(() => spec([new TaskTemplate(props), new TaskTemplate(props)])).toThrow(/duplicate-name/);
});

test('a document declares tasks too, and every mistake of them is named with its path', () => {
  const document = {
    name: 'desk',
    owner: 'o',
    purpose: 'p',
    mode: 'READ_ONLY',
    capabilities: [{ capability: 'objects:read', resource: 'files' }],
    tasks: [
      {
        name: 'answer',
        allows: [{ capability: 'objects:read', resource: 'files' }],
        parameters: { customerId: { type: 'uuid' } },
        within: { files: '{customerId}/' },
        lastsSeconds: 1800,
      },
    ],
  };
  const [task] = AgentSpec.fromJson(document).tasks;
  expect([task?.longestSeconds, task?.within, task?.parameters]).toEqual([
    1800,
    { files: '{customerId}/' },
    { customerId: { type: 'uuid' } },
  ]);
  const broken = { ...document, tasks: [{ ...document.tasks[0], within: { files: '{customerId}' } }] };
  expect(() => AgentSpec.fromJson(broken)).toThrow(/\/tasks\/0.*must end the part of stored objects/s);
  const odd = { ...document, tasks: [{ ...document.tasks[0], parameters: { customerId: { type: 'text' } } }] };
  expect(() => AgentSpec.fromJson(odd)).toThrow(/\/tasks\/0\/parameters\/customerId/);
});

const SHAPES: readonly ParameterShape[] = [
  { type: 'identifier', maxLength: 20 },
  { type: 'integer', max: 5000 },
  { type: 'uuid' },
  { type: 'one-of', values: ['a', 'long-value_1'] },
];

test.each(SHAPES)('no value that %j takes can mean more than itself, and its longest is one', (shape) => {
  expect(takes(shape, longestValue(shape))).toBe(true);
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('*', 'a*', '?', '${x}', 'a/../b', 'a/b', '..', '', 'a"b', 'a\nb', '01', '-1', '1e3')),
      (value) => {
        if (!takes(shape, value)) return;
        expect(value).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]*$/);
        expect(value.length).toBeLessThanOrEqual(longestValue(shape).length);
      },
    ),
  );
});

test.each<readonly [unknown, RegExp]>([
  [{}, /parameter 'id' of task 'answer' must be 1 to 5 letters.*got: null.*\[invalid-parameter\]/],
  [{ id: 'a*' }, /got: 'a\*'/],
  [{ id: 'toolong' }, /invalid-parameter/],
  [{ id: 7 }, /got: 7/],
  [{ id: ['a'] }, /invalid-parameter/],
  [{ id: 'a', other: 'b' }, /task 'answer' has no parameter 'other'.*send exactly: id.*\[unknown-parameter\]/],
  [null, /invalid-parameter/],
  [JSON.parse('{"__proto__":"a"}'), /unknown-parameter/],
])('values %j are refused', (given, expected) => {
  expect(() => readValues({ name: 'answer', parameters: { id: { type: 'identifier', maxLength: 5 } } }, given)).toThrow(expected);
});

test('a pattern is filled with values, and with nothing else', () => {
  expect(fillPattern('a/{x}/{y}/{toString}', { x: '1', y: '$&' })).toBe('a/1/$&/{toString}');
});
