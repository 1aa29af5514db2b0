import { stripVTControlCharacters } from 'node:util';
import { renderReviewTerminal } from '../../../lib/core/report/review-terminal';
import type { Review } from '../../../lib/core/review/result';
import { HOSTILE_VALUES, hostileReview } from './hostile-fixture';
import { fleetReview, SIX } from './review-fixture';

const ONE: Review = { ...SIX, principals: SIX.principals.slice(1, 2) };
const ESCAPE = '\u001b';

test('a refuted claim is printed with its counter-example, and a path as a witness', () => {
  expect(`\n${renderReviewTerminal(ONE, { width: 100, color: false })}`).toMatchInlineSnapshot(`
"
reviewed       cloud  identity  worst it can reach  claims  paths  findings
deploy-helper  aws    role      full control        ✓1 ✗1       1         1

deploy-helper on aws (role prod--deploy-helper)
  If taken over, deploy-helper can take over the whole account 111122223333 in three steps.
  ✓ reads only
  ✗ cannot get further than it was given: refuted
    It can become admin of account 111122223333 in 3 steps.
    request     iam:PassRole on arn:aws:iam::111122223333:role/nightly-builder
      with      iam:PassedToService = lambda.amazonaws.com
    allowed by  DeployPolicy statement 2 (Sid PassAnything) (identity), made by
                Shop/DeployHelper/Policy, in cdk.out/Shop.template.json
    to change   Limit iam:PassRole to the function's own role, or deny it in the boundary.
  path 1 of 1, in 3 steps, to full control of the account
    1. Creates a Lambda function that runs as role 'nightly-builder' and invokes it, so its own code
       runs with that role. [lambda-create-function]
       request     lambda:CreateFunction on arn:aws:lambda:eu-central-1:111122223333:function:any
       request     iam:PassRole on arn:aws:iam::111122223333:role/nightly-builder
         with      iam:PassedToService = lambda.amazonaws.com
       request     lambda:InvokeFunction on arn:aws:lambda:eu-central-1:111122223333:function:any
       allowed by  DeployPolicy statement 2 (Sid PassAnything) (identity), made by
                   Shop/DeployHelper/Policy, in cdk.out/Shop.template.json
       if          iam:PassedToService StringEquals 'lambda.amazonaws.com'
    2. Assumes role 'platform-admin', whose trust policy names 'nightly-builder'. [sts-assume-role]
       request     sts:AssumeRole on arn:aws:iam::111122223333:role/platform-admin
       allowed by  DeployPolicy statement 2 (Sid PassAnything) (identity), made by
                   Shop/DeployHelper/Policy, in cdk.out/Shop.template.json
    3. Role 'platform-admin' may do everything in account 111122223333. [already-admin]
       request     sts:AssumeRole on arn:aws:iam::111122223333:root
       allowed by  DeployPolicy statement 2 (Sid PassAnything) (identity), made by
                   Shop/DeployHelper/Policy, in cdk.out/Shop.template.json
       note        the target is not in view; that one exists is assumed
    end  arn:aws:iam::111122223333:root
  error privilege-escalation: can take over account 111122223333 in 3 steps, beginning with
  lambda-create-function
    fix  Narrow the statement that is named.

summary
  1 reviewed: 1 to act on, 0 not decided, 0 with nothing to report
  claims    1 proven, 1 refuted
  paths     1 to full control of the account
  findings  1 privilege-escalation
  not understood: 1 thing
    - The custom role 'projects/acme-logs/roles/logViewer' is not among the files; what it permits
      is not known.
"
`);
});

test('every verdict is told in one line of the first table, worst first', () => {
  const lines = renderReviewTerminal(SIX, { width: 100, color: false }).split('\n').slice(0, 7);
  expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
"
reviewed        cloud  identity          worst it can reach  claims  paths  findings
deploy-helper   aws    role              full control        ✓1 ✗1       1         1
log-analyst     gcp    service-account   run code            ?1          1         -
key-rotator     azure  managed-identity  grant access        ✗1          1         1
report-writer   aws    role              change data         ✓1 ✗1       -         1
ticket-triage   azure  managed-identity  change data         ✓2          -         -
invoice-reader  aws    role              read credentials    ✓3          -         -"
`);
});

test('a narrow terminal keeps names and verdicts', () => {
  const lines = renderReviewTerminal(SIX, { width: 30, color: false }).split('\n').slice(0, 3);
  expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
"
reviewed        claims
deploy-helper   ✓1 ✗1
log-analyst     ?1"
`);
});

test.each([40, 60, 80, 100, 160])('nothing is wider than a terminal of %i', (width) => {
  const texts = [SIX, fleetReview(60)].map((review) => renderReviewTerminal(review, { width, color: false }));
  expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > width)).toEqual([]);
});

test('colours add nothing but colours, and are left out when not wanted', () => {
  const [plain, colored] = [false, true].map((color) => renderReviewTerminal(SIX, { width: 100, color }));
  expect(plain).not.toContain(ESCAPE);
  expect(colored).toContain(ESCAPE);
  expect(stripVTControlCharacters(colored ?? '')).toBe(plain);
});

test.each(HOSTILE_VALUES)('the value %j moves no cursor and starts no line', (value) => {
  const text = renderReviewTerminal(hostileReview(value), { width: 4000, color: false });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\ue000\ue001]/u);
  expect(text.split('\n')).toHaveLength(renderReviewTerminal(SIX, { width: 4000, color: false }).split('\n').length);
});

test('of 200 agents the quiet ones take one row for each cloud, and no details', () => {
  const text = renderReviewTerminal(fleetReview(200), { width: 100, color: false });
  expect(text.split('\n\n')[0]?.split('\n')).toHaveLength(1 + 12 + 9 + 3);
  expect(text).toMatch(/60 others, nothing to report +aws /);
  expect(text.match(/^\S+ on (aws|azure|gcp) \(/gm)).toHaveLength(12 + 9);
  expect(text).toContain('200 reviewed: 12 to act on, 9 not decided, 179 with nothing to report');
});

test('of many paths the first are printed step by step, and the rest are named or counted', () => {
  const [first] = ONE.principals;
  const paths = Array.from({ length: 40 }, () => first?.paths ?? []).flat();
  const text = renderReviewTerminal({ ...ONE, principals: first ? [{ ...first, paths }] : [] }, { width: 100, color: false });
  expect(text.match(/path \d+ of 40/g)).toHaveLength(5);
  expect(text).toContain('and 35 more paths\n    - lambda-create-function, then sts-assume-role, then already-admin:');
  expect(text).toContain('    - 15 not shown');
});

test('an empty review says so', () => {
  const empty: Review = { ...SIX, principals: [], unknowns: [] };
  expect(renderReviewTerminal(empty, { width: 100, color: false })).toMatch(/^nothing to review: no agent and no principal was found\n/);
});

test('of many findings of one kind the first are told, of others all', () => {
  const [one] = ONE.principals;
  if (!one) throw new Error('nobody to review');
  const [finding] = one.findings;
  if (!finding) throw new Error('nothing found');
  const many = Array.from({ length: 9 }, (_unused, at) => ({ ...finding, message: `way ${at}` }));
  const text = renderReviewTerminal(
    { ...ONE, principals: [{ ...one, findings: [...many, { ...finding, id: 'other', message: 'another' }] }] },
    { width: 100, color: false },
  );
  expect(text.match(/way \d/g)).toEqual(['way 0', 'way 1', 'way 2', 'way 3', 'way 4']);
  expect(text).toContain('error other: another');
  expect(text).toContain('and 4 more findings of privilege-escalation; the JSON has all');
});
