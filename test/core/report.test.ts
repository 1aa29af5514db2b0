import { Severity } from '../../lib';
import type { Manifest, ManifestAgent } from '../../lib/core/manifest';
import { renderTerminal } from '../../lib/core/report/terminal';

const agent = (changes: Partial<ManifestAgent>): ManifestAgent => ({
  name: 'invoice-reader',
  cloud: 'aws',
  fleet: 'prod',
  construct: 'App/Reader',
  owner: 'o',
  purpose: 'p',
  mode: 'READ_ONLY',
  scope: {},
  limits: {},
  maxSessionSeconds: 900,
  delegatesTo: [],
  workflows: [],
  identity: {
    kind: 'iam-role',
    name: 'prod--invoice-reader',
    principal: 'x',
    trust: [],
    credentialLifeSeconds: 900,
    credentialLifeReason: 'r',
  },
  access: [
    {
      capability: 'objects:read',
      resource: 'invoices',
      kind: 'bucket',
      level: 'read',
      permissions: ['a', 'b'],
      scopes: ['one', { Ref: 'Two' }],
      conditions: [],
    },
    {
      capability: 'objects:list',
      resource: 'invoices',
      kind: 'bucket',
      level: 'list',
      permissions: ['b'],
      scopes: [{ Ref: 'Two' }],
      conditions: [],
    },
  ],
  native: [],
  findings: [],
  ...changes,
});

const manifest: Manifest = {
  schemaVersion: 1,
  library: '0',
  catalogs: {},
  agents: [
    agent({ cloud: 'gcp' }),
    agent({
      native: [{ origin: 'App/B', permissions: ['c'], scopes: ['three'], conditions: [] }],
      findings: [
        {
          id: 'native-grant',
          severity: Severity.WARNING,
          agent: 'invoice-reader',
          message: 'holds 1 native grant outside its capabilities',
          fix: 'declare it',
        },
      ],
    }),
  ],
};

test('a wide terminal gets one line per agent and cloud, and the findings below', () => {
  expect(renderTerminal([manifest], { width: 120, color: false })).toMatchInlineSnapshot(`
"agent           cloud  mode       identity               permissions  resources  credential life  findings
invoice-reader  aws    READ_ONLY  prod--invoice-reader  3 (1 native)          3  15 min           1 warning
invoice-reader  gcp    READ_ONLY  prod--invoice-reader             2          2  15 min           none

warning native-grant
  invoice-reader on aws holds 1 native grant outside its capabilities
  fix: declare it
"
`);
});

test('a narrow terminal gets blocks that fit it', () => {
  const text = renderTerminal([manifest], { width: 60, color: false });
  expect(text.split('\n\n')[0]).toMatchInlineSnapshot(`
"invoice-reader on aws
  mode             READ_ONLY
  identity         prod--invoice-reader
  permissions      3 (1 native)
  resources        3
  credential life  15 min
  findings         1 warning"
`);
  expect(text).not.toContain('permissions  resources');
});

test('colour appears only where it is asked for', () => {
  const ansi = String.fromCharCode(27);
  expect(renderTerminal([manifest], { width: 120, color: false })).not.toContain(ansi);
  expect(renderTerminal([manifest], { width: 120, color: true })).toContain(`${ansi}[33m1 warning`);
});

test('an app without agents says so', () => {
  expect(renderTerminal([{ ...manifest, agents: [] }], { width: 80, color: false })).toBe('no agents\n');
});
