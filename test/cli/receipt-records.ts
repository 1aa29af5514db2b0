/**
 * Records as CloudTrail writes them, shaped after its published examples.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
 */
export interface RecordOptions {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly arns?: readonly string[];
  readonly time?: string;
  readonly error?: string;
  readonly credential?: string;
  /** `agent@task`. */
  readonly sourceIdentity?: string;
  readonly role?: string;
}

export function record(options: RecordOptions): Record<string, unknown> {
  const { id, source, name, arns = [], time = '2026-11-25T06:05:00Z', error, role = 'main--reader' } = options;
  const { credential = 'ASIAEXAMPLETASK00001', sourceIdentity = 'reader@t1' } = options;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE:${sourceIdentity}`,
      arn: `arn:aws:sts::111122223333:assumed-role/${role}/${sourceIdentity}`,
      accountId: '111122223333',
      accessKeyId: credential,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLE',
          arn: `arn:aws:iam::111122223333:role/agentic-iam/main/${role}`,
          accountId: '111122223333',
          userName: role,
        },
        attributes: { creationDate: '2026-11-25T06:00:00Z', mfaAuthenticated: 'false' },
        sourceIdentity,
      },
    },
    eventTime: time,
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '192.0.2.7',
    userAgent: 'aws-sdk-js/3',
    requestParameters: {},
    responseElements: null,
    ...(error === undefined ? {} : { errorCode: error, errorMessage: 'it was refused' }),
    requestID: `request-${id}`,
    eventID: id,
    readOnly: true,
    resources: arns.map((ARN) => ({ ARN, accountId: '111122223333', type: 'AWS::S3::Object' })),
    eventType: 'AwsApiCall',
    managementEvent: arns.length === 0,
    recipientAccountId: '111122223333',
    eventCategory: arns.length === 0 ? 'Management' : 'Data',
  };
}
