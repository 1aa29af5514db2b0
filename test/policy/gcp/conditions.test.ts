import { celEnv, parse, plan } from '@bufbuild/cel';
import fc from 'fast-check';
import { holdsIn } from '../../../lib/core/review/region-search';
import { readCondition } from '../../../lib/policy/gcp/engine/cel';

/** What the translation says of a request: the name of its resource, and its time. */
function translated(text: string, name: string, time: string): string {
  const answers = readCondition(text).regions.map((region) => holdsIn(region, { resource: name, context: { 'request.time': [time] } }));
  return answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no';
}

test.each<readonly [string, string, string]>([
  ['resource.name.startsWith("projects/p/secrets/a")', 'projects/p/secrets/a/versions/1', 'yes'],
  ['resource.name.startsWith("projects/p/secrets/a")', 'projects/p/secrets/b', 'no'],
  ['resource.name == "projects/p/secrets/a"', 'projects/p/secrets/a', 'yes'],
  ['resource.name != "projects/p/secrets/a"', 'projects/p/secrets/a', 'no'],
  ['!(resource.name.endsWith("/a"))', 'projects/p/secrets/b', 'yes'],
  ['resource.name in ["x", "y"]', 'y', 'yes'],
  ['resource.name.startsWith("projects/_/buckets/b/objects/in/")', 'projects/acme/buckets/b/objects/in/1', 'yes'],
  ['resource.name.startsWith("projects/_")', 'projects/acme/buckets/b', 'yes'],
  ['resource.name.startsWith("projects/123456/secrets/a")', 'projects/acme/secrets/a', 'yes'],
  ['resource.name.startsWith("projects/123456/secrets/a")', 'projects/acme/secrets/b', 'no'],
  ['!resource.name.startsWith("projects/123456/secrets/a")', 'projects/acme/secrets/b', 'maybe'],
  ['resource.name == "projects/-/serviceAccounts/1045"', 'projects/acme/serviceAccounts/x@acme.iam.gserviceaccount.com', 'yes'],
  ['resource.name.startsWith("a*")', 'ab', 'no'],
  ['request.time < timestamp("2026-01-01T00:00:00Z")', 'x', 'no'],
  ['request.time >= timestamp("2026-01-01T00:00:00Z")', 'x', 'yes'],
  ['timestamp("2026-01-01T00:00:00Z") <= request.time', 'x', 'yes'],
  ['true', 'x', 'yes'],
  ['false', 'x', 'no'],
  ['false || resource.name == "x"', 'x', 'yes'],
  ['resource.matchTag("env", "prod")', 'x', 'maybe'],
  ['resource.matchTag("env", "prod") && resource.name == "y"', 'x', 'no'],
  ['this is no condition', 'x', 'maybe'],
])('%s of %s is %s', (text, name, expected) => {
  expect(translated(text, name, '2026-06-01T00:00:00Z')).toBe(expected);
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 });
const leaf = fc.oneof(
  word.map((text) => `name.startsWith("${text}")`),
  word.map((text) => `name.endsWith("${text}")`),
  word.map((text) => `name == "${text}"`),
  word.map((text) => `name != "${text}"`),
  fc.constantFrom('true', 'false'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('expression').map((one) => `!(${one})`),
    fc.tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression')).map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
  ),
}));

test('a translated condition says what the expression language says', () => {
  fc.assert(
    fc.property(expression, word, (text, name) => {
      const run = plan(celEnv(), parse(text));
      const said = run({ name }) === true ? 'yes' : 'no';
      const ours = translated(text.replaceAll(/\bname\b/g, 'resource.name'), name, '2026-06-01T00:00:00Z');
      // Large conditions may be left undecided; what is decided must agree.
      expect(ours === 'maybe' ? said : ours).toBe(said);
    }),
    { numRuns: 500 },
  );
});
