import type { ReviewInput } from '../../lib/core/review/input';
import type { AccessWorld } from '../../lib/core/review/world';
import { findPrincipals, reviewing, reviewNobody, worldsOf } from '../../lib/policy/worlds';
import { accountDetails, allow, template } from '../cli/command-line';

const ACCOUNT: ReviewInput = {
  kind: 'account-details',
  file: 'account.json',
  json: accountDetails({ reader: [allow('s3:GetObject')], writer: [] }),
};
const GOOGLE: ReviewInput = {
  kind: 'terraform-stack',
  file: 'cdk.tf.json',
  json: {
    resource: {
      google_service_account: { reader: { account_id: 'reader', project: 'example' } },
      google_project_iam_member: {
        reads: { project: 'example', role: 'roles/viewer', member: 'serviceAccount:reader@example.iam.gserviceaccount.com' },
      },
    },
  },
};

const asked = (...json: readonly string[]): ReviewInput => ({ kind: 'principals', file: 'asked', json });
const reviewed = (worlds: readonly AccessWorld[]): readonly string[] =>
  worlds.flatMap(({ principals }) => principals.filter((one) => one.reviewed).map(({ id }) => id));

test('each cloud makes a world of what is its own, and none of what is not', () => {
  expect(worldsOf([ACCOUNT]).map(({ cloud }) => cloud)).toEqual(['aws']);
  expect(worldsOf([GOOGLE]).map(({ cloud }) => cloud)).toEqual(['gcp']);
  expect(worldsOf([ACCOUNT, GOOGLE]).map(({ cloud }) => cloud)).toEqual(['aws', 'gcp']);
  expect(worldsOf([])).toEqual([]);
});

test.each<[string, readonly string[], readonly string[]]>([
  [
    'nobody',
    [],
    [
      'arn:aws:iam::111122223333:role/reader',
      'arn:aws:iam::111122223333:role/writer',
      'serviceAccount:reader@example.iam.gserviceaccount.com',
    ],
  ],
  ['one by its id', ['arn:aws:iam::111122223333:role/writer'], ['arn:aws:iam::111122223333:role/writer']],
  ['one by its session', ['arn:aws:sts::111122223333:assumed-role/writer/x'], ['arn:aws:iam::111122223333:role/writer']],
  [
    'one of another cloud',
    ['serviceAccount:reader@example.iam.gserviceaccount.com'],
    ['serviceAccount:reader@example.iam.gserviceaccount.com'],
  ],
])('where %s is asked for, these are reviewed', (_title, ids, expected) => {
  const inputs = ids.length === 0 ? [ACCOUNT, GOOGLE] : [ACCOUNT, GOOGLE, asked(...ids)];
  expect(reviewed(worldsOf(inputs))).toEqual(expected);
});

test('whoever is in no world is refused', () => {
  expect(() => worldsOf([ACCOUNT, GOOGLE, asked('nobody')])).toThrow("got: 'nobody'");
  expect(() => worldsOf([GOOGLE, asked('serviceAccount:x@y')])).toThrow("got: 'serviceAccount:x@y'");
  expect(() => worldsOf([ACCOUNT, asked('arn:aws:sts::111122223333:assumed-role/other/x')])).toThrow('must be in one of the files');
  expect(() => worldsOf([ACCOUNT, asked('arn:aws:sts::444455556666:assumed-role/reader/x')])).toThrow('must be in one of the files');
});

test('a world with others reviewed answers as before', () => {
  const [world] = worldsOf([ACCOUNT]);
  if (!world) throw new Error('no world');
  const id = 'arn:aws:iam::111122223333:role/reader';
  expect(reviewed([reviewNobody(world)])).toEqual([]);
  const one = reviewing(world, (principal) => principal.id === id);
  expect(reviewed([one])).toEqual([id]);
  expect(one.decide(id, { action: 's3:GetObject', resource: 'arn:aws:s3:::a/b' }).effect).toBe('allowed');
  expect([one.cloud, one.access(id)]).toEqual([world.cloud, world.access(id)]);
});

test('an id wins over a name, and a name is found on every cloud', () => {
  const worlds = worldsOf([{ kind: 'template', file: 't.json', json: template() }, GOOGLE]);
  expect(findPrincipals(worlds, 'serviceAccount:reader@example.iam.gserviceaccount.com')).toHaveLength(1);
  expect(findPrincipals(worlds, 'reader').map(({ kind }) => kind)).toEqual(expect.arrayContaining(['role']));
  expect(findPrincipals(worlds, 'read')).toEqual([]);
});
