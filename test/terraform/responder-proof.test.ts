import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { InvoiceReaderStack as OnAzure } from '../../examples/invoice-reader/azure';
import { InvoiceReaderStack as OnGoogle } from '../../examples/invoice-reader/gcp';
import { knownNames } from '../../lib/policy/azure/facts';
import { allPermissions } from '../../lib/policy/gcp/facts';
import { deny, failuresIn, type Line } from './proof';

// The stacks of the example, as Terraform gets them, and what the policy engine of each cloud says of the responder's identity.
const outdir = mkdtempSync(join(tmpdir(), 'agentic-iam-proof-'));
const app = new App({ outdir, context: { 'agentic-iam:review': 'off' } });
new OnAzure(app, 'on-azure');
new OnGoogle(app, 'on-gcp');
app.synth();
const folder = (stack: string): string => join(outdir, 'stacks', stack);

const failures = (stack: string, principal: string, lines: readonly Line[]): Promise<readonly string[]> =>
  failuresIn(folder(stack), principal, lines);
const permissions = allPermissions();

describe('on Google Cloud', () => {
  const PROJECT = 'example-finance';
  const principal = 'serviceAccount:aim-containment-2r4tav6pi6@example-finance.iam.gserviceaccount.com';
  const AGENT = `projects/${PROJECT}/serviceAccounts/prod--invoice-reader@${PROJECT}.iam.gserviceaccount.com`;
  const BECOME = permissions.filter((one) =>
    /^iam\.serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt)$/.test(one),
  );
  const CHANGE = permissions.filter((one) =>
    /setIamPolicy$|^iam\.(roles|serviceAccountKeys|serviceAccounts|workloadIdentityPool\w*)\.(create|update|delete|undelete|disable|enable)$/.test(
      one,
    ),
  );

  test('the responder may stop the agent and let it go', async () => {
    const lines = ['disable', 'enable', 'get', 'getIamPolicy'].map(
      (verb): Line => ({ action: `iam.serviceAccounts.${verb}`, resource: AGENT, expect: 'allowed' }),
    );
    expect(await failures('on-gcp', principal, lines)).toEqual([]);
  });

  test('it can become nobody, and give nobody anything, of every permission that does', async () => {
    expect(BECOME.length).toBeGreaterThan(4);
    expect(CHANGE.length).toBeGreaterThan(20);
    const own = ['iam.serviceAccounts.disable', 'iam.serviceAccounts.enable'];
    expect(
      await failures('on-gcp', principal, [
        ...deny(BECOME, AGENT),
        ...deny(
          CHANGE.filter((one) => !own.includes(one)),
          AGENT,
        ),
      ]),
    ).toEqual([]);
    expect(await failures('on-gcp', principal, deny([...BECOME, ...CHANGE], `projects/${PROJECT}`))).toEqual([]);
  });

  test('it can stop no other account, itself included', async () => {
    const others = [principal.replace('serviceAccount:', ''), 'deploy@example-finance.iam.gserviceaccount.com'];
    const lines = others.flatMap((email) =>
      deny(['iam.serviceAccounts.disable', 'iam.serviceAccounts.enable'], `projects/${PROJECT}/serviceAccounts/${email}`),
    );
    expect(await failures('on-gcp', principal, lines)).toEqual([]);
  });

  test('the agent can undo nothing', async () => {
    expect(await failures('on-gcp', AGENT.replace(/.*serviceAccounts\//, 'serviceAccount:'), deny([...BECOME, ...CHANGE], AGENT))).toEqual(
      [],
    );
  });
});

describe('on Azure', () => {
  const principal = '${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}';
  const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
  const operations = knownNames('control').filter((one) => !one.includes('*'));
  const CHANGE = operations.filter((one) => /^Microsoft\.(Authorization|ManagedIdentity)\/.*\/(write|delete|action)$/i.test(one));
  const agent = '${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}';
  const ASSIGN = 'microsoft.authorization/roleassignments/';

  test('the agent can undo nothing, of every operation on identities and access', async () => {
    expect(CHANGE.length).toBeGreaterThan(10);
    expect(await failures('on-azure', agent, deny(CHANGE, SUBSCRIPTION))).toEqual([]);
  });

  test('the responder changes assignments and nothing else of access', async () => {
    // Federation is cut at the agent's identity alone, which is a reference here: test/azure/agent-containment.test.ts holds it to that scope.
    const others = CHANGE.filter((one) => !one.toLowerCase().startsWith(ASSIGN) && !one.endsWith('federatedIdentityCredentials/delete'));
    expect(await failures('on-azure', principal, deny(others, SUBSCRIPTION))).toEqual([]);
  });
});
