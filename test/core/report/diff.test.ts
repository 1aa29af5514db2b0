import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { COMMENT_LIMIT, renderDiffMarkdown } from '../../../lib/core/report/diff-markdown';
import { renderDiffTerminal } from '../../../lib/core/report/diff-terminal';
import { codeSpan, prose } from '../../../lib/core/report/markdown';
import { DIFF, largeDiff } from './diff-fixture';
import { HOSTILE_VALUES, poison } from './hostile-fixture';

test('a pull request shows who gains and loses in one table, worst first', () => {
  expect(`\n${renderDiffMarkdown(DIFF).split('\n').slice(0, 9).join('\n')}`).toMatchInlineSnapshot(`
"
### Access: 3 gain access; 2 only lose access; 1 new path to full control of the account (6 compared).

| who | cloud | change | gains | loses | worst before | worst after | paths |
|---|---|---|---|---|---|---|---|
| \`deploy-helper\` | \`aws\` | changed | – | – | read credentials | **full control** | **1 new** |
| \`report-writer\` | \`aws\` | changed | **1 action** | – | read credentials | **change data** | – |
| \`log-analyst\` | \`gcp\` | new | **1 action** | – | nothing | **run code** | – |
| \`ticket-triage\` | \`azure\` | changed | – | 2 actions | grant access | change data | – |
| \`key-rotator\` | \`azure\` | gone | – | – | grant access | nothing | 1 closed |"
`);
});

test('the details of one change', () => {
  const details =
    renderDiffMarkdown(DIFF)
      .split('<details>')
      .find((text) => text.startsWith('<summary><code>report-writer')) ?? '';
  expect(`\n${details}`).toMatchInlineSnapshot(`
"
<summary><code>report-writer</code> on <code>aws</code>: gains 1 action</summary>

**Before:** If taken over, invoice-reader can read 1 bucket and 1 declared secret, and change nothing.

**After:** If taken over, report-writer can read and overwrite 1 bucket.

**Actions by level:** change data: 0 → 1, read credentials: 1 → 0, read data: 4 → 3

**Gained**

- write: \`s3:PutObject\` on \`arn:aws:s3:::reports/*\` when \`aws:SourceVpce is vpce-1\` (ReportsPolicy statement 1)

**Claims**

- “reads only”: proven → **refuted**. It may write: s3:PutObject is allowed.

</details>

"
`);
});

test('a terminal shows the same', () => {
  const text = renderDiffTerminal(DIFF, { width: 100, color: false });
  expect(`\n${text}`).toMatchInlineSnapshot(`
"
3 gain access; 2 only lose access; 1 new path to full control of the account (6 compared).

deploy-helper on aws (changed)
  before  read credentials: If taken over, invoice-reader can read 1 bucket and 1 declared secret,
          and change nothing.
  after   full control: If taken over, deploy-helper can take over the whole account 111122223333 in
          three steps.
  levels  run code 0 -> all, grant access 0 -> all, destroy 0 -> all, change data 0 -> all, read
          credentials 1 -> all, read data 4 -> all
  + new path, in 3 steps, to full control of the account: arn:aws:iam::111122223333:root
    1. Creates a Lambda function that runs as role 'nightly-builder' and invokes it, so its own code
       runs with that role. [lambda-create-function]
       allowed by  DeployPolicy statement 2 (Sid PassAnything)
    2. Assumes role 'platform-admin', whose trust policy names 'nightly-builder'. [sts-assume-role]
       allowed by  DeployPolicy statement 2 (Sid PassAnything)
    3. Role 'platform-admin' may do everything in account 111122223333. [already-admin]
       allowed by  DeployPolicy statement 2 (Sid PassAnything)

report-writer on aws (changed)
  before  read credentials: If taken over, invoice-reader can read 1 bucket and 1 declared secret,
          and change nothing.
  after   change data: If taken over, report-writer can read and overwrite 1 bucket.
  levels  change data 0 -> 1, read credentials 1 -> 0, read data 4 -> 3
  + write: s3:PutObject on arn:aws:s3:::reports/* when aws:SourceVpce is vpce-1
  ~ reads only: proven -> refuted. It may write: s3:PutObject is allowed.

log-analyst on gcp (new)
  after   run code: If taken over, it can use 1 named resources and nothing else.
  levels  run code 0 -> 1, read data 0 -> 5
  + storage.objects.get on audit-logs

ticket-triage on azure (changed)
  before  grant access: If taken over, key-rotator can read every secret of vault 'shared-vault' and
          let others read them.
  after   change data: If taken over, it can use 1 named resources and nothing else.
  levels  grant access 1 -> 0, change data 0 -> 2, read credentials 6 -> 0, read data 0 -> 2
  - Microsoft.Storage/write, Microsoft.Storage/delete on tickets

key-rotator on azure (gone)
  before  grant access: If taken over, key-rotator can read every secret of vault 'shared-vault' and
          let others read them.
  levels  grant access 1 -> 0, read credentials 6 -> 0
  - closed path, in 1 step, to credentials it was not given:
  /subscriptions/0000/resourceGroups/data/providers/Microsoft.KeyVault/vaults/shared-vault
    1. Reads secrets of 'shared-vault' that were not declared. [vault-list-secrets]
       allowed by  DeployPolicy statement 2 (Sid PassAnything)

not understood: 1 thing
  - The custom role is not among the files.
"
`);
  expect(stripVTControlCharacters(renderDiffTerminal(DIFF, { width: 100, color: true }))).toBe(text);
});

test('no change is one sentence', () => {
  expect(renderDiffMarkdown({ ...DIFF, principals: [], unknowns: [] })).toBe('### Access: No access changed (6 compared).\n');
});

test.each([3, 50, 2000])('a diff of %i changes fits a comment, and says what was left out', (size) => {
  const text = renderDiffMarkdown(largeDiff(size));
  expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  const [written, rows] = [/<summary><code>agent/g, /^\| `agent/gm].map((pattern) => text.match(pattern)?.length ?? 0);
  expect(written).toBeGreaterThan(0);
  const left = size - (written ?? 0);
  expect(text.includes(`The details of ${left} more changes are left out`)).toBe(left > 1);
  expect(text.includes(`${size - (rows ?? 0)} more changed identities left out of this table`)).toBe(rows !== size);
  expect(text).toContain('- and 4990 more');
});

/** What is left of a line when code spans, which are literal, are taken out. */
const outside = (text: string): string => text.replace(/(?<![`\\])(`+)(?!`)(.*?[^`])\1(?!`)/g, '');
/** Tags and heading of the comment itself. */
const OWN_TAGS = /^### |<\/?(details|summary|b|code)>/gm;

test.each(HOSTILE_VALUES)('the value %j neither breaks the table nor speaks Markdown', (value) => {
  const text = renderDiffMarkdown(poison(DIFF, value));
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  expect(rows).toHaveLength(2 + DIFF.principals.length);
  for (const row of rows) expect(row.replace(/\\./g, '').split('|')).toHaveLength(10);
  const free = outside(text)
    .replace(/<code>.*?<\/code>/g, '')
    .replace(OWN_TAGS, '');
  expect(free.replace(/\\./g, '')).not.toMatch(/[<>@#[\]!]|https?:\/|www\./);
  expect(free).not.toMatch(/@(?!\u200b)/);
  expect(text.split('\n')).toHaveLength(renderDiffMarkdown(DIFF).split('\n').length);
});

test('a code span holds any text as it is, on one line', () => {
  const text = fc.string({ unit: fc.constantFrom('`', '|', '\\', 'a', ' ', '\n', '<', '@') });
  fc.assert(
    fc.property(text, (value) => {
      const span = codeSpan(value);
      const [fence = ''] = /^`+/.exec(span) ?? [];
      const inner = span.slice(fence.length, -fence.length);
      expect(inner.match(/`+/g)?.filter((run) => run.length === fence.length) ?? []).toEqual([]);
      expect(inner.trim()).toBe(value.replace(/\n+/g, ' ').trim() || '(empty)');
    }),
  );
});

test('a bar in a cell is always behind exactly one backslash', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('|', '\\', 'a', '`') }), (value) => {
      expect(codeSpan(value, 'cell')).not.toMatch(/(?<!\\)\||\\\\\|/);
    }),
  );
});

test.each([
  ['see @octocat in #12: <b>*x*</b> `y` | z', 'see \\@\u200boctocat in \\#\u200b12: \\<b\\>\\*x\\*\\</b\\> \\`y\\` \\| z'],
  ['https://example.com or www.example.com', 'https\\://example.com or www\\.example.com'],
  ['- item', '\\- item'],
  ['12. item', '12\\. item'],
  ['+ item', '\\+ item'],
  ['&lt; and \\* and [x](y)', '\\&lt; and \\\\\\* and \\[x\\](y)'],
  ['a plain-spoken sentence: (it stays), as it is; 100% of it.', 'a plain-spoken sentence: (it stays), as it is; 100% of it.'],
])('the sentence %j is written %j', (text, written) => expect(prose(text)).toBe(written));
