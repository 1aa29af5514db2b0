import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Point, RecordReach, RecordStore } from '../../../core/governance/posture';
import { rowsOf } from '../../../core/json-fields';
import { showSymbols } from '../../../core/review/symbols';
import type { AccessWorld, WorldPrincipal } from '../../../core/review/world';
import facts from './facts.json';

const BUCKET = 'google_logging_project_bucket_config';
const NEEDED = ['DATA_READ', 'DATA_WRITE'];

/** Whose records they are. */
export interface Whose {
  readonly world: AccessWorld;
  readonly principal: WorldPrincipal;
  /** Stack of the account. */
  readonly stack: string;
  /** The account as filters name it. */
  readonly account: OutputResource | undefined;
}

/** Sinks that take in the agent's records and keep them in a bucket of the output. What changes the cloud is always recorded there; a sink keeps it longer. */
function keepingOf(
  output: Output,
  { stack, account }: Whose,
): readonly { readonly sink: OutputResource; readonly bucket: OutputResource; readonly may: readonly OutputResource[] }[] {
  return output
    .ofType('google_logging_project_sink')
    .filter(
      (sink) =>
        sink.stack === stack &&
        sink.values['disabled'] !== true &&
        account !== undefined &&
        output.refers(sink, sink.values['filter'], account),
    )
    .flatMap((sink) =>
      output
        .referred(sink, sink.values['destination'])
        .filter(({ type }) => type === BUCKET)
        .map((bucket) => ({
          sink,
          bucket,
          may: output.referring(sink, 'google_project_iam_member').filter(({ values }) => values['role'] === 'roles/logging.bucketWriter'),
        })),
    );
}

/** Calls that change the project: recorded by the cloud itself, and kept by a sink. */
export function managementPoints(output: Output, whose: Whose): readonly Point[] {
  return keepingOf(output, whose).map(({ sink, may }) => {
    const what = 'calls that change the project';
    return may.length > 0
      ? { what, by: [shows(sink, 'keeps the calls of the agent'), ...may.map((one) => shows(one, 'lets the sink write'))] }
      : { what, by: [], why: `${sink.id} may not write to its bucket` };
  });
}

/** Calls on everything that the principal can reach: computed from what it may really do. */
export function dataPoints(output: Output, { world, principal, stack }: Whose): readonly Point[] {
  const configs = output.ofType('google_project_iam_audit_config').filter((one) => one.stack === stack);
  const reached = new Map<string, Set<string>>();
  for (const { actions, region } of world.access(principal.id).entries)
    for (const action of actions) {
      if (facts.ownRecords.permissions.includes(action)) continue;
      const prefix = action.split('.')[0] ?? '';
      const services: readonly string[] = (facts.services as Readonly<Record<string, readonly string[]>>)[prefix] ?? [
        `${prefix}.googleapis.com`,
      ];
      for (const service of services)
        reached.set(service, new Set([...(reached.get(service) ?? []), ...region.resources.flat().map(showSymbols)]));
    }
  return [...reached].map(([service, names]) => {
    const by = configs.filter(
      ({ values }) =>
        (values['service'] === service || values['service'] === 'allServices') &&
        NEEDED.every((kind) =>
          rowsOf(values['audit_log_config']).some((row) => row['log_type'] === kind && rowsOf(row['exempted_members']).length === 0),
        ),
    );
    const what = `${service}: ${[...names][0] ?? ''}`;
    return {
      what,
      by: by.map((one) => shows(one, 'records reads and writes of data')),
      ...(by.length === 0 ? { why: 'its reads and writes of data are not recorded' } : {}),
    };
  });
}

/** Buckets of the log that keep the agent's records. */
export function storesOf(output: Output, whose: Whose): readonly RecordStore[] {
  return keepingOf(output, whose).map(({ bucket }) => {
    const days = bucket.values['retention_days'];
    return {
      name: bucket.id,
      evidence: shows(bucket, `keeps records for ${String(days ?? 30)} days`),
      days: typeof days === 'number' ? days : 30,
      locked: bucket.values['locked'] === true,
    };
  });
}

/** What the principal itself could do to the records. */
export function reachOf(output: Output, whose: Whose): readonly RecordReach[] {
  const { world, principal } = whose;
  return keepingOf(output, whose).flatMap(({ bucket }) => {
    const project = String(bucket.values['project'] ?? principal.account ?? '');
    return facts.onBucket.flatMap((action): RecordReach[] => {
      const resource = action.startsWith('resourcemanager.')
        ? `projects/${project}`
        : `projects/${project}/locations/global/buckets/${String(bucket.values['bucket_id'])}`;
      const { effect } = world.decide(principal.id, { action, resource });
      return effect === 'allowed' || effect === 'depends' ? [{ action, store: bucket.id, effect }] : [];
    });
  });
}
