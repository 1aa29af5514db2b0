import { App, Stack } from 'aws-cdk-lib';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, type INagValidationContext, NIST80053R5Checks } from 'cdk-nag';
import { AgentCoreHardening } from '../../lib/aws';

// What cdk-nag says of a runtime of AgentCore as AWS makes it, and after it was hardened.
function findings(hardened: boolean): { readonly granted: readonly string[]; readonly inBoundary: readonly string[] } {
  const app = new App();
  const stack = new Stack(app, 'runtime', { env: { account: '111122223333', region: 'eu-central-1' } });
  const runtime = new agentcore.Runtime(stack, 'Sorter', {
    runtimeName: 'sorter',
    agentRuntimeArtifact: agentcore.AgentRuntimeArtifact.fromImageUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/agent:1'),
  });
  new agentcore.ApiKeyCredentialProvider(stack, 'Key', {}).grantUse(runtime.role);
  if (hardened) new AgentCoreHardening({ agent: 'sorter', owner: 'team@example.com' }).applyTo(runtime);
  s3.Bucket.fromBucketName(stack, 'Tickets', 'tickets').grantRead(runtime.role);
  app.synth();
  const context = { appConstruct: app } as unknown as INagValidationContext;
  const all = [new AwsSolutionsChecks(app), new NIST80053R5Checks(app)].flatMap((pack) =>
    pack
      .validate(context)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map((one) => ({ ruleName, inBoundary: JSON.stringify(one).includes('Boundary') })),
      ),
  );
  const of = (inBoundary: boolean): readonly string[] =>
    all.filter((one) => one.inBoundary === inBoundary).map(({ ruleName }) => ruleName.replace(/arn:.*(?=:[\w-]+[:/])/, '..'));
  return { granted: of(false), inBoundary: of(true) };
}

const BEFORE = findings(false);
const AFTER = findings(true);

test('hardening takes findings away', () => {
  const left = new Set(AFTER.granted);
  expect({ before: BEFORE.granted.length, after: AFTER.granted.length }).toEqual({ before: 11, after: 10 });
  expect(BEFORE.granted.filter((one) => !left.has(one))).toMatchInlineSnapshot(`
[
  "AwsSolutions-IAM5[Resource::..:log-group:/aws/bedrock-agentcore/runtimes/*]",
  "AwsSolutions-IAM5[Resource::..:workload-identity-directory/default/workload-identity/*]",
  "AwsSolutions-IAM5[Resource::..:secret:bedrock-agentcore-identity!*]",
]
`);
  const there = new Set(BEFORE.granted);
  expect(AFTER.granted.filter((one) => !there.has(one))).toMatchInlineSnapshot(`
[
  "AwsSolutions-IAM5[Resource::..:log-group:/aws/bedrock-agentcore/runtimes/sorter-*]",
  "AwsSolutions-IAM5[Resource::..:workload-identity-directory/default/workload-identity/sorter-*]",
]
`);
});

test('cdk-nag reads a boundary as if it granted: it says of it what it says of what is granted, and nothing else', () => {
  expect(BEFORE.inBoundary).toEqual([]);
  expect(AFTER.inBoundary.filter((one) => !AFTER.granted.includes(one))).toEqual([]);
});
