import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { accessMatchers } from '../../../lib/testing';

expect.extend(accessMatchers);

/** A stack that does not say its region, with a role that is held in the region of the stack and may give its code to another role. */
function template(allowed: 'own' | 'other'): object {
  const stack = new Stack(new App(), 'demo');
  const trust = new iam.ServicePrincipal('lambda.amazonaws.com');
  const helper = new iam.Role(stack, 'Helper', { roleName: 'helper', assumedBy: trust });
  const master = new iam.Role(stack, 'Master', { roleName: 'master', assumedBy: trust });
  master.addToPolicy(new iam.PolicyStatement({ actions: ['*'], resources: ['*'] }));
  helper.addToPolicy(new iam.PolicyStatement({ actions: ['iam:PassRole'], resources: [master.roleArn] }));
  helper.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:CreateFunction', 'lambda:InvokeFunction'], resources: ['*'] }));
  helper.addToPolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      notActions: ['iam:PassRole'],
      resources: ['*'],
      conditions: {
        [allowed === 'own' ? 'StringNotEquals' : 'StringLike']: { 'aws:RequestedRegion': allowed === 'own' ? stack.region : '*' },
      },
    }),
  );
  return (App.of(stack) as App).synth().getStackByName('demo').template as object;
}

test('a way is open where it is denied in all regions but that of the stack, which is not known', () => {
  expect(() => expect(template('own')).toHaveNoPathTo('admin')).toThrow(/creates a Lambda function that runs as 'master'/);
});

test('a way is closed where it is denied in every region', () => {
  // What is told is that 'master' is an administrator; no more.
  expect(() => expect(template('other')).toHaveNoPathTo('admin')).toThrow(/^(?![\s\S]*creates a Lambda function)[\s\S]*master/);
});
