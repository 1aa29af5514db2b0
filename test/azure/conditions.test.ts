import fc from 'fast-check';
import { type AccessCondition, knowsTime, renderCondition } from '../../lib/azure/private/conditions';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const READ = `${BLOBS}/read`;
const WRITE = `${BLOBS}/write`;
const ADD = `${BLOBS}/add/action`;
const LOGS = 'Microsoft.OperationalInsights/workspaces/tables/data/read';
const PROCESS = 'Microsoft.Storage/storageAccounts/queueServices/queues/messages/process/action';

const LIST_ONLY: AccessCondition = { subOperation: 'Blob.List' };
const READ_ONLY: AccessCondition = { exceptSubOperation: 'Blob.List' };
const render = (permissions: readonly [string, AccessCondition][], window = {}) =>
  renderCondition(
    permissions.map(([permission, condition]) => ({ permission, condition })),
    window,
  );

test('nothing bounded needs no condition', () => {
  expect(render([[WRITE, {}]])).toBeUndefined();
});

test('listing and reading together, unbounded, need no condition', () => {
  expect(
    render([
      [READ, LIST_ONLY],
      [READ, READ_ONLY],
    ]),
  ).toBeUndefined();
});

test('reading alone does not list', () => {
  expect(render([[READ, READ_ONLY]])).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '-'))"`,
  );
});

test('listing alone does not read', () => {
  expect(render([[READ, LIST_ONLY]])).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '-'))"`,
  );
});

test('a prefix bounds the path of what is read and the prefix of what is listed', () => {
  expect(
    render([
      [READ, { ...LIST_ONLY, prefix: 'invoices/' }],
      [READ, { ...READ_ONLY, prefix: 'invoices/' }],
    ]),
  ).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'invoices/')) AND ((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'invoices/'))"`,
  );
});

test('permissions bounded alike share a clause', () => {
  expect(
    render([
      [WRITE, { prefix: 'out/' }],
      [ADD, { prefix: 'out/' }],
    ]),
  ).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'}) AND !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'out/'))"`,
  );
});

test('one permission bound twice holds under either prefix', () => {
  expect(
    render([
      [WRITE, { prefix: 'a/' }],
      [WRITE, { prefix: 'b/' }],
    ]),
  ).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'a/' OR @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'b/'))"`,
  );
});

test('a bound is void where the same permission is given without one', () => {
  expect(
    render([
      [WRITE, { prefix: 'a/' }],
      [WRITE, {}],
    ]),
  ).toBeUndefined();
});

test('a window and a prefix hold together, grouped as Azure wants three expressions', () => {
  expect(
    render([[WRITE, { prefix: 'a/' }]], { notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-02-01T00:00:00Z' }),
  ).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR ((@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'a/' AND @Environment[UtcNow] DateTimeGreaterThan '2027-01-01T00:00:00.000Z') AND @Environment[UtcNow] DateTimeLessThan '2027-02-01T00:00:00.000Z'))"`,
  );
});

test('under a window each of two prefixes keeps its own parentheses', () => {
  expect(
    render(
      [
        [WRITE, { prefix: 'a/' }],
        [WRITE, { prefix: 'b/' }],
      ],
      { notAfter: '2027-02-01T00:00:00Z' },
    ),
  ).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR ((@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'a/' AND @Environment[UtcNow] DateTimeLessThan '2027-02-01T00:00:00.000Z') OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'b/' AND @Environment[UtcNow] DateTimeLessThan '2027-02-01T00:00:00.000Z')))"`,
  );
});

test('a window bounds queue messages', () => {
  expect(render([[PROCESS, {}]], { notAfter: '2027-02-01T00:00:00Z' })).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/queueServices/queues/messages/process/action'})) OR (@Environment[UtcNow] DateTimeLessThan '2027-02-01T00:00:00.000Z'))"`,
  );
});

test('tables of a workspace bound the reading of data, and not the workspace itself', () => {
  const bounded: AccessCondition = { tables: ['AppTraces', 'AppRequests'] };
  expect(
    render([
      ['Microsoft.OperationalInsights/workspaces/query/read', bounded],
      [LOGS, bounded],
    ]),
  ).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.OperationalInsights/workspaces/tables/data/read'})) OR (@Resource[Microsoft.OperationalInsights/workspaces/tables:name] ForAnyOfAnyValues:StringEquals {'AppTraces', 'AppRequests'}))"`,
  );
  expect(render([[LOGS, { tables: ['AppTraces'] }]])).toContain("tables:name] StringEquals 'AppTraces'");
});

test.each([
  [READ, true],
  [PROCESS, true],
  [LOGS, false],
  [`${BLOBS.replace('/blobs', '')}/read`, false],
  ['Microsoft.KeyVault/vaults/secrets/getSecret/action', false],
])('%s knows the time: %s', (permission, expected) => {
  expect(knowsTime(permission)).toBe(expected);
});

/** What the text means for one call, by reading it back: the test's own small evaluator of Azure's grammar. */
function allows(condition: string | undefined, call: { action: string; listing: boolean; path: string }): boolean {
  if (condition === undefined) return true;
  const code = condition
    .replace(/ActionMatches\{'([^']*)'\}/g, (_, action: string) => String(action === call.action))
    .replace(/SubOperationMatches\{'Blob\.List'\}/g, String(call.listing))
    .replace(/@Request\[[^\]]*:prefix\] StringStartsWith '([^']*)'/g, (_, prefix: string) =>
      String(call.listing && call.path.startsWith(prefix)),
    )
    .replace(/@Resource\[[^\]]*:path\] StringStartsWith '([^']*)'/g, (_, prefix: string) =>
      String(!call.listing && call.path.startsWith(prefix)),
    )
    .replace(/@Resource\[[^\]]*:name\] StringEquals '-'/g, 'false')
    .replace(/\bNOT /g, '!')
    .replace(/\bAND\b/g, '&&')
    .replace(/\bOR\b/g, '||');
  if (!/^[\s()!&|]*((true|false)[\s()!&|]*)+$/.test(code)) throw new Error(`not understood: ${code}`);
  return Function(`return ${code}`)() as boolean;
}

const prefixes = fc.constantFrom(undefined, 'a/', 'b/', 'a/b/');
const conditioned = fc.record({
  permission: fc.constantFrom(READ, WRITE, ADD),
  prefix: prefixes,
  part: fc.constantFrom(undefined, 'list', 'read'),
});
const calls = fc.record({
  action: fc.constantFrom(READ, WRITE, ADD),
  listing: fc.boolean(),
  path: fc.constantFrom('a/x', 'b/x', 'a/b/x', 'c'),
});

test('the condition allows exactly the calls that some bound permission allows', () => {
  fc.assert(
    fc.property(fc.array(conditioned, { minLength: 1, maxLength: 6 }), calls, (given, drawn) => {
      const call = { ...drawn, listing: drawn.listing && drawn.action === READ };
      const bound = given.map(({ permission, prefix, part }) => {
        const sub = permission !== READ || part === undefined ? {} : part === 'list' ? LIST_ONLY : READ_ONLY;
        return { permission, condition: { ...sub, ...(prefix === undefined ? {} : { prefix }) } };
      });
      const expected = bound
        .filter(({ permission }) => permission === call.action)
        .some(({ condition }) => {
          const part = condition.subOperation ? call.listing : condition.exceptSubOperation ? !call.listing : true;
          return part && call.path.startsWith(condition.prefix ?? '');
        });
      // A condition only narrows what the role holds; what the role does not hold is not its matter.
      fc.pre(bound.some(({ permission }) => permission === call.action));
      expect(allows(renderCondition(bound), call)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
