import { Agent, AgentResource, AgentTrust } from 'agentic-iam/aws';
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { siteDeployer } from './agent';
import { pipeline } from './pipeline';

/** The deployer as a role that only the pipeline's tokens can assume. */
export class SiteDeployerStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const gitHub = new iam.OidcProviderNative(this, 'GitHub', {
      url: 'https://token.actions.githubusercontent.com',
      clientIds: ['sts.amazonaws.com'],
    });
    const bucket = new s3.Bucket(this, 'Site', { enforceSSL: true });

    new Agent(this, 'Deployer', {
      agent: siteDeployer,
      trust: AgentTrust.gitHubActions({ ...pipeline, provider: gitHub }),
      resources: { site: AgentResource.bucket(bucket) },
    });
  }
}
