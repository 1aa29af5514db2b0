import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Point } from '../../../core/governance/posture';
import { rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { functionOf, variable } from './watch';

type Continuous = Pick<AgentPosture, 'drift' | 'repair' | 'tamper' | 'unused' | 'hygiene' | 'kept'>;

const NOTHING: Continuous = { drift: [], repair: [], tamper: [], unused: [], hygiene: [], kept: [] };
const READS = [
  'cloudasset.assets.searchAllIamPolicies',
  'iam.roles.get',
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.getIamPolicy',
  'iam.serviceAccountKeys.list',
];
const CALLS = ['roles/logging.viewAccessor', 'roles/logging.privateLogViewer'];

/** What looks after the agent once it is deployed. */
export function continuousOf(output: Output, agent: ManifestAgent): Continuous {
  const governor = functionOf(output, agent.fleet, 'EXPECTED_BUCKET');
  if (!governor) return NOTHING;
  const expected = writtenDown(output, governor, {
    name: `expected/${agent.fleet}/${agent.name}.json`,
    what: 'it is written down what it must be',
  });
  const records = writtenDown(output, governor, { name: `records/${agent.fleet}.json`, what: 'it is written down what is recorded' });
  const compared = called(output, governor, { path: '/compare', what: 'it is compared by the clock' });
  const tidied = called(output, governor, { path: '/tidy', what: 'it is looked through every day' });
  const may = (what: string, permissions: readonly string[]): Point => allowed(output, governor, { what, permissions });
  const repairs = variable(governor, 'REPAIR') === 'true';
  return {
    drift: [expected, compared, may('it may read roles, accounts and policies', READS)],
    repair: [],
    tamper: [
      records,
      called(output, governor, { path: '/sweep', what: 'records are looked at every minute' }),
      may('it may read what is recorded', ['logging.sinks.get', 'resourcemanager.projects.getIamPolicy']),
      repairs
        ? may('it may have sinks send again', ['logging.sinks.update'])
        : { what: 'it has sinks send again', by: [], why: 'repair is off' },
    ],
    unused: [expected, tidied, mayReadCalls(output, governor)],
    hygiene: [
      tidied,
      may('it may list accounts, and see how old secrets are', ['iam.serviceAccounts.list', 'secretmanager.versions.get']),
      ...cleaned(output, governor),
    ],
    kept: [kept(output, governor)],
  };
}

/** An object of a name, in the bucket that the governor reads, and may read. */
function writtenDown(output: Output, governor: OutputResource, { name, what }: { readonly name: string; readonly what: string }): Point {
  const buckets = output.referred(governor, variable(governor, 'EXPECTED_BUCKET'));
  const objects = output
    .ofType('google_storage_bucket_object')
    .filter((one) => one.values['name'] === name && buckets.some((bucket) => output.refers(one, one.values['bucket'], bucket)));
  const reads = onBucket(output, governor, { buckets, role: 'roles/storage.objectViewer' });
  if (objects.length === 0) return { what, by: [], why: 'nothing is where the governor reads' };
  return reads.length > 0
    ? { what, by: [...objects, ...reads].map((one) => shows(one, what)) }
    : { what, by: [], why: 'the governor may not read it' };
}

/** Jobs of the scheduler that call the function at a path, as somebody it admits. */
function called(output: Output, governor: OutputResource, { path, what }: { readonly path: string; readonly what: string }): Point {
  const jobs = output
    .ofType('google_cloud_scheduler_job')
    .filter(
      (job) =>
        job.values['paused'] !== true &&
        rowsOf(job.values['http_target']).some(({ uri }) => output.refers(job, uri, governor) && String(uri).endsWith(path)),
    );
  const callers = jobs.flatMap((job) => output.referred(job, job.values['http_target'])).filter(isAccount);
  const admitted = output
    .ofType('google_cloud_run_v2_service_iam_member')
    .filter(
      (one) =>
        one.values['role'] === 'roles/run.invoker' &&
        output.refers(one, one.values['name'], governor) &&
        callers.some((caller) => output.refers(one, one.values['member'], caller)),
    );
  if (jobs.length === 0) return { what, by: [], why: 'nothing calls it' };
  return admitted.length > 0
    ? { what, by: [...jobs.map((job) => shows(job, `at ${String(job.values['schedule'])}`)), ...admitted.map((one) => shows(one, what))] }
    : { what, by: [], why: 'it does not admit who calls' };
}

const isAccount = ({ type }: OutputResource): boolean => type === 'google_service_account';
const accountsOf = (output: Output, governor: OutputResource): readonly OutputResource[] =>
  output.referred(governor, governor.values['service_config']).filter(isAccount);

function onBucket(
  output: Output,
  governor: OutputResource,
  { buckets, role }: { readonly buckets: readonly OutputResource[]; readonly role: string },
): readonly OutputResource[] {
  const accounts = accountsOf(output, governor);
  return output
    .ofType('google_storage_bucket_iam_member')
    .filter(
      (one) =>
        one.values['role'] === role &&
        accounts.some((account) => output.refers(one, one.values['member'], account)) &&
        buckets.some((bucket) => output.refers(one, one.values['bucket'], bucket)),
    );
}

/** Bindings of the project for the account of the function. */
const onProject = (output: Output, governor: OutputResource): readonly OutputResource[] => {
  const accounts = accountsOf(output, governor);
  return output
    .ofType('google_project_iam_member')
    .filter((one) => accounts.some((account) => output.refers(one, one.values['member'], account)));
};

function mayReadCalls(output: Output, governor: OutputResource): Point {
  const what = 'it may ask the log what was used';
  const by = onProject(output, governor).filter(({ values }) => CALLS.includes(String(values['role'])));
  return by.length > 0 ? { what, by: by.map((one) => shows(one, what)) } : { what, by: [], why: 'it may not read the log' };
}

/** Where it is set to put away what was forgotten: whether it may. A setting alone shows nothing. */
function cleaned(output: Output, governor: OutputResource): readonly Point[] {
  if (variable(governor, 'CLEAN_UP') !== 'true') return [];
  const accounts = accountsOf(output, governor);
  const given = (type: string, what: string, permissions: readonly string[]): Point => {
    const by = output
      .ofType(type)
      .filter((one) => accounts.some((account) => output.refers(one, one.values['member'], account)))
      .filter((one) => {
        const lets = output.referred(one, one.values['role']).flatMap(permissionsOf);
        return permissions.every((permission) => lets.includes(permission));
      })
      .map((one) => shows(one, what));
    return by.length > 0 ? { what, by } : { what, by, why: `it may not do ${permissions.join(', ')}` };
  };
  return [
    given('google_service_account_iam_member', 'it may disable accounts, and enable them', [
      'iam.serviceAccounts.disable',
      'iam.serviceAccounts.enable',
    ]),
    given('google_storage_bucket_iam_member', 'it may read what it found before', ['storage.objects.get', 'storage.objects.list']),
  ];
}

function kept(output: Output, governor: OutputResource): Point {
  const what = 'evidence is kept where nobody deletes it';
  const buckets = output.referred(governor, variable(governor, 'EVIDENCE_BUCKET'));
  const locked = buckets.flatMap((bucket) =>
    rowsOf(bucket.values['retention_policy']).flatMap((row) =>
      row['is_locked'] === true ? [shows(bucket, `locked for ${Number(row['retention_period']) / 86_400} days`)] : [],
    ),
  );
  const writes = onBucket(output, governor, { buckets, role: 'roles/storage.objectCreator' });
  if (locked.length === 0) return { what, by: [], why: 'its bucket is not locked' };
  return writes.length > 0
    ? { what, by: [...locked, ...writes.map((one) => shows(one, what))] }
    : { what, by: [], why: 'the governor may not write there' };
}

/** Whether custom roles that the account of the function has on the project let it do all of some things. */
function allowed(
  output: Output,
  governor: OutputResource,
  { what, permissions }: { readonly what: string; readonly permissions: readonly string[] },
): Point {
  const given = onProject(output, governor).map((one) => ({
    one,
    lets: output.referred(one, one.values['role']).flatMap(permissionsOf),
  }));
  const lacking = permissions.filter((permission) => !given.some(({ lets }) => lets.includes(permission)));
  if (lacking.length > 0) return { what, by: [], why: `it may not do ${lacking.join(', ')}` };
  return {
    what,
    by: given.filter(({ lets }) => permissions.some((permission) => lets.includes(permission))).map(({ one }) => shows(one, what)),
  };
}

const permissionsOf = ({ values }: OutputResource): readonly string[] =>
  Array.isArray(values['permissions']) ? values['permissions'].map(String) : [];
