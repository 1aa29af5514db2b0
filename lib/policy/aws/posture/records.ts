import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Evidence, Point, RecordReach, RecordStore } from '../../../core/governance/posture';
import { type Fields, fieldsOf, listOf, rowsOf, textsOf } from '../../../core/json-fields';
import { compileGlob, showSymbols } from '../../../core/review/glob';
import type { AccessWorld, WorldPrincipal } from '../../../core/review/world';
import facts from './data-events.json';
import { textOf } from './output';
import { statementsOf } from './statements';

const TRAIL = 'AWS::CloudTrail::Trail';
const TYPES = Object.entries(facts.types as Readonly<Record<string, readonly string[]>>);
/** Fields by which a selector takes in less than all. */
const NARROWING: ReadonlySet<string> = new Set(['readOnly', 'eventName', 'eventSource', 'resources.ARN', 'userIdentity.arn', 'eventType']);

/** Whose access it is about. */
export interface Whose {
  readonly world: AccessWorld;
  readonly principal: WorldPrincipal;
  /** Account of the stack that its role is in. @default - not said */
  readonly account?: string;
}

/** The trails of an account that record: every one is on, for all regions, and has somewhere to write to. */
export function trailsOf(output: Output, account?: string): readonly OutputResource[] {
  return output
    .ofType(TRAIL)
    .filter(
      ({ values, account: own }) =>
        own === account &&
        values['IsLogging'] === true &&
        values['IsMultiRegionTrail'] === true &&
        values['IncludeGlobalServiceEvents'] !== false,
    );
}

/** Calls that change the cloud itself, and where they are written. */
export function managementPoints(output: Output, account?: string): readonly Point[] {
  const trails = trailsOf(output, account).filter((trail) => selectorsOf(trail).some((selector) => takesAll(selector, 'Management')));
  const by = trails.map((trail) => shows(trail, 'records every management event in every region'));
  if (trails.length === 0) {
    const off = output.ofType(TRAIL);
    return off.length === 0
      ? []
      : [{ what: 'calls that change the cloud', by: [], why: `${off.map(({ id }) => id).join(', ')} does not record all of them` }];
  }
  return [{ what: 'calls that change the cloud', by }, ...trails.map((trail) => writing(output, trail))];
}

/** A trail that may not write to its bucket records nothing. */
function writing(output: Output, trail: OutputResource): Point {
  const what = `${trail.id} may write to its bucket`;
  const [bucket] = output.referred(trail, trail.values['S3BucketName']);
  if (!bucket) return { what, by: [], why: 'its bucket is not in the output' };
  const may = output
    .referring(bucket, 'AWS::S3::BucketPolicy')
    .filter((policy) =>
      ['s3:PutObject', 's3:GetBucketAcl'].every((action) =>
        statementsOf(policy).some(
          ({ effect, actions, service }) => effect === 'Allow' && actions.includes(action) && service.includes('cloudtrail.amazonaws.com'),
        ),
      ),
    );
  return {
    what,
    by: may.map((policy) => shows(policy, 'lets the trail write')),
    ...(may.length === 0 ? { why: `no policy of ${bucket.id} lets it` } : {}),
  };
}

/** Calls on everything that the principal can reach: computed from what it may really do. */
export function dataPoints(output: Output, { world, principal, account }: Whose): readonly Point[] {
  const trails = trailsOf(output, account);
  const reached = new Map<string, Set<string>>();
  for (const { actions, region } of world.access(principal.id).entries)
    for (const action of actions) {
      if (facts.ownRecords.actions.includes(action)) continue;
      const type = TYPES.find(([, globs]) => globs.some((glob) => compileGlob(glob).matches(action) === 'yes'))?.[0] ?? 'management events';
      const names = reached.get(type) ?? new Set<string>();
      reached.set(type, names);
      for (const resource of region.resources.flat()) names.add(showSymbols(resource));
    }
  return [...reached].map(([type, names]) => {
    const what = `${type}: ${[...names].slice(0, 2).join(', ')}${names.size > 2 ? ` and ${names.size - 2} more` : ''}`;
    const by = trails
      .filter((trail) => selectorsOf(trail).some((selector) => covers(selector, type, principal)))
      .map((trail) => shows(trail, `records ${type}`));
    return { what, by, ...(by.length === 0 ? { why: 'no trail of the output records such calls by the agent' } : {}) };
  });
}

function covers(selector: readonly Fields[], type: string, { id }: WorldPrincipal): boolean {
  if (type === 'management events') return takesAll(selector, 'Management');
  if (!equals(selector, 'eventCategory', 'Data') || !equals(selector, 'resources.type', type)) return false;
  const rest = selector.filter(({ Field: field }) => NARROWING.has(String(field)));
  return rest.every(
    (one) =>
      one['Field'] === 'userIdentity.arn' && listOf(one['StartsWith']).some((start) => sessionOf(id).startsWith(nameIn(textOf(start)))),
  );
}

/** What the ARNs of a role's sessions have after the account: `assumed-role/NAME/`. */
const sessionOf = (role: string): string => `assumed-role/${role.split('/').at(-1)}/`;
const nameIn = (start: string): string => start.slice(start.indexOf('assumed-role/'));

function takesAll(selector: readonly Fields[], category: string): boolean {
  return equals(selector, 'eventCategory', category) && !selector.some(({ Field: field }) => NARROWING.has(String(field)));
}

function equals(selector: readonly Fields[], field: string, value: string): boolean {
  return selector.some((one) => one['Field'] === field && textsOf(one['Equals']).includes(value));
}

function selectorsOf({ values }: OutputResource): readonly (readonly Fields[])[] {
  return rowsOf(values['AdvancedEventSelectors']).map(({ FieldSelectors: fields }) => rowsOf(fields));
}

/** Where the trails of an account keep what they record. */
export function storesOf(output: Output, account?: string): readonly RecordStore[] {
  return trailsOf(output, account).flatMap((trail) => {
    const [bucket] = output.referred(trail, trail.values['S3BucketName']);
    if (!bucket) return [];
    const integrity: Evidence | undefined =
      trail.values['EnableLogFileValidation'] === true ? shows(trail, 'writes digests of its log files') : undefined;
    const rules = rowsOf(fieldsOf(bucket.values['LifecycleConfiguration'])?.['Rules']).filter(({ Status: status }) => status === 'Enabled');
    const days = rules.flatMap(({ ExpirationInDays: expires }) => (typeof expires === 'number' ? [expires] : []));
    const retention = fieldsOf(fieldsOf(fieldsOf(bucket.values['ObjectLockConfiguration'])?.['Rule'])?.['DefaultRetention']);
    return [
      {
        name: bucket.id,
        evidence: shows(bucket, days.length > 0 ? `keeps records for ${Math.min(...days)} days` : 'keeps records without end'),
        ...(days.length > 0 ? { days: Math.min(...days) } : {}),
        // In mode GOVERNANCE whoever has the permission may still delete.
        locked: bucket.values['ObjectLockEnabled'] === true && retention?.['Mode'] === 'COMPLIANCE',
        ...(integrity ? { integrity } : {}),
      },
    ];
  });
}

/** Calls by which records would be stopped, changed or deleted. */
const ON_BUCKET = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:DeleteBucket',
  's3:PutLifecycleConfiguration',
  's3:PutBucketVersioning',
];
const ON_OBJECT = ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'];
const ON_TRAIL = ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors'];
const ON_LOG = ['logs:DeleteLogGroup', 'logs:DeleteLogStream', 'logs:PutRetentionPolicy'];

/** What the principal itself could do to the records. */
export function reachOf(output: Output, { world, principal, account }: Whose): readonly RecordReach[] {
  const named = (resource: OutputResource | undefined): string | undefined =>
    resource && world.resources.find(({ id }) => showSymbols(id).includes(`\${${resource.stack}.${resource.id}}`))?.id;
  const asked = trailsOf(output, account).flatMap((trail) => {
    const bucket = named(output.referred(trail, trail.values['S3BucketName'])[0]);
    const log = named(output.referred(trail, trail.values['CloudWatchLogsLogGroupArn'])[0]);
    const own = `arn:aws:cloudtrail:*:*:trail/${textOf(trail.values['TrailName'])}`;
    return [
      ...ON_TRAIL.map((action) => [action, own, trail.id] as const),
      ...(bucket === undefined
        ? []
        : [
            ...ON_BUCKET.map((action) => [action, bucket, 'the bucket of the trail'] as const),
            ...ON_OBJECT.map((action) => [action, `${bucket}/AWSLogs/record`, 'the bucket of the trail'] as const),
          ]),
      ...(log === undefined ? [] : ON_LOG.map((action) => [action, log, 'the log of the trail'] as const)),
    ];
  });
  return asked.flatMap(([action, resource, store]): RecordReach[] => {
    const { effect } = world.decide(principal.id, { action, resource });
    return effect === 'allowed' || effect === 'depends' ? [{ action, store, effect }] : [];
  });
}
