import fc from 'fast-check';
import { accountDetails, allow, cli, template } from './command-line';

/** Documents of every kind, to be damaged. */
const DOCUMENTS: Readonly<Record<string, unknown>> = {
  template: {
    ...template(allow('s3:GetObject', [{ 'Fn::Sub': '${Bucket}/*' }], { Condition: { StringLike: { 'aws:PrincipalTag/a': ['x', '*'] } } })),
    Parameters: { Bucket: { Type: 'String', Default: 'a' } },
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'Bucket' }, 'a'] } },
  },
  'account details': accountDetails({ reader: [allow('sts:AssumeRole'), allow('iam:PassRole')], other: [allow('*')] }),
  'a plan': {
    format_version: '1.2',
    planned_values: {
      root_module: {
        resources: [
          {
            address: 'aws_iam_role.a',
            mode: 'managed',
            type: 'aws_iam_role',
            name: 'a',
            values: { name: 'a', assume_role_policy: '{"Statement":[]}' },
          },
          {
            address: 'google_project_iam_member.a',
            mode: 'managed',
            type: 'google_project_iam_member',
            name: 'a',
            values: { project: 'p', role: 'roles/owner', member: 'user:a@b.c' },
          },
          {
            address: 'azurerm_role_assignment.a',
            mode: 'managed',
            type: 'azurerm_role_assignment',
            name: 'a',
            values: { scope: '/subscriptions/s', role_definition_name: 'Owner', principal_id: 'p' },
          },
        ],
      },
    },
  },
  'a stack of cdktf': {
    provider: { google: [{ project: 'p' }] },
    resource: {
      google_project_iam_member: {
        a: {
          project: 'p',
          role: 'roles/editor',
          member: 'serviceAccount:a@p.iam.gserviceaccount.com',
          condition: { title: 't', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' },
        },
      },
      azurerm_role_assignment: {
        a: {
          scope: '/subscriptions/s',
          role_definition_name: 'Reader',
          principal_id: '${azurerm_user_assigned_identity.x.principal_id}',
          condition: 'x',
        },
      },
    },
  },
};

const STRANGE = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    '',
    '*',
    '${',
    '${}',
    'arn:aws:iam::x',
    [[]],
    {},
    { Ref: {} },
    { 'Fn::GetAtt': [] },
    { 'Fn::Sub': [] },
    { 'Fn::If': 'x' },
    '\uE000',
    '__proto__',
    -1,
  ),
);

test.each(Object.entries(DOCUMENTS))(
  '%s that is damaged anywhere is judged or refused, and never brings the command down',
  async (_title, document) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), STRANGE, async (at, strange) => {
        const { code, err, out } = await cli(['review', '-', '--json'], JSON.stringify(replaceAt(document, at, strange)));
        expect([0, 1, 2]).toContain(code);
        // Refused with a message, or judged with an answer; never both, never neither.
        expect(code === 2 ? [out, err !== ''] : [JSON.parse(out) !== undefined, err]).toEqual(code === 2 ? ['', true] : [true, '']);
      }),
      { numRuns: 40 },
    );
  },
);

/** The document with one of its values, counted from the top, replaced. */
function replaceAt(document: unknown, at: number, strange: unknown): unknown {
  const places: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(document, []);
  const [first, ...rest] = places[at % places.length] ?? [];
  if (first === undefined) return strange;
  const copy = structuredClone(document) as Record<string | number, unknown>;
  let inside = copy;
  let key = first;
  for (const next of rest) {
    inside = inside[key] as Record<string | number, unknown>;
    key = next;
  }
  inside[key] = strange;
  return copy;
}
