import { Severity } from '../../lib';
import type { Manifest, ManifestAgent } from '../../lib/core/manifest';
import { summarise } from '../../lib/core/report/rows';
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

test('a terminal of 80 columns gets a compact table that fits it', () => {
  const text = renderTerminal([manifest], { width: 80, color: false }).split('\n\n')[0] ?? '';
  expect(text).toMatchInlineSnapshot(`
"agent           cloud  mode  identity               perms  res  life    found
invoice-reader  aws    read  prod--invoice-reader  3 (1n)    3  15 min  1w
invoice-reader  gcp    read  prod--invoice-reader       2    2  15 min  -"
`);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('a long identity is cut to what fits, never the agent', () => {
  const long: Manifest = {
    ...manifest,
    agents: manifest.agents.map((one) => ({ ...one, identity: { ...one.identity, name: 'x'.repeat(90) } })),
  };
  for (const width of [80, 100, 120, 200]) {
    const [table = ''] = renderTerminal([long], { width, color: false }).split('\n\n');
    expect(table).toContain('invoice-reader');
    expect(table).toMatch(/x{11,31}…/);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  }
});

test('a terminal too narrow for any table gets a block per agent', () => {
  const text = renderTerminal([manifest], { width: 50, color: false });
  expect(text.split('\n\n')[0]).toMatchInlineSnapshot(`
"invoice-reader on aws
  mode             READ_ONLY
  identity         prod--invoice-reader
  permissions      3 (1 native)
  resources        3
  credential life  15 min
  findings         1 warning"
`);
});

test('a native wildcard counts as the permissions it stands for, once for each list', () => {
  const wild = (scope: string) => ({ origin: 'App/B', permissions: ['c:*'], permissionCount: 40, scopes: [scope], conditions: [] });
  const [row] = summarise([{ ...manifest, agents: [agent({ native: [wild('one'), wild('two')] })] }]);
  expect([row?.permissions, row?.native]).toEqual([42, 40]);
});

test('colour appears only where it is asked for', () => {
  const ansi = String.fromCharCode(27);
  expect(renderTerminal([manifest], { width: 120, color: false })).not.toContain(ansi);
  expect(renderTerminal([manifest], { width: 120, color: true })).toContain(`${ansi}[33m1 warning`);
});

test('an app without agents says so', () => {
  expect(renderTerminal([{ ...manifest, agents: [] }], { width: 80, color: false })).toBe('no agents\n');
});
