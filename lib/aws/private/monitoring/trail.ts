import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { IDuration } from '../../../core/duration';
import facts from '../../catalog/monitoring.json';
import type { WatchedRoles } from './watched-roles';

export interface FleetTrailProps {
  readonly fleet: string;
  readonly roles: WatchedRoles;
  readonly retention: IDuration;
  readonly summaries: boolean;
  readonly locked: boolean;
  readonly logRetention: logs.RetentionDays;
}

const PATH = '/agentic-iam-trail/';
const DAY = 86_400;

/**
 * The trail of a fleet: every management event, every data event that one of its agents makes, in a bucket that keeps versions and takes no
 * plain HTTP, with digests by which a change of a log file shows, and in a log group to ask questions of.
 */
export class FleetTrail extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly bucket: s3.Bucket;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, { fleet, roles, retention, summaries, locked, logRetention }: FleetTrailProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.name = `agentic-iam-${fleet}`;
    this.arn = stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: this.name });
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      ...(locked
        ? { objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(Math.ceil(retention.toSeconds() / DAY))) }
        : {}),
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: { toDays: () => Math.ceil(retention.toSeconds() / DAY) } as never }],
    });
    this.logGroup = new logs.LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.RETAIN });
    const granted = this.letTrailWrite(stack);
    const role = new iam.Role(this, 'Role', {
      path: PATH,
      description: `Writes the trail of fleet ${fleet} to its log group`,
      assumedBy: new iam.ServicePrincipal('cloudtrail.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceArn': this.arn } } }),
      inlinePolicies: {
        write: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
          ],
        }),
      },
    });
    const trail = new CfnTrail(this, 'Trail', {
      trailName: this.name,
      isLogging: true,
      s3BucketName: this.bucket.bucketName,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: true,
      isMultiRegionTrail: true,
      cloudWatchLogsLogGroupArn: this.logGroup.logGroupArn,
      cloudWatchLogsRoleArn: role.roleArn,
      ...(summaries ? { aggregationConfigurations: [{ eventCategory: 'Data', templates: facts.summaries.templates }] } : {}),
      advancedEventSelectors: [
        { name: 'Management events', fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }] },
        ...facts.dataEvents.types.map((type) => ({
          name: `Data events of agents: ${type}`,
          fieldSelectors: [
            { field: 'eventCategory', equalTo: ['Data'] },
            { field: 'resources.type', equalTo: [type] },
            { field: 'userIdentity.arn', startsWith: roles.sessionPrefixes() },
          ],
        })),
      ],
    });
    trail.node.addDependency(granted, role);
  }

  /** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  private letTrailWrite(stack: Stack): s3.BucketPolicy {
    const trail = new iam.ServicePrincipal('cloudtrail.amazonaws.com');
    const own = { 'aws:SourceArn': this.arn };
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [trail],
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: own },
      }),
    );
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [trail],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
        conditions: { StringEquals: { ...own, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    );
    return this.bucket.policy as s3.BucketPolicy;
  }
}
