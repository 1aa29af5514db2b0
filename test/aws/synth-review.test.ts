import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { AgentIdentity } from '../../lib/aws/agent-identity';
import { AgentResource } from '../../lib/aws/agent-resource';
import { AgentReview } from '../../lib/aws/agent-review';
import { AgentTrust } from '../../lib/aws/agent-trust';
import { ScopedAgentRole } from '../../lib/aws/scoped-agent-role';
import { AgentMode } from '../../lib/core/enums';
import { manifestOf } from '../../lib/testing';
import { messageOf } from '../fixtures/agents';
import { identityOf, spec } from './agents';

const REVIEW = 'agentic-iam:review';

function newApp(context: Record<string, unknown> = {}): App {
  return new App({ context, outdir: mkdtempSync(join(tmpdir(), 'agentic-iam-review-')) });
}

/** An identity that no boundary holds, so that what it is granted counts. */
function bare({ context, mode = AgentMode.READ_WRITE }: { context?: Record<string, unknown>; mode?: AgentMode } = {}) {
  const app = newApp(context);
  const stack = new Stack(app, 'Desk');
  return { app, stack, identity: identityOf(stack, spec({ mode })) };
}

const grant = ({ role }: AgentIdentity, ...actions: string[]) => role.addToPolicy(new iam.PolicyStatement({ actions, resources: ['*'] }));
const passesRoles = (identity: AgentIdentity) => grant(identity, 'iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction');

/** The message of a failed synth, without the folder that differs every time. */
const failure = (app: App) => messageOf(() => app.synth()).replace(/(found in: ).*/, '$1<report>');
const idsIn = (text: string) => [...text.matchAll(/Acknowledge with 'agentic-iam::(.*)'/g)].map(([, id]) => id ?? '');

/** What the CDK writes to the console during a synth. */
function consoleOf(run: () => unknown): string {
  const spy = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    run();
    return spy.mock.calls.flat().join('\n');
  } finally {
    spy.mockRestore();
  }
}

const PATH_ID = /^escalation-path\[[a-z2-7]{10}\]$/;

test('a clean agent passes, and nothing is said', () => {
  const { app, stack, identity } = bare({ mode: AgentMode.READ_ONLY });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'Invoices')) } });
  expect(consoleOf(() => app.synth())).toBe('');
});

test('a read-only agent that may write by its role is refused with the statement, the construct and what to change', () => {
  const { app, stack, identity } = bare({ mode: AgentMode.READ_ONLY });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'Invoices')) } });
  new s3.Bucket(stack, 'Archive').grantDelete(identity);
  expect(failure(app)).toMatchInlineSnapshot(`
"Validation failed with the following errors:
  [Desk/Role] agent 'reader' is READ_ONLY and so may not hold access of level 'delete', because statement 1 of Desk/Identity/Role/DefaultPolicy allows it on \${Desk/Archive/Resource.Arn}/*, got: 's3:DeleteObject, granted by Desk/Archive'; remove it, or declare AgentMode.READ_WRITE [mode-exceeded]"
`);
});

test('a read-only agent that may write without a scoped role is refused with a request', () => {
  const { app, identity } = bare({ mode: AgentMode.READ_ONLY });
  grant(identity, 'sqs:SendMessage');
  expect(failure(app)).toMatchInlineSnapshot(`
"ERROR agent 'reader' breaks the claim that it reads only: it may do sqs:SendMessage on arn:aws:sqs:us-east-1:\${AWS.AccountId}:example
  request: sqs:SendMessage on arn:aws:sqs:us-east-1:\${AWS.AccountId}:example
  allowed by: inline policy 'IdentityRoleDefaultPolicy40B14B05' of role 'main--reader' statement 1 (identity), put there by Desk/Identity/Role/DefaultPolicy/Resource (agentic-iam)
   Desk/Identity constructs.Construct
   Suggested fix: take the action out of the statement that is named, or declare the agent READ_WRITE
   Acknowledge with 'agentic-iam::read-only[f3j6ubcjzb]'

A copy of this report can be found in: <report>"
`);
});

test('a read-only agent that may write because a resource says so is refused', () => {
  const { app, stack, identity } = bare({ mode: AgentMode.READ_ONLY });
  const invoices = new s3.Bucket(stack, 'Invoices');
  const principals = [new iam.ArnPrincipal(identity.roleArn)];
  invoices.addToResourcePolicy(
    new iam.PolicyStatement({ actions: ['s3:PutObject'], principals, resources: [invoices.arnForObjects('*')] }),
  );
  expect(failure(app)).toMatchInlineSnapshot(`
"ERROR agent 'reader' changes '\${InvoicesF0222E8D}', which only the policy of that resource gives it
  request: s3:PutObject on arn:aws:s3:::\${InvoicesF0222E8D}/x
  allowed by: resource policy of 'arn:aws:s3:::\${InvoicesF0222E8D}' statement 1 (resource), put there by Desk/Invoices/Policy/Resource (agentic-iam)
   Desk/Identity constructs.Construct
   Suggested fix: take one action of the path out of the statement that allows it, or name the exact resource it is meant for
   Acknowledge with 'agentic-iam::escalation-path[pntiki2mty]'

ERROR agent 'reader' breaks the claim that it reads only: it may do s3:PutObject on arn:aws:s3:::\${InvoicesF0222E8D}/example
  request: s3:PutObject on arn:aws:s3:::\${InvoicesF0222E8D}/example
  allowed by: resource policy of 'arn:aws:s3:::\${InvoicesF0222E8D}' statement 1 (resource), put there by Desk/Invoices/Policy/Resource (agentic-iam)
   Desk/Identity constructs.Construct
   Suggested fix: take the action out of the statement that is named, or declare the agent READ_WRITE
   Acknowledge with 'agentic-iam::read-only[obvfgnb3kl]'

A copy of this report can be found in: <report>"
`);
});

test('an empty stack, or one of outputs alone, is no reason to fail', () => {
  const { app } = bare();
  new Stack(app, 'Empty');
  new CfnOutput(new Stack(app, 'Outputs'), 'Answer', { value: '42' });
  expect(consoleOf(() => app.synth())).not.toContain("plugin 'agentic-iam'");
});

test('a way to more than was given stops synth, with each request and the statement that allows it', () => {
  const { app, identity } = bare();
  passesRoles(identity);
  expect(failure(app)).toMatchInlineSnapshot(`
"ERROR agent 'reader' creates a Lambda function that runs as a role that trusts lambda.amazonaws.com and invokes it, if one exists
  request: iam:PassRole on arn:aws:iam::\${AWS.AccountId}:role/any-name where iam:PassedToService = lambda.amazonaws.com
  request: lambda:CreateFunction on arn:aws:lambda:us-east-1:\${AWS.AccountId}:function:example
  request: lambda:InvokeFunction on arn:aws:lambda:us-east-1:\${AWS.AccountId}:function:example
  allowed by: inline policy 'IdentityRoleDefaultPolicy40B14B05' of role 'main--reader' statement 1 (identity), put there by Desk/Identity/Role/DefaultPolicy/Resource (agentic-iam)
   Desk/Identity constructs.Construct
   Suggested fix: take one action of the path out of the statement that allows it, or name the exact resource it is meant for
   Acknowledge with 'agentic-iam::escalation-path[envpsumild]'

WARNING agent 'reader' breaks the claim that it reaches nothing but what was declared: it may do iam:PassRole on arn:aws:iam::\${AWS.AccountId}:role/example. It comes from a native grant of the stack's own code
  request: iam:PassRole on arn:aws:iam::\${AWS.AccountId}:role/example
  allowed by: inline policy 'IdentityRoleDefaultPolicy40B14B05' of role 'main--reader' statement 1 (identity), put there by Desk/Identity/Role/DefaultPolicy/Resource (agentic-iam)
   Desk/Identity constructs.Construct
   Suggested fix: declare a capability for it, or narrow the statement that is named to the declared resources
   Acknowledge with 'agentic-iam::within-declared[re2t2fhfgc]'

A copy of this report can be found in: <report>"
`);
});

test('the boundary of a scoped role, which lets native grants through, does not close the same way', () => {
  const { app, stack, identity } = bare();
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'Invoices')) } });
  passesRoles(identity);
  expect(failure(app)).toContain("ERROR agent 'reader' creates a Lambda function that runs as a role that trusts lambda.amazonaws.com");
});

describe('what is found in other stacks counts', () => {
  test.each<[string, (app: App) => Construct]>([
    ['a stage', (app) => new Stack(new Stage(app, 'Prod'), 'Desk')],
    ['a nested stack', (app) => new NestedStack(new Stack(app, 'Outer'), 'Inner')],
  ])('in %s', (_name, scopeOf) => {
    const app = newApp();
    passesRoles(new AgentIdentity(scopeOf(app), 'Identity', { agent: spec({ mode: AgentMode.READ_WRITE }), trust: AgentTrust.lambda() }));
    expect(idsIn(failure(app))[0]).toMatch(PATH_ID);
  });
});

describe('an acknowledged finding', () => {
  const [id = ''] = (() => {
    const { app, identity } = bare();
    passesRoles(identity);
    return idsIn(failure(app));
  })();

  test.each<[string, (made: ReturnType<typeof bare>) => void]>([
    ['on the identity', ({ identity }) => AgentReview.acknowledge(identity, { id, reason: 'the deployer' })],
    ['on the app, with the prefix', ({ app }) => AgentReview.acknowledge(app, { id: `agentic-iam::${id}`, reason: 'the deployer' })],
    ["by the CDK's own means", ({ stack }) => Validations.of(stack).acknowledge({ id: `agentic-iam::${id}`, reason: 'the deployer' })],
  ])('lets synth pass: %s', (_name, acknowledge) => {
    const made = bare();
    passesRoles(made.identity);
    acknowledge(made);
    expect(consoleOf(() => made.app.synth())).not.toContain('escalation-path');
  });

  test('stays in the manifest, and in the report of the CDK, with its reason', () => {
    const { app, identity, stack } = bare();
    passesRoles(identity);
    AgentReview.acknowledge(identity, { id, reason: 'the deployer' });
    consoleOf(() => app.synth());
    expect(manifestOf(stack).acknowledged).toEqual([{ id: `agentic-iam::${id}`, reason: 'the deployer', construct: 'Desk/Identity' }]);
    const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
    const report = pluginReports.find(({ pluginName }: { pluginName: string }) => pluginName === 'agentic-iam');
    expect(report.suppressedViolations).toEqual([expect.objectContaining({ ruleName: id, reason: 'the deployer', severity: 'error' })]);
  });

  test('does not hide a different one that comes later', () => {
    const { app, identity } = bare();
    passesRoles(identity);
    AgentReview.acknowledge(identity, { id, reason: 'the deployer' });
    grant(identity, 'iam:CreatePolicyVersion');
    const ids = idsIn(failure(app)).filter((one) => PATH_ID.test(one));
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).not.toContain(id);
  });

  test('does not hide the same one of another agent', () => {
    const { app, stack, identity } = bare();
    passesRoles(identity);
    passesRoles(identityOf(stack, spec({ name: 'writer', mode: AgentMode.READ_WRITE }), 'Writer'));
    AgentReview.acknowledge(app, { id, reason: 'the deployer' });
    expect(failure(app)).toContain("agent 'writer'");
  });

  test('does not count elsewhere', () => {
    const { app, identity } = bare();
    passesRoles(identity);
    AgentReview.acknowledge(new Stack(app, 'Other'), { id, reason: 'the deployer' });
    expect(idsIn(failure(app))).toContain(id);
  });

  test('that is no longer found is a warning', () => {
    const { app } = bare();
    AgentReview.acknowledge(app, { id, reason: 'the deployer' });
    expect(consoleOf(() => app.synth())).toContain(`WARNING 'agentic-iam::${id}' is acknowledged at ''`);
  });
});

describe('the context switch', () => {
  test('off: nothing is looked for', () => {
    const { app, identity } = bare({ context: { [REVIEW]: 'off' } });
    passesRoles(identity);
    expect(consoleOf(() => app.synth())).toBe('');
  });

  test('warn: everything is said, nothing stops', () => {
    const { app, identity } = bare({ context: { [REVIEW]: 'warn' } });
    passesRoles(identity);
    expect(consoleOf(() => app.synth())).toContain("WARNING agent 'reader' creates a Lambda function");
  });

  test('on one stack, it leaves the others as they are', () => {
    const app = newApp();
    for (const [id, mode] of Object.entries({ Lax: 'warn', Strict: 'fail' })) {
      const stack = new Stack(app, id);
      stack.node.setContext(REVIEW, mode);
      passesRoles(
        new AgentIdentity(stack, 'Identity', {
          agent: spec({ name: id.toLowerCase(), mode: AgentMode.READ_WRITE }),
          trust: AgentTrust.lambda(),
        }),
      );
    }
    const text = failure(app);
    expect(text).toContain("WARNING agent 'lax' creates");
    expect(text).toContain("ERROR agent 'strict' creates");
  });

  test('refuses any other value', () => {
    const { app } = bare({ context: { [REVIEW]: 'none' } });
    expect(failure(app)).toContain("context 'agentic-iam:review' must be 'off', 'warn' or 'fail', got: 'none'");
  });
});

test.each([
  ['the name of a rule alone', 'escalation-path', 'reason', 'must name one finding by its id'],
  ['another prefix', 'annotation::escalation-path[abcdefghij]', 'reason', 'must name one finding by its id'],
  ['no reason', 'escalation-path[abcdefghij]', ' ', "needs 'reason' not to be empty"],
])('an acknowledgement is refused: %s', (_name, id, reason, message) => {
  expect(messageOf(() => AgentReview.acknowledge(newApp(), { id, reason }))).toContain(message);
});

test('the template does not change by the review', () => {
  const templates = ['off', 'warn'].map((mode) => {
    const { stack, identity } = bare({ context: { [REVIEW]: mode } });
    passesRoles(identity);
    let json: unknown;
    consoleOf(() => {
      json = Template.fromStack(stack).toJSON();
    });
    return json;
  });
  expect(templates[0]).toEqual(templates[1]);
});
