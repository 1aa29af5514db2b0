import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ocsfActivity, ocsfFinding } from '../../../lib/core/alerts/ocsf';
import { alertBody, alertSubject } from '../../../lib/core/alerts/plain-text';
import { checkDocument } from '../../../lib/core/document';
import type { JsonObject, JsonValue } from '../../../lib/core/json';
import { messageOf } from '../../fixtures/agents';
import { event } from '../detection/story';
import { DETECTIONS, hostile } from './samples';

interface Attribute {
  readonly type: string;
  readonly requirement: string;
  readonly array?: true;
  readonly enum?: readonly string[];
}
type Attributes = Readonly<Record<string, Attribute>>;
const OCSF = JSON.parse(readFileSync(join(__dirname, '..', '..', 'fixtures', 'ocsf.json'), 'utf8')) as {
  readonly version: string;
  readonly classes: Readonly<Record<string, Attributes>>;
  readonly objects: Readonly<Record<string, Attributes>>;
};
/** Attributes of profiles that are not claimed. */
const OTHER_PROFILES = new Set(['osint']);
const TYPES: Readonly<Record<string, string>> = {
  integer_t: 'number',
  long_t: 'number',
  timestamp_t: 'number',
  boolean_t: 'boolean',
  string_t: 'string',
};

/** What of an object is not as the schema has it. */
function problems(value: JsonObject, attributes: Attributes, at: string): readonly string[] {
  const missing = Object.entries(attributes)
    .filter(([name, { requirement }]) => requirement === 'required' && !(name in value) && !OTHER_PROFILES.has(name))
    .map(([name]) => `${at} lacks ${name}`);
  return [...missing, ...Object.entries(value).flatMap(([name, one]) => problemsOf(one, attributes[name], `${at}.${name}`))];
}

function problemsOf(value: JsonValue, attribute: Attribute | undefined, at: string): readonly string[] {
  if (!attribute) return [`${at} is not known`];
  const values = Array.isArray(value) ? value : [value];
  if (Array.isArray(value) !== (attribute.array === true)) return [`${at} is ${attribute.array ? 'no' : 'a'} list`];
  return values.flatMap((one) => {
    if (attribute.enum && !attribute.enum.includes(String(one))) return [`${at} must not be ${one}`];
    const inner = OCSF.objects[attribute.type];
    if (inner) return problems(one as JsonObject, inner, at);
    const type = TYPES[attribute.type];
    return type === undefined || typeof one === type ? [] : [`${at} is ${typeof one}, not ${attribute.type}`];
  });
}

test('findings are Detection Findings of OCSF, and activities are API Activity', () => {
  expect(DETECTIONS.length).toBeGreaterThan(4);
  for (const detection of DETECTIONS)
    expect(problems(ocsfFinding(detection), OCSF.classes['detection_finding'] ?? {}, 'finding')).toEqual([]);
  for (const [action, more] of [
    ['s3:GetObject', {}],
    ['store:delete', { outcome: 'denied', error: 'no' }],
    ['x', { readOnly: true, source: '2001:db8::1', chain: ['a'] }],
  ] as const)
    expect(problems(ocsfActivity(event(0, action, 'docs/1', more as object)), OCSF.classes['api_activity'] ?? {}, 'activity')).toEqual([]);
  expect(ocsfFinding(DETECTIONS[0] as never)).toMatchObject({ metadata: { version: OCSF.version } });
});

test('the check itself finds what is wrong', () => {
  const [first] = DETECTIONS;
  const { time: _time, ...rest } = ocsfFinding(first as never);
  expect(problems({ ...rest, severity_id: 77, invented: 1 }, OCSF.classes['detection_finding'] ?? {}, 'finding')).toEqual([
    'finding lacks time',
    'finding.severity_id must not be 77',
    'finding.invented is not known',
  ]);
});

test('detections are as the published schema says', () => {
  for (const detection of DETECTIONS) expect(checkDocument('detection', 'detection', structuredClone(detection))).toEqual(detection);
  const [first] = DETECTIONS;
  expect(messageOf(() => checkDocument('detection', 'detection', { ...first, severity: 'awful', more: 1 }))).toMatch(
    /has the unknown member 'more'.*severity: must be one of: low, medium, high, critical/s,
  );
});

test('people get plain words', () => {
  const [first, ...rest] = DETECTIONS;
  expect(alertSubject(first as never)).toMatchInlineSnapshot(`"HIGH: agent reader, privilege-escalation"`);
  expect(
    alertBody((rest.find(({ task }) => task) ?? first) as never, { Logs: 'https://example.com/logs' }).replace(
      /[0-9a-f]{32}|event-\d+/g,
      '…',
    ),
  ).toMatchInlineSnapshot(`
"Agent reader (fleet prod, test) called store:get on payroll/1, which lies outside of what it was granted.

What it broke: store:get is granted, but not on payroll/1.
How sure this is: certain, it goes against what was declared.
What to do: stop the agent now: deny it everything.
Who answers for it: team@example.com.
Task: t1.
It came through: desk, then reader.

Calls (1), the last at 2026-11-25T06:00:01.000Z:
  2026-11-25T06:00:01.000Z  store:get  payroll/1  succeeded

Logs: https://example.com/logs

id …"
`);
});

test('whatever names an attacker chooses, a subject is plain and short, and a body holds no control signs', () => {
  fc.assert(
    fc.property(hostile, (detection) => {
      expect(alertSubject(detection)).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect([...alertBody(detection)].filter((sign) => sign < ' ' && sign !== '\n')).toEqual([]);
      expect(problems(ocsfFinding(detection), OCSF.classes['detection_finding'] ?? {}, 'finding')).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
