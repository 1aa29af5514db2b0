import fc from 'fast-check';
import { ALL_TRAITS, readLog } from '../../lib/cli/read-log';
import { isAgentEvent } from '../../lib/core/agent-event';
import { Automaton } from '../../lib/core/detection/automaton';
import { Detector } from '../../lib/core/detection/detector';
import { followsOf } from '../../lib/core/detection/follows';
import type { WatchedAgent } from '../../lib/core/detection/registry';
import { DetectionRun } from '../../lib/core/detection/run';
import { CompiledRegistry } from '../../lib/core/detection/watched';
import type { ManifestWorkflow } from '../../lib/core/manifest';
import { sqlText, viewOf } from '../../lib/gcp/private/monitoring/google-sql';
import { type OrderSubject, orderQuery } from '../../lib/gcp/private/monitoring/order-query';
import { GoogleSql, type Row } from './google-sql';

let sql: GoogleSql | undefined;
const rowsOf = async (query: string, entries: readonly object[] = []): Promise<readonly Row[]> => {
  sql ??= await GoogleSql.start();
  return sql.rows(query, entries);
};
afterAll(() => sql?.stop());
/** Runs a query, and is skipped where its engine does not run. */
const asked = GoogleSql.runsHere ? test : test.skip;

const EMAIL = 'main--reader@p-1.iam.gserviceaccount.com';
const FILES = 'projects/_/buckets/files';
const once = (name: string, ...steps: string[]): ManifestWorkflow => ({
  name,
  steps: steps.map((step) => ({ oneOf: [step], occurs: 'once' })),
});
const reader = (workflows: readonly ManifestWorkflow[], more: Partial<WatchedAgent> = {}): WatchedAgent => ({
  name: 'reader',
  fleet: 'main',
  cloud: 'gcp',
  principals: [EMAIL],
  grants: [
    {
      step: 'token:read',
      actions: ['secretmanager.versions.access'],
      resources: ['projects/*/secrets/erp', 'projects/*/secrets/erp/versions/*'],
    },
    { step: 'files:read', actions: ['storage.objects.get'], resources: [FILES, `${FILES}/objects/in/*`] },
    { step: 'files:write', actions: ['storage.objects.create'], resources: [`${FILES}/objects/out/*`] },
  ],
  workflows,
  limits: {},
  scope: {},
  sessionSeconds: 900,
  ...more,
});
const ANSWER = reader([once('answer', 'token:read', 'files:read')]);
const subjectOf = (watched: WatchedAgent): OrderSubject => ({
  watched,
  email: EMAIL,
  subject: `serviceAccount:${EMAIL}`,
  view: viewOf({ project: 'p-1', location: 'global', bucket: 'agentic-iam-main-calls' }),
});
const queryOf = (watched: WatchedAgent): string => orderQuery(subjectOf(watched)) ?? '';

const CALLS = {
  token: ['secretmanager.versions.access', 'projects/12/secrets/erp/versions/1'],
  read: ['storage.objects.get', `${FILES}/objects/in/1.pdf`],
  write: ['storage.objects.create', `${FILES}/objects/out/1.pdf`],
  other: ['pubsub.topics.publish', 'projects/p-1/topics/t'],
} as const;
type Call = keyof typeof CALLS;
type Story = readonly (readonly [second: number, call: Call, code?: number])[];

const entryOf = (
  [second, call, code]: Story[number],
  { at = 0, caller = { principalEmail: EMAIL } as object, resource = CALLS[call][1] as string } = {},
): object => ({
  insertId: `e${at}`,
  timestamp: new Date(Date.parse('2026-11-26T08:00:00Z') + second * 1000).toISOString(),
  resource: { type: 'gcs_bucket', labels: { project_id: 'p-1' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    methodName: call,
    authenticationInfo: caller,
    authorizationInfo: [{ permission: CALLS[call][0], resource, granted: true }],
    ...(code === undefined ? {} : { status: { code } }),
  },
});
const CODES: Readonly<Record<string, number>> = { missing: 5, denied: 7, throttled: 8 };
/** A story in words: what, at which second, and how it went. */
const on = (words: string): Story =>
  words.split(', ').map((one) => {
    const [call = '', second, how] = one.split(' ');
    const code = how === undefined ? undefined : CODES[how];
    return code === undefined ? [Number(second), call as Call] : [Number(second), call as Call, code];
  });
const entriesOf = (story: Story): readonly object[] => story.map((call, at) => entryOf(call, { at }));

/** What the query finds: `step after step`, and how often. */
const found = (rows: readonly Row[]): readonly string[] => rows.map(({ step, after, calls }) => `${step} after ${after} ${calls}x`).sort();
const findIn = async (watched: WatchedAgent, entries: readonly object[]) => found(await rowsOf(queryOf(watched), entries));

/** How many orders the detector itself finds wrong. Deployed, it ends a session that has no call for so long. */
function detected(watched: WatchedAgent, story: Story): number {
  const run = new DetectionRun(new Detector(new CompiledRegistry({ schemaVersion: 1, agents: [watched] }, ALL_TRAITS)));
  const rules = story.flatMap((call, at) => {
    const event = readLog(entryOf(call, { at }));
    if (!isAgentEvent(event)) throw new Error(event.reason);
    const ended = at > 0 && call[0] - (story[at - 1]?.[0] ?? 0) > watched.sessionSeconds ? run.finish({ ended: true }) : [];
    return [...ended, ...run.add(event)];
  });
  return [...rules, ...run.finish({ ended: true })].filter(({ rule }) => rule === 'does-not-conform').length;
}

test('the query names steps by what was granted, and asks what came directly before each', () => {
  expect(queryOf(ANSWER)).toMatchInlineSnapshot(`
"WITH called AS (
  SELECT
    TIMESTAMP_TRUNC(entry.timestamp, SECOND) AS second,
    (SELECT AS STRUCT one.permission, IF(entry.resource.type = "service_account", JSON_VALUE(entry.resource.labels.email_id), IFNULL(one.resource, entry.proto_payload.audit_log.resource_name)) AS resource
      FROM UNNEST(entry.proto_payload.audit_log.authorization_info) AS one WITH OFFSET AS place
      ORDER BY IFNULL(one.granted, TRUE), place LIMIT 1) AS asked
  FROM \`p-1.global.agentic-iam-main-calls._AllLogs\` AS entry
  WHERE (entry.proto_payload.audit_log.authentication_info.principal_email = "main--reader@p-1.iam.gserviceaccount.com" OR entry.proto_payload.audit_log.authentication_info.principal_subject = "serviceAccount:main--reader@p-1.iam.gserviceaccount.com")
    AND IFNULL(entry.proto_payload.audit_log.status.code, 0) IN (0, 5, 7, 16)
), stepped AS (
  SELECT second, CASE
    WHEN asked.permission IN ("secretmanager.versions.access") THEN "token:read"
    WHEN asked.permission IN ("storage.objects.get") THEN "files:read"
  END AS step FROM called
), seconds AS (
  SELECT second, ARRAY_AGG(step) AS steps FROM stepped WHERE step IS NOT NULL GROUP BY second
), ordered AS (
  SELECT second, steps, LAG(steps) OVER (ORDER BY second) AS earlier, LAG(second) OVER (ORDER BY second) AS last FROM seconds
)
SELECT step, ARRAY_TO_STRING(earlier, ", ") AS after, COUNT(*) AS calls, MIN(second) AS since
FROM ordered, UNNEST(steps) AS step WITH OFFSET AS place
WHERE last IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM UNNEST(steps) AS beside WITH OFFSET AS other WHERE other != place AND CONCAT(beside, " > ", step) IN ("files:read > token:read", "token:read > files:read"))
  AND NOT (TIMESTAMP_DIFF(second, last, SECOND) > 900 AND step IN ("token:read"))
  AND NOT (TIMESTAMP_DIFF(second, last, SECOND) <= 1200 AND EXISTS (SELECT 1 FROM UNNEST(earlier) AS before WHERE CONCAT(before, " > ", step) IN ("files:read > token:read", "token:read > files:read")))
GROUP BY step, after"
`);
});

const AGAIN = 'files:read after files:read';
describe.each<readonly [string, { readonly story: Story; readonly rows: readonly string[]; readonly deviations: number }]>([
  ['works as declared', { story: on('token 0, read 2, token 4, read 6'), rows: [], deviations: 0 }],
  // What it takes for a token that was left out changes what it expects next; the query knows neighbours alone.
  ['reads on and on', { story: on('token 0, read 2, read 4, read 6'), rows: [`${AGAIN} 2x`], deviations: 1 }],
  ['takes the token twice', { story: on('token 0, token 2, read 4'), rows: ['token:read after token:read 1x'], deviations: 1 }],
  ['does besides what is in no workflow', { story: on('token 0, write 1, other 2, read 3'), rows: [], deviations: 0 }],
  ['is denied, or finds nothing', { story: on('token 0, read 2 denied, read 4 missing'), rows: [`${AGAIN} 1x`], deviations: 1 }],
  ['is throttled, and tries again', { story: on('token 0, read 2 throttled, read 4'), rows: [], deviations: 0 }],
  ['calls within a second, in an order that can conform', { story: on('token 0, token 1, read 1, read 2'), rows: [], deviations: 0 }],
  // Either of the two may have been the one that came after the token.
  ['calls within a second, in none that conforms', { story: on('token 0, read 1, read 1'), rows: [], deviations: 1 }],
  ['begins a new session as it may', { story: on('token 0, token 2000, read 2002'), rows: [], deviations: 0 }],
  ['begins a new session in the middle', { story: on('token 0, read 2000'), rows: ['files:read after token:read 1x'], deviations: 1 }],
  ['goes on with an old session', { story: on('token 0, read 890'), rows: [], deviations: 0 }],
])('an agent that %s', (_, { story, rows, deviations }) => {
  asked('is found by the query', async () => {
    expect(await findIn(ANSWER, entriesOf(story))).toEqual(rows);
  });

  test('is judged so by the detector, too', () => {
    expect(detected(ANSWER, story)).toBe(deviations);
  });
});

asked('a session that begins in one window and goes on in the next is not out of order', async () => {
  expect(await findIn(ANSWER, entriesOf(on('read 0, token 2')))).toEqual([]);
});

asked('others are not looked at; the agent is known by its email or by its subject', async () => {
  const story = on('token 0, read 2, read 4');
  const by = (caller: object) => story.map((call, at) => entryOf(call, { at, caller }));
  expect(await findIn(ANSWER, by({ principalEmail: 'someone@p-1.iam.gserviceaccount.com' }))).toEqual([]);
  expect(await findIn(ANSWER, by({ principalSubject: `serviceAccount:${EMAIL}` }))).toEqual(['files:read after files:read 1x']);
});

asked('steps of one permission are told apart by what was called', async () => {
  const orders = `projects/_/buckets/orders/objects/*`;
  const twoBuckets = reader([once('copy', 'files:read', 'orders:read')], {
    grants: [
      { step: 'files:read', actions: ['storage.objects.get'], resources: [`${FILES}/objects/in/*`] },
      { step: 'orders:read', actions: ['storage.objects.get'], resources: [orders] },
      { actions: ['storage.objects.get'], resources: ['projects/*/buckets/*/objects/shared'] },
    ],
  });
  const got = (resource: string, at: number) => entryOf([at, 'read'], { at, resource });
  const file = `${FILES}/objects/in/1.pdf`;
  expect(await findIn(twoBuckets, [got(file, 0), got('projects/_/buckets/orders/objects/1', 1), got(file, 2)])).toEqual([]);
  expect(
    await findIn(twoBuckets, [got(file, 0), got(`${FILES}/objects/out/1.pdf`, 1), got('projects/_/buckets/b/objects/shared', 2)]),
  ).toEqual([]);
  expect(await findIn(twoBuckets, [got(file, 0), got(file, 1)])).toEqual(['files:read after files:read 1x']);
});

asked('an account is known by its email, whatever number the log names it by', async () => {
  const emails = ['a@p-1.iam.gserviceaccount.com', 'b@p-1.iam.gserviceaccount.com'] as const;
  const permission = 'iam.serviceAccounts.getAccessToken';
  const chain = reader([once('chain', 'a:become', 'b:become')], {
    grants: [
      { step: 'a:become', actions: [permission], resources: [emails[0]] },
      { step: 'b:become', actions: [permission], resources: [emails[1]] },
    ],
  });
  const become = (email: string, at: number) => ({
    ...entryOf([at, 'other'], { at }),
    resource: { type: 'service_account', labels: { email_id: email } },
    protoPayload: {
      authenticationInfo: { principalEmail: EMAIL },
      authorizationInfo: [{ permission, resource: 'projects/-/serviceAccounts/1234', granted: true }],
    },
  });
  expect(await findIn(chain, [become(emails[0], 0), become(emails[1], 1), become(emails[0], 2)])).toEqual([]);
  expect(await findIn(chain, [become(emails[0], 0), become(emails[0], 1)])).toEqual(['a:become after a:become 1x']);
});

asked('of several permissions the refused one is the call', async () => {
  const both = (at: number, granted: boolean) => ({
    ...entryOf([at, 'token'], { at }),
    protoPayload: {
      authenticationInfo: { principalEmail: EMAIL },
      authorizationInfo: [
        { permission: CALLS.token[0], resource: CALLS.token[1], granted: true },
        { permission: CALLS.read[0], resource: CALLS.read[1], granted },
      ],
    },
  });
  expect(await findIn(ANSWER, [entryOf([0, 'token']), both(2, true)])).toEqual(['token:read after token:read 1x']);
  expect(await findIn(ANSWER, [entryOf([0, 'token']), both(2, false)])).toEqual([]);
});

asked.each([
  ['a column that is not there', queryOf(ANSWER).replace('principal_email', 'principal_mail'), /principal_mail does not exist/],
  ['a type that does not fit', queryOf(ANSWER).replace('status.code, 0', 'status.message, 0'), /No matching signature|type/i],
  ['a word too many', queryOf(ANSWER).replace('GROUP BY step', 'GROUP GROUP BY step'), /Syntax error/],
])('%s is noticed', async (_, wrong, message) => {
  await expect(rowsOf(wrong)).rejects.toThrow(message);
});

describe('text of a query', () => {
  asked('is the text itself, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), async (text) => {
        fc.pre(!/\$\{[^}]*\}/.test(text) && !/\0/.test(text));
        expect(await rowsOf(`SELECT ${sqlText(text)} AS text`)).toEqual([{ text }]);
      }),
      { numRuns: 200 },
    );
  });

  asked('does not end where it holds a quote: nobody else is matched, and nothing is dropped', async () => {
    const subject = 'principal://iam.googleapis.com/p/subject/a" OR TRUE OR "" = "\\';
    const query = orderQuery({ ...subjectOf(ANSWER), email: undefined, subject }) ?? '';
    const by = (principalSubject: string) => on('token 0, token 2').map((call, at) => entryOf(call, { at, caller: { principalSubject } }));
    expect(found(await rowsOf(query, by('another')))).toEqual([]);
    expect(found(await rowsOf(query, by(subject)))).toEqual(['token:read after token:read 1x']);
  });

  test.each<[string, () => unknown]>([
    ['a quote in a reference', () => sqlText('${lookup("a")}')],
    ['half a character', () => sqlText('a\ud83d')],
    ['a name with a back quote', () => viewOf({ project: 'p`', location: 'global', bucket: 'b' })],
    ['a reference with a back quote', () => viewOf({ project: '${a`}', location: 'global', bucket: 'b' })],
  ])('is refused: %s', (_, make) => {
    expect(make).toThrow(/text-not-for-query/);
  });

  test('keeps references for Terraform', () => {
    expect(sqlText('serviceAccount:${google_service_account.a.email}')).toBe('"serviceAccount:${google_service_account.a.email}"');
    expect(viewOf({ project: '${var.p}', location: 'global', bucket: 'b' })).toBe('`${var.p}.global.b._AllLogs`');
  });
});

test('where the log shows no step of a workflow, there is no query', () => {
  expect(orderQuery(subjectOf(reader([])))).toBeUndefined();
  expect(orderQuery(subjectOf(reader([once('a', 'elsewhere:read')])))).toBeUndefined();
});

const STEPS = ['token:read', 'files:read', 'files:write'] as const;
const workflows = fc.array(
  fc.record({
    name: fc.constant('w'),
    steps: fc.array(
      fc.record({
        oneOf: fc.uniqueArray(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 2 }),
        occurs: fc.constantFrom('once', 'optional', 'repeated', 'any' as const),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    anytime: fc.subarray([...STEPS], { maxLength: 1 }),
  }),
  { minLength: 1, maxLength: 2 },
) as fc.Arbitrary<ManifestWorkflow[]>;
const stories = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom('token', 'read', 'write', 'other' as const)), { maxLength: 12 })
  .map((story) => story.sort(([a], [b]) => a - b));

asked('what conforms as a whole is in no window of it a row', async () => {
  let conforming = 0;
  await fc.assert(
    fc.asyncProperty(workflows, stories, fc.nat(), async (declared, story, cut) => {
      const watched = reader(declared);
      const entries = entriesOf(story);
      fc.pre(detected(watched, story) === 0);
      conforming += 1;
      const at = cut % (entries.length + 1);
      for (const window of [entries, entries.slice(at), entries.slice(0, at)]) expect(await findIn(watched, window)).toEqual([]);
    }),
    { numRuns: 150 },
  );
  expect(conforming).toBeGreaterThan(50);
});

test('neighbours are those of the machine of the detector, and no others', () => {
  fc.assert(
    fc.property(workflows, (declared) => {
      const automaton = Automaton.of(declared);
      const { begins, pairs } = followsOf(automaton);
      const labels = [...automaton.labels];
      expect(begins).toEqual(labels.filter((label) => automaton.next(automaton.start, label)).sort());
      // Whatever is reachable is reached by some order of at most as many steps as there are nodes.
      const seen = new Map([[automaton.start.id, automaton.start]]);
      const met = new Set<string>();
      for (const state of seen.values())
        for (const before of labels) {
          const next = automaton.next(state, before);
          if (!next) continue;
          seen.set(next.id, next);
          for (const after of labels) if (automaton.next(next, after)) met.add(`${before} > ${after}`);
        }
      expect(pairs.map(([before, after]) => `${before} > ${after}`).sort()).toEqual([...met].sort());
    }),
  );
});
