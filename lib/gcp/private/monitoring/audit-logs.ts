import { Construct } from 'constructs';
import { Aspects, TerraformStack } from '../../../terraform/core';
import { LoggingProjectBucketConfig, LoggingProjectSink, ProjectIamAuditConfig, ProjectIamMember } from '../../../terraform/google';
import facts from '../../catalog/monitoring.json';
import { fleetName } from './names';

const BY_PREFIX: Readonly<Record<string, readonly string[]>> = facts.services.byPrefix;
const KINDS = ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'];

export interface AuditLogsProps {
  readonly fleet: string;
  readonly project: string;
  readonly retentionDays: number;
  readonly locked: boolean;
  /** Services that others configure, and this must not. */
  readonly except: readonly string[];
  /** Permissions that the agents were granted; asked when the template is written. */
  readonly permissions: () => readonly string[];
}

/** The services that log calls which need these permissions. */
export function servicesOf(permissions: readonly string[]): readonly string[] {
  const prefixes = [...new Set(permissions.map((permission) => permission.split('.')[0] ?? ''))];
  const named = prefixes.flatMap((prefix) => (Object.hasOwn(BY_PREFIX, prefix) ? (BY_PREFIX[prefix] ?? []) : [`${prefix}.googleapis.com`]));
  return [...new Set([...facts.services.always, ...named])].sort();
}

/**
 * Data access logs of the services that the agents use, one service at a time, so that nothing else in the project is touched; and a bucket of the log that keeps
 * what agents did, which can be read by queries and, once it is locked, shortened by nobody.
 * @see https://docs.cloud.google.com/logging/docs/audit/configure-data-access
 */
export class AuditLogs extends Construct {
  readonly bucket: LoggingProjectBucketConfig;

  constructor(scope: Construct, id: string, props: AuditLogsProps) {
    super(scope, id);
    const { fleet, project } = props;
    this.bucket = new LoggingProjectBucketConfig(this, 'Bucket', {
      project,
      location: 'global',
      bucketId: fleetName(fleet, 'calls'),
      description: `Calls of the agents of fleet ${fleet}`,
      retentionDays: props.retentionDays,
      enableAnalytics: true,
      locked: props.locked,
    });
    // What the agents use is known once all their roles were made.
    Aspects.of(TerraformStack.of(this)).add({
      visit: (node) => {
        if (node === this) this.configure(props);
      },
    });
  }

  /** Everything that the filter chooses is kept in the bucket, too. */
  keep(filter: string, { fleet, project }: Pick<AuditLogsProps, 'fleet' | 'project'>): void {
    const sink = new LoggingProjectSink(this, 'Keep', {
      name: fleetName(fleet, 'kept-calls'),
      project,
      destination: `logging.googleapis.com/${this.bucket.id}`,
      filter,
      uniqueWriterIdentity: true,
    });
    new ProjectIamMember(this, 'MayKeep', {
      project,
      role: 'roles/logging.bucketWriter',
      member: sink.writerIdentity,
      condition: {
        title: `agentic-iam ${fleet} calls`,
        expression: `resource.name.endsWith("buckets/${fleetName(fleet, 'calls')}")`,
      },
    });
  }

  private configure({ project, except, permissions }: AuditLogsProps): void {
    for (const service of servicesOf(permissions())) {
      if (except.includes(service) || this.node.tryFindChild(service)) continue;
      new ProjectIamAuditConfig(this, service, { project, service, auditLogConfig: KINDS.map((logType) => ({ logType })) });
    }
  }
}
