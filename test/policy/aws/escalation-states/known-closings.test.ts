import { CLOSINGS, reallyOpen } from '../../../../tools/bench/review/closings';
import { KNOWN_PATHS, pathsOfUser } from '../../../../tools/bench/review/paths';

/** Paths of which one action is easily thought to be dispensable. */
const STRICT = ['codedeploy-001', 'glue-007', 'iam-023', 'imagebuilder-001'];

const CASES = KNOWN_PATHS.filter(({ id }) => STRICT.includes(id)).flatMap((path) =>
  (CLOSINGS['a separate deny of one action, each in turn']?.(path) ?? [])
    .filter((closed) => reallyOpen(path, closed) === undefined)
    .map((closed, index) => [`${path.id} without ${closed.without} (${index})`, closed.inputs] as const),
);

test('all of them are asked', () => expect(CASES.length).toBeGreaterThan(15));

test.each(CASES)('known path %s is closed', (_, inputs) => {
  expect(pathsOfUser(inputs)).toEqual([]);
});
