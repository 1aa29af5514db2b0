import { Signal } from '../../lib/core/enums';
import type { AgentPosture, Evidence, Point } from '../../lib/core/governance/posture';
import type { ManifestAgent } from '../../lib/core/manifest';

export const SHOWN: Evidence = { file: 'a.json', resource: 'Thing', type: 'a type', shows: 'it' };
export const point = (what: string, by: readonly Evidence[] = [SHOWN]): Point => ({ what, by });
export const GAP: Point = { what: 'something', by: [], why: 'it was taken out' };

export const AGENT: ManifestAgent = {
  name: 'reader',
  cloud: 'aws',
  fleet: 'prod',
  construct: 'stack/Reader',
  owner: 'team@example.com',
  purpose: 'reads',
  mode: 'READ_ONLY',
  scope: {},
  limits: {},
  maxSessionSeconds: 3_600,
  delegatesTo: [],
  workflows: [],
  tasks: [{ name: 'one', capabilities: [], parameters: {}, within: {}, longestSeconds: 900 }],
  identity: {
    kind: 'role',
    name: 'prod--reader',
    principal: 'it',
    trust: [],
    credentialLifeSeconds: 3_600,
    credentialLifeReason: 'so it is',
  },
  access: [
    { capability: 'objects:read', resource: 'invoices', kind: 'bucket', level: 'read', permissions: ['x'], scopes: ['y'], conditions: [] },
  ],
  native: [],
  findings: [],
};

/** A posture that satisfies every control that the output can show. */
export const WHOLE: AgentPosture = {
  agent: AGENT,
  unsupported: {},
  identity: [SHOWN],
  sharedWith: [],
  owner: { value: 'team@example.com', evidence: SHOWN },
  management: [point('changes')],
  data: [point('reads')],
  stores: [{ name: 'log', evidence: SHOWN, days: 400, locked: true, integrity: SHOWN }],
  reach: [],
  signals: Object.fromEntries(Object.values(Signal).map((signal) => [signal, [SHOWN]])),
  watched: [point('watched')],
  told: [point('told')],
  stages: [{ what: 'a stage', evidence: SHOWN, watchedBy: [SHOWN] }],
  claims: (['within-declared', 'no-escalation', 'read-only'] as const).map((claim) => ({ claim, verdict: 'proven', reason: 'shown' })),
  roles: [SHOWN],
  ceiling: [point('a boundary')],
  guardrails: [SHOWN],
  perimeter: [point('in a region')],
  tasks: [point('task one')],
  tools: [{ tool: 'search', by: [SHOWN], enforced: true }],
  brake: { armed: true, points: [point('a brake')] },
  drift: [point('compared')],
  repair: [point('put back')],
  tamper: [point('answered')],
  unused: [point('looked for')],
  hygiene: [point('tidied')],
  kept: [point('kept')],
};
