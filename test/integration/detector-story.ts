import type { DetectionRegistry } from '../../lib/core/detection/registry';
import { record } from '../cli/receipt-records';

export const PATH = '/agentic-iam/main/watch';
export const STORY_START = Date.parse('2026-11-25T06:00:00Z');
const SESSIONS = 20;
const CALLS = 20;

export const STORY_REGISTRY: DetectionRegistry = {
  schemaVersion: 1,
  agents: [
    {
      name: 'reader',
      fleet: 'main',
      cloud: 'aws',
      principals: ['arn:aws:iam::111122223333:role/agentic-iam/main/main--reader'],
      grants: [
        { step: 'docs:list', actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::docs'] },
        { step: 'docs:read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::docs/*'] },
      ],
      workflows: [
        {
          name: 'answer',
          steps: [
            { oneOf: ['docs:list'], occurs: 'once' },
            { oneOf: ['docs:read'], occurs: 'repeated' },
          ],
        },
      ],
      limits: { callsPerMinute: 300 },
      scope: {},
      sessionSeconds: 900,
    },
  ],
};

/** Records of many sessions at once, of which some leave out a step, go beyond the grant, or try to get more. */
export function story(): readonly Record<string, unknown>[] {
  return Array.from({ length: SESSIONS }, (_, session) =>
    Array.from({ length: CALLS }, (__, index) => {
      const id = `s${session}-${index}`;
      const time = new Date(STORY_START + (session * 7 + index * 11) * 1000).toISOString().replace('.000', '');
      const of = { id, time, sourceIdentity: `reader@t${session}`, credential: `ASIAEXAMPLE${String(session).padStart(9, '0')}` };
      if (index === 0 && session % 4 !== 1) return record({ ...of, source: 's3', name: 'ListBucket', arns: ['arn:aws:s3:::docs'] });
      if (index === 9 && session % 5 === 2) return record({ ...of, source: 'iam', name: 'CreateAccessKey' });
      if (index === 14 && session % 6 === 3) return record({ ...of, source: 's3', name: 'GetObject', arns: ['arn:aws:s3:::payroll/all'] });
      return record({ ...of, source: 's3', name: 'GetObject', arns: [`arn:aws:s3:::docs/${index}`] });
    }),
  ).flat();
}
