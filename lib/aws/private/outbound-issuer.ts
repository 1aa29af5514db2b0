import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as custom from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

/**
 * Outbound identity federation of the account, switched on where it is off, and its issuer. It is a setting of the whole account: where it is
 * on already that is no error, and it is left on when the stack goes, since others may rely on it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_getting_started.html
 */
export class OutboundIssuer extends Construct {
  /** Address of the account's issuer, `https://<id>.tokens.sts.global.api.aws`. Known at deployment. */
  readonly issuer: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } = require('aws-cdk-lib/custom-resources') as typeof custom;
    const physicalResourceId = PhysicalResourceId.of(`outbound-federation-${Stack.of(this).stackName}`);
    const policyOf = (action: string): custom.AwsCustomResourcePolicy =>
      AwsCustomResourcePolicy.fromStatements([new iam.PolicyStatement({ actions: [action], resources: ['*'] })]);
    const enable = new AwsCustomResource(this, 'Enable', {
      // 409 where it is on.
      onCreate: {
        service: 'IAM',
        action: 'enableOutboundWebIdentityFederation',
        physicalResourceId,
        ignoreErrorCodesMatching: 'FeatureEnabled.*',
      },
      policy: policyOf('iam:EnableOutboundWebIdentityFederation'),
      installLatestAwsSdk: true,
    });
    const info = { service: 'IAM', action: 'getOutboundWebIdentityFederationInfo', physicalResourceId };
    const read = new AwsCustomResource(this, 'Read', {
      onCreate: info,
      onUpdate: info,
      policy: policyOf('iam:GetOutboundWebIdentityFederationInfo'),
      installLatestAwsSdk: true,
    });
    read.node.addDependency(enable);
    this.issuer = read.getResponseField('IssuerIdentifier');
  }
}
