import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { SupportDeskStack } from '../../examples/support-desk/aws';
import type { Manifest } from '../../lib/core/manifest';
import { findingId } from '../../lib/core/review/acknowledgements';
import type { Review } from '../../lib/core/review/result';
import { cli, Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

test('a finding that the app acknowledges is told with its reason, and is nothing to act on; others stay', async () => {
  const outdir = join(bench.path, 'cdk.out');
  const app = new App({ outdir });
  new SupportDeskStack(app, 'support-desk');
  jest.spyOn(console, 'error').mockImplementation();
  app.synth();
  const review = async (): Promise<Review> => JSON.parse((await cli(['review', outdir, '--json'])).out) as Review;
  const researcher = (await review()).principals.find(({ agent }) => agent === 'desk-researcher');
  const [accepted, ...others] = researcher?.findings.filter(({ evidence }) => evidence?.['key'] !== undefined) ?? [];
  if (!researcher || !accepted || others.length === 0) throw new Error('The example finds less than two things.');
  const manifest = JSON.parse(bench.read('cdk.out/agentic-iam.manifest.json')) as Manifest;
  const acknowledged = [
    { id: `agentic-iam::${findingId(researcher.id, accepted)}`, reason: 'seen by the owner', construct: 'support-desk' },
  ];
  bench.write('cdk.out/agentic-iam.manifest.json', { ...manifest, acknowledged });
  const after = (await review()).principals.find(({ agent }) => agent === 'desk-researcher');
  expect(after?.findings.filter(({ message }) => message.includes('accepted'))).toEqual([
    { ...accepted, severity: 'info', message: `${accepted.message} (accepted: seen by the owner)` },
  ]);
  expect(after?.findings).toEqual(expect.arrayContaining(others));
});
