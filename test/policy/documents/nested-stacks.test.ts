import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConstructPaths } from '../../../lib/policy/documents/construct-paths';
import { Folder } from '../../../lib/policy/documents/files';
import { joinNestedStacks } from '../../../lib/policy/documents/nested-stacks';

const path = mkdtempSync(join(tmpdir(), 'agentic-iam-'));
afterAll(() => rmSync(path, { recursive: true }));

type Template = Readonly<Record<string, Record<string, unknown>>>;

/** An outer template with the nested stack `Inner`, which is given parameters. */
function joined(
  inner: object,
  outer: { readonly Resources?: object; readonly [section: string]: unknown } = {},
  nested: object = {},
): Template {
  writeFileSync(join(path, 'inner.json'), JSON.stringify(inner));
  const Inner = {
    Type: 'AWS::CloudFormation::Stack',
    Metadata: { 'aws:asset:path': 'inner.json' },
    Properties: { TemplateURL: 'https://elsewhere', Parameters: { Bucket: { 'Fn::GetAtt': ['Outer', 'Arn'] } } },
    ...nested,
  };
  const template = { ...outer, Resources: { ...outer.Resources, Inner } };
  return joinNestedStacks(template, new Folder(path, ''), ConstructPaths.ofMetadata({})) as Template;
}

const thing = (value: unknown): object => ({ Type: 'T', Properties: { value } });

test.each<[string, unknown, unknown]>([
  ['Ref of a parameter', { Ref: 'Bucket' }, { 'Fn::GetAtt': ['Outer', 'Arn'] }],
  ['Ref of a parameter with a default', { Ref: 'Colour' }, 'green'],
  ['Ref of its own resource', { Ref: 'Own' }, { Ref: 'Own' }],
  ['Ref of its own resource that is called like an outer one', { Ref: 'Twin' }, { Ref: 'InnerTwin' }],
  ['GetAtt of such a resource', { 'Fn::GetAtt': ['Twin', 'Arn'] }, { 'Fn::GetAtt': ['InnerTwin', 'Arn'] }],
  ['GetAtt written with a dot', { 'Fn::GetAtt': 'Twin.Arn' }, { 'Fn::GetAtt': ['InnerTwin', 'Arn'] }],
  ['a pseudo parameter', { Ref: 'AWS::AccountId' }, { Ref: 'AWS::AccountId' }],
  ['Sub of a resource', { 'Fn::Sub': '${Twin.Arn}/${!name}/${Own}' }, { 'Fn::Sub': '${InnerTwin.Arn}/${!name}/${Own}' }],
  [
    'Sub of a parameter',
    { 'Fn::Sub': '${Bucket}/*' },
    { 'Fn::Sub': ['${BucketValue}/*', { BucketValue: { 'Fn::GetAtt': ['Outer', 'Arn'] } }] },
  ],
  [
    'Sub of its own map',
    { 'Fn::Sub': ['${Bucket}', { Bucket: { Ref: 'Twin' } }] },
    { 'Fn::Sub': ['${Bucket}', { Bucket: { Ref: 'InnerTwin' } }] },
  ],
  ['If', { 'Fn::If': ['Both', { Ref: 'Twin' }, 'x'] }, { 'Fn::If': ['InnerBoth', { Ref: 'InnerTwin' }, 'x'] }],
  ['FindInMap', { 'Fn::FindInMap': ['Both', 'a', 'b'] }, { 'Fn::FindInMap': ['InnerBoth', 'a', 'b'] }],
])('in a nested stack, %s keeps its meaning', (_title, value, expected) => {
  const { Resources } = joined(
    {
      Parameters: { Bucket: { Type: 'String' }, Colour: { Type: 'String', Default: 'green' } },
      Conditions: { Both: { 'Fn::Equals': ['a', 'b'] } },
      Mappings: { Both: { a: { b: 'c' } } },
      Resources: { Own: thing(value), Twin: thing('inner') },
    },
    { Resources: { Twin: thing('outer') }, Conditions: { Both: {} }, Mappings: { Both: {} } },
  );
  expect(Resources?.['Own']).toEqual(thing(expected));
  expect([Resources?.['Twin'], Resources?.['InnerTwin'], Resources?.['Inner']]).toEqual([thing('outer'), thing('inner'), undefined]);
});

test('what a nested stack puts out takes the place of what is asked of it', () => {
  const inner = { Outputs: { Role: { Value: { 'Fn::GetAtt': ['Twin', 'Arn'] } } }, Resources: { Twin: thing('inner') } };
  const { Resources } = joined(inner, {
    Resources: {
      Twin: thing('outer'),
      A: thing({ 'Fn::GetAtt': ['Inner', 'Outputs.Role'] }),
      B: thing({ 'Fn::Sub': 'x${Inner.Outputs.Role}' }),
      C: thing({ 'Fn::GetAtt': ['Inner', 'Outputs.Other'] }),
    },
  });
  expect([Resources?.['A'], Resources?.['B'], Resources?.['C']]).toEqual([
    thing({ 'Fn::GetAtt': ['InnerTwin', 'Arn'] }),
    thing({ 'Fn::Sub': 'x${InnerTwin.Arn}' }),
    thing({ 'Fn::GetAtt': ['Inner', 'Outputs.Other'] }),
  ]);
});

test('what is in a nested stack is there only when the nested stack is', () => {
  const inner = { Conditions: { Own: {} }, Resources: { A: { Type: 'T' }, B: { Type: 'T', Condition: 'Own' } } };
  const { Resources, Conditions } = joined(inner, { Conditions: { Outer: {} } }, { Condition: 'Outer' });
  expect([Resources?.['A'], Resources?.['B']]).toEqual([
    { Type: 'T', Condition: 'Outer' },
    { Type: 'T', Condition: 'OuterAndOwn' },
  ]);
  expect(Conditions?.['OuterAndOwn']).toEqual({ 'Fn::And': [{ Condition: 'Outer' }, { Condition: 'Own' }] });
});

test('a nested stack is found by the hash of its asset, where the metadata does not name it', () => {
  writeFileSync(join(path, 'App.assets.json'), JSON.stringify({ files: { abc123: { source: { path: 'inner.json' } } } }));
  const nested = { Metadata: {}, Properties: { TemplateURL: { 'Fn::Sub': 'https://s3/cdk-assets/abc123.json' } } };
  expect(joined({ Resources: { A: thing(1) } }, {}, nested)['Resources']).toEqual({ A: thing(1) });
});

test('a nested stack that is kept elsewhere stays what it is', () => {
  const { Resources } = joined({ Resources: { A: thing(1) } }, {}, { Metadata: {} });
  expect(Object.keys(Resources ?? {})).toEqual(['Inner']);
});

test('a nested template that is damaged is refused by its name', () => {
  expect(() => joined({ Nothing: true })).toThrow("'inner.json' must be a CloudFormation template");
});
