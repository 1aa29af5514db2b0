import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Point } from '../../../core/governance/posture';
import { rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { appOf, mayDo, setting } from './watch';

type Continuous = Pick<AgentPosture, 'drift' | 'repair' | 'tamper' | 'unused' | 'hygiene' | 'kept'>;

const NOTHING: Continuous = { drift: [], repair: [], tamper: [], unused: [], hygiene: [], kept: [] };
const AUTHORIZATION = 'Microsoft.Authorization/roleAssignments';
const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const READS = [
  `${AUTHORIZATION}/read`,
  'Microsoft.Authorization/roleDefinitions/read',
  `${IDENTITY}/read`,
  `${IDENTITY}/federatedIdentityCredentials/read`,
];
const RECORDS = 'Microsoft.Insights/diagnosticSettings';

/** What looks after the agent once it is deployed. */
export function continuousOf(output: Output, agent: ManifestAgent): Continuous {
  const governor = appOf(output, agent.fleet, 'COMPARE_SCHEDULE');
  if (!governor) return NOTHING;
  const expected = writtenDown(output, governor, {
    name: `expected/${agent.fleet}/${agent.name}.json`,
    what: 'it is written down what it must be',
  });
  const records = writtenDown(output, governor, { name: `records/${agent.fleet}.json`, what: 'it is written down what is recorded' });
  const every = (name: string, what: string): Point => {
    const schedule = setting(governor, name);
    return typeof schedule === 'string' && schedule !== ''
      ? { what, by: [shows(governor, `at ${schedule}`)] }
      : { what, by: [], why: 'it has no schedule' };
  };
  const compared = every('COMPARE_SCHEDULE', 'it is compared by the clock');
  const tidied = every('TIDY_SCHEDULE', 'it is looked through every day');
  const may = (what: string, actions: readonly string[]): Point => allowed(output, governor, { what, actions });
  const repairs = setting(governor, 'REPAIR') === 'true';
  const off = (what: string): Point => ({ what, by: [], why: 'repair is off' });
  return {
    drift: [expected, compared, may('it may read roles and identities', READS)],
    repair: [
      expected,
      compared,
      repairs
        ? may('it may take roles away, and give the agent its own', [`${AUTHORIZATION}/write`, `${AUTHORIZATION}/delete`])
        : off('it puts back what drifted'),
      ...(repairs ? [may('it may close ways in', [`${IDENTITY}/federatedIdentityCredentials/delete`])] : []),
    ],
    tamper: [
      records,
      every('RECORDS_SCHEDULE', 'records are looked at every minute'),
      may('it may read what is recorded', [`${RECORDS}/read`]),
      repairs ? may('it may have calls recorded again', [`${RECORDS}/write`]) : off('it has calls recorded again'),
    ],
    unused: [expected, tidied, mayReadCalls(output, governor)],
    hygiene: [
      tidied,
      may('it may list identities, and see how old secrets are', [`${IDENTITY}/read`, 'Microsoft.KeyVault/vaults/secrets/read']),
      ...cleaned(output, governor),
    ],
    kept: [kept(output, governor)],
  };
}

/** A blob of a name, in the container that the governor reads, and may read. */
function writtenDown(output: Output, governor: OutputResource, { name, what }: { readonly name: string; readonly what: string }): Point {
  const containers = output.referred(governor, setting(governor, 'EXPECTED_CONTAINER')).filter(isContainer);
  const blobs = output
    .ofType('azurerm_storage_blob')
    .filter(
      (blob) =>
        blob.values['name'] === name &&
        output.referred(blob, blob.values['storage_container_name']).some((one) => containers.includes(one)),
    );
  const reads = mayDo(output, governor, { role: 'Storage Blob Data Reader', on: containers });
  if (blobs.length === 0) return { what, by: [], why: 'nothing is where the governor reads' };
  return reads.length > 0
    ? { what, by: [...blobs.map((blob) => shows(blob, what)), ...reads] }
    : { what, by: [], why: 'the governor may not read it' };
}

const isContainer = ({ type }: OutputResource): boolean => type === 'azurerm_storage_container';

function mayReadCalls(output: Output, governor: OutputResource): Point {
  const what = 'it may ask the workspace what was used';
  const by = mayDo(output, governor, {
    role: 'Log Analytics Reader',
    on: output.referred(governor, setting(governor, 'WORKSPACE_ID')),
  });
  return by.length > 0 ? { what, by } : { what, by: [], why: 'it may not read the workspace' };
}

/** Where it is set to put away what was forgotten: whether it may take the fleet's roles from an identity that no agent owns. A setting alone shows nothing. */
function cleaned(output: Output, governor: OutputResource): readonly Point[] {
  if (setting(governor, 'CLEAN_UP') !== 'true') return [];
  const what = 'it may take the roles of the fleet from whoever has them';
  const by = givenTo(output, governor)
    .filter(({ one, lets }) => lets.includes(`${AUTHORIZATION}/delete`) && TAKES_OWN.test(String(one.values['condition'])))
    .map(({ one }) => shows(one, what));
  return [by.length > 0 ? { what, by } : { what, by, why: `it may not do ${AUTHORIZATION}/delete for them` }];
}

/** What its condition says of that. */
const TAKES_OWN = /@Resource\[Microsoft\.Authorization\/roleAssignments:RoleDefinitionId\]/;

function kept(output: Output, governor: OutputResource): Point {
  const what = 'evidence is kept where nobody deletes it';
  const containers = output.referred(governor, setting(governor, 'EVIDENCE_CONTAINER')).filter(isContainer);
  const locks = containers
    .flatMap((container) => output.referring(container, 'azurerm_storage_container_immutability_policy'))
    .filter(({ values }) => values['locked'] === true);
  const writes = mayDo(output, governor, { role: 'Storage Blob Data Contributor', on: containers });
  if (locks.length === 0) return { what, by: [], why: 'its container is not locked' };
  return writes.length > 0
    ? { what, by: [...locks.map((one) => shows(one, `locked for ${String(one.values['immutability_period_in_days'])} days`)), ...writes] }
    : { what, by: [], why: 'the governor may not write there' };
}

/** Whether roles that the function is given by its own app let it do all of some actions. */
function allowed(
  output: Output,
  governor: OutputResource,
  { what, actions }: { readonly what: string; readonly actions: readonly string[] },
): Point {
  const given = givenTo(output, governor);
  const lacking = actions.filter((action) => !given.some(({ lets }) => lets.includes(action)));
  if (lacking.length > 0) return { what, by: [], why: `it may not do ${lacking.join(', ')}` };
  return {
    what,
    by: given.filter(({ lets }) => actions.some((action) => lets.includes(action))).map(({ one }) => shows(one, what)),
  };
}

/** Roles that the function is given, and what each lets it do. */
function givenTo(output: Output, governor: OutputResource): readonly { readonly one: OutputResource; readonly lets: readonly string[] }[] {
  const identities = output.referred(governor, governor.values['identity']);
  return output
    .ofType('azurerm_role_assignment')
    .filter((one) => identities.some((identity) => output.refers(one, one.values['principal_id'], identity)))
    .map((one) => ({ one, lets: output.referred(one, one.values['role_definition_id']).flatMap(actionsOf) }));
}

const actionsOf = ({ values }: OutputResource): readonly string[] =>
  rowsOf(values['permissions']).flatMap(({ actions }) => (Array.isArray(actions) ? actions.map(String) : []));
