import type { DiffView, PrincipalChange } from '../../../lib/core/review/diff-result';
import type { PrincipalReview } from '../../../lib/core/review/result';
import { SIX } from './review-fixture';

/** A pull request that lets one agent take over the account, widens another and narrows a third; one is new. */
export const DIFF: DiffView = {
  library: '0.1.0',
  compared: 6,
  principals: [
    change('report-writer', {
      gained: [
        {
          actions: ['s3:PutObject'],
          resources: ['arn:aws:s3:::reports/*'],
          conditions: ['aws:SourceVpce is vpce-1'],
          level: 'write',
          statements: ['ReportsPolicy statement 1'],
        },
      ],
      before: find('invoice-reader').blastRadius,
      claims: [{ claim: 'read-only', before: 'proven', after: 'refuted', reason: 'It may write: s3:PutObject is allowed.' }],
    }),
    change('ticket-triage', {
      lost: [{ actions: ['Microsoft.Storage/write', 'Microsoft.Storage/delete'], resources: ['tickets'] }],
      before: find('key-rotator').blastRadius,
    }),
    change('deploy-helper', { newPaths: find('deploy-helper').paths, before: find('invoice-reader').blastRadius }),
    change('log-analyst', { gained: [{ actions: ['storage.objects.get'], resources: ['audit-logs'] }] }),
    change('key-rotator', { closedPaths: find('key-rotator').paths, before: find('key-rotator').blastRadius, after: undefined }),
  ],
  unknowns: ['The custom role is not among the files.'],
};

/** A diff of many changes, each with much to say. */
export function largeDiff(size: number): DiffView {
  const one = DIFF.principals[2];
  const principals = Array.from({ length: size }, (_unused, index): PrincipalChange[] =>
    one ? [{ ...one, agent: `agent-${index}` }] : [],
  ).flat();
  return {
    ...DIFF,
    compared: size,
    principals,
    unknowns: Array.from({ length: 5000 }, (_unused, index) => `Thing ${index} was not understood.`),
  };
}

function find(agent: string): PrincipalReview {
  const found = SIX.principals.find((one) => one.agent === agent);
  if (!found) throw new Error(agent);
  return found;
}

function change(agent: string, changes: Partial<PrincipalChange>): PrincipalChange {
  const { id, name, cloud, kind, blastRadius } = find(agent);
  return { id, name, cloud, kind, agent, gained: [], lost: [], newPaths: [], closedPaths: [], claims: [], after: blastRadius, ...changes };
}
