import { Severity } from '../../../lib/core/finding';
import { renderReviewSarif } from '../../../lib/core/report/sarif';
import { fileUri } from '../../../lib/core/report/sarif-uri';
import type { Review } from '../../../lib/core/review/result';
import { HOSTILE_VALUES, hostileReview } from './hostile-fixture';
import { fleetReview, SIX } from './review-fixture';

interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    readonly region: { readonly startLine: number };
  };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly Location[];
}

interface Log {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly name: string;
          readonly rules: readonly { readonly id: string; readonly help: { readonly text: string } }[];
        };
      };
      readonly invocations: readonly [{ readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[] }];
      readonly results: readonly Result[];
    },
  ];
}

const render = (review: Review, root?: string): Log => JSON.parse(JSON.stringify(renderReviewSarif(review, { root }))) as Log;
const [RUN] = render(SIX).runs;

test('one result says what, with which counter-example, by which statement, and what to do', () => {
  const result = RUN.results.find(({ ruleId }) => ruleId === 'read-only');
  expect(result).toMatchInlineSnapshot(`
{
  "level": "error",
  "locations": [
    {
      "logicalLocations": [
        {
          "fullyQualifiedName": "arn:aws:iam::111122223333:role/agents/prod--report-writer",
          "kind": "object",
          "name": "prod--report-writer",
        },
        {
          "fullyQualifiedName": "Shop/ReportWriter/Policy",
          "kind": "declaration",
          "name": "Policy",
        },
      ],
      "physicalLocation": {
        "artifactLocation": {
          "uri": "cdk.out/Shop.template.json",
        },
        "region": {
          "startLine": 1,
        },
      },
    },
  ],
  "message": {
    "text": "report-writer on aws is declared READ_ONLY and may do s3:PutObject on 'arn:aws:s3:::reports/2026/any.csv'
Counter-example: s3:PutObject on arn:aws:s3:::reports/2026/any.csv.
Allowed by ReportsPolicy statement 1 (Sid WriteReports), made by Shop/ReportWriter/Policy.
Fix: Narrow the statement that is named.",
  },
  "partialFingerprints": {
    "agenticIam/v1": "jq5hq2srj7",
  },
  "ruleId": "read-only",
  "ruleIndex": 1,
}
`);
});

test('each finding has a result, and each result a rule with help', () => {
  expect(RUN.results).toHaveLength(SIX.principals.flatMap(({ findings }) => findings).length);
  for (const { ruleId, ruleIndex } of RUN.results) expect(RUN.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(RUN.tool.driver.rules.filter(({ help }) => help.text.length < 10)).toEqual([]);
});

test('what was not understood is a notification of the run', () => {
  expect(RUN.invocations[0].toolExecutionNotifications.map(({ message }) => message.text)).toEqual(SIX.unknowns);
});

test('severities become levels', () => {
  const levels = [Severity.ERROR, Severity.WARNING, Severity.INFO].map((severity) => {
    const principals = SIX.principals.map((one) => ({ ...one, findings: one.findings.map((finding) => ({ ...finding, severity })) }));
    return [...new Set(render({ ...SIX, principals }).runs[0].results.map(({ level }) => level))];
  });
  expect(levels).toEqual([['error'], ['warning'], ['note']]);
});

test('a fingerprint stays when wording, order and folder change, and differs between findings', () => {
  const prints = (review: Review) => render(review).runs[0].results.map(({ partialFingerprints }) => partialFingerprints['agenticIam/v1']);
  const reworded = SIX.principals.map((one) => ({
    ...one,
    source: `elsewhere/${one.source}`,
    findings: one.findings.map((finding) => ({ ...finding, message: `in other words: ${finding.message}` })),
  }));
  expect(prints({ ...SIX, principals: [...reworded].reverse() })).toEqual([...prints(SIX)].reverse());
  expect(new Set(prints(fleetReview(200))).size).toBe(12);
});

test('a finding that was read twice is reported once', () => {
  expect(render({ ...SIX, principals: [...SIX.principals, ...SIX.principals] }).runs[0].results).toHaveLength(RUN.results.length);
});

test.each<[string, string | undefined, object]>([
  ['cdk.out/a.json', undefined, { uri: 'cdk.out/a.json' }],
  ['./cdk.out/a.json', '/repo', { uri: 'cdk.out/a.json', uriBaseId: 'SRCROOT' }],
  ['/repo/cdk.out/a b#1?.json', '/repo/', { uri: 'cdk.out/a%20b%231%3F.json', uriBaseId: 'SRCROOT' }],
  ['/repository/a.json', '/repo', { uri: 'file:///repository/a.json' }],
  ['../a.json', '/repo', { uri: '../a.json' }],
  ['C:\\repo\\out\\a.json', 'C:\\repo', { uri: 'out/a.json', uriBaseId: 'SRCROOT' }],
  ['D:\\x\\a.json', 'C:\\repo', { uri: 'file:///D:/x/a.json' }],
  ['\uD800.json', undefined, { uri: '%EF%BF%BD.json' }],
  ['', undefined, { uri: '.' }],
])('the file %j below %j has the URI %j', (path, root, location) => expect(fileUri(path, root)).toEqual(location));

test.each(HOSTILE_VALUES)('the value %j keeps the log well-formed', (value) => {
  for (const { message, locations } of render(hostileReview(value)).runs[0].results) {
    expect(message.text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(message.text.replace(/\\[\\[\]]/g, '')).not.toMatch(/[[\]]/);
    for (const { physicalLocation } of locations) expect(physicalLocation.artifactLocation.uri).toMatch(/^[\w%./:~!'()*-]+$/);
  }
});
