import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROL_CHECKS } from '../../lib/core/checks/controls';
import { MaturityLevel } from '../../lib/core/enums';
import { FRAMES, LADDER } from '../../lib/core/governance/ladder';

const ROOT = join(__dirname, '../..');
const CLOUDS = readdirSync(join(ROOT, 'lib/policy')).filter((name) => existsSync(join(ROOT, 'lib/policy', name, 'posture')));
const json = <T>(...path: readonly string[]): T => JSON.parse(readFileSync(join(ROOT, 'lib/policy', ...path), 'utf8')) as T;
const tableOf = (cloud: string) =>
  json<{ controls: Record<string, { shown: string; code: string }> }>(cloud, 'posture', 'evidence.json').controls;
interface Facts {
  readonly unsupported?: Readonly<Record<string, string>>;
  readonly instead?: Readonly<Record<string, string>>;
}
const factsOf = (cloud: string): Facts =>
  existsSync(join(ROOT, 'lib/policy', cloud, 'posture', 'facts.json')) ? json<Facts>(cloud, 'posture', 'facts.json') : {};

test('each control has one check, in the folder of its level, under its name', () => {
  const files = ['logging', 'alerting', 'enforcement', 'governance'].flatMap((folder, index) =>
    readdirSync(join(ROOT, 'lib/core/checks', folder)).map((file) => `${index + 1} ${file.replace('.ts', '')}`),
  );
  expect(files.sort()).toEqual(LADDER.map(({ level, id }) => `${level} ${id}`).sort());
  expect(CONTROL_CHECKS.map(({ id }) => id)).toEqual(LADDER.map(({ id }) => id));
});

test('a control is mapped to references that their frames have, and each frame is used', () => {
  const invented = LADDER.flatMap(({ id, frames }) =>
    Object.entries(frames).flatMap(([frame, refs]) =>
      refs.filter((ref) => FRAMES[frame]?.refs[ref] === undefined).map((ref) => `${id}: ${frame} ${ref}`),
    ),
  );
  expect(invented).toEqual([]);
  const used = new Set(
    LADDER.flatMap(({ frames }) => Object.entries(frames).flatMap(([frame, refs]) => refs.map((ref) => `${frame} ${ref}`))),
  );
  const idle = Object.entries(FRAMES).flatMap(([frame, { refs }]) =>
    Object.keys(refs)
      .filter((ref) => !used.has(`${frame} ${ref}`))
      .map((ref) => `${frame} ${ref}`),
  );
  expect(idle).toEqual([]);
});

test('each frame says where it is from, and whether that was read', () => {
  for (const { source, checked, confirmed, note } of Object.values(FRAMES)) {
    expect(source).toMatch(/^https:\/\//);
    expect(checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    if (!confirmed) expect(note).toMatch(/\w/);
  }
});

test.each(CLOUDS)('%s says of each control what shows it and what to write', (cloud) => {
  expect(Object.keys(tableOf(cloud)).sort()).toEqual(LADDER.map(({ id }) => id).sort());
});

test.each(CLOUDS)('what %s cannot, it says why, and what stands in is a control', (cloud) => {
  const ids = LADDER.map(({ id }) => id);
  const { unsupported = {}, instead = {} } = factsOf(cloud);
  expect(Object.keys(unsupported).filter((id) => !ids.includes(id))).toEqual([]);
  expect(
    Object.entries(instead).filter(
      ([id, other]) => unsupported[id] === undefined || !ids.includes(other) || unsupported[other] !== undefined,
    ),
  ).toEqual([]);
});

test('controls by level and cloud: how many, and what a cloud cannot', () => {
  const rows = [1, 2, 3, 4].map((level) => {
    const own = LADDER.filter((control) => control.level === level).map(({ id }) => id);
    const cannot = CLOUDS.map((cloud) => `${cloud} ${own.filter((id) => factsOf(cloud).unsupported?.[id] === undefined).length}`);
    return `${MaturityLevel[level]}: ${own.length} controls; ${cannot.join(', ')}`;
  });
  expect(rows).toMatchInlineSnapshot(`
[
  "LOGGING: 7 controls; aws 7, azure 6, gcp 6",
  "ALERTING: 5 controls; aws 5, azure 5, gcp 5",
  "ENFORCEMENT: 10 controls; aws 10, azure 5, gcp 7",
  "GOVERNANCE: 8 controls; aws 8, azure 8, gcp 7",
]
`);
});
