import { App as CdkApp } from 'aws-cdk-lib';
import { GovernanceMode, MaturityLevel } from '../../lib';
import * as aws from '../../lib/aws';
import { readRecord } from '../../lib/core/governance/record';
import { mutationsOf } from '../governance/mutations';
import { problemsOf } from '../setup/terraform-schema';
import { agentOf, CLOUDS, missingOf, type Synth, statusOf } from './governed-fleet';

describe.each(Object.keys(CLOUDS))('on %s', (cloud) => {
  const synth = CLOUDS[cloud] as Synth;

  test('an agent that is watched, with a log that nobody can delete, stands at LOGGING; for ALERTING only the drill is missing', () => {
    const agent = agentOf(synth({}));
    expect(agent.level).toBe(MaturityLevel.LOGGING);
    expect(missingOf(agent, MaturityLevel.ALERTING)).toEqual(['alert-drilled']);
  });

  test('guardrails show their control, and taken away they do not', () => {
    expect(statusOf(agentOf(synth({})), 'guardrail')).toBe('met');
    expect(statusOf(agentOf(synth({ guardrails: false })), 'guardrail')).toBe('missing');
  });

  test('a log that can be deleted stops synth, with the control, the agent and the code', () => {
    const run = () => synth({ locked: false });
    if (cloud === 'aws') expect(said(run)).toMatch(/records-locked[\s\S]*AgentTrail\.create\(\{ locked: true \}\)/);
    else
      expect(run).toThrow(
        /agent 'reader' is at NONE, and fleet 'main' is held to LOGGING on \w+\. Missing of LOGGING[\s\S]*records-locked[\s\S]*code: trail: AgentTrail\.create\(\{ locked: true \}\)/,
      );
  });

  test('with GovernanceMode.WARN synth goes on', () => {
    expect(agentOf(synth({ locked: false, mode: GovernanceMode.WARN })).level).toBe(0);
  });

  test('an exception sets the control aside, and says so', () => {
    const exceptions = [{ control: 'records-locked', reason: 'the archive comes in spring', owner: 'x@example.com', until: '2027-03-31' }];
    const agent = agentOf(synth({ locked: false, exceptions, mode: GovernanceMode.WARN }));
    expect(statusOf(agent, 'records-locked')).toBe('excepted');
    expect(agent.level).toBe(MaturityLevel.LOGGING);
  });

  test('an agent that nobody records stands on no level, and its access is proven all the same', () => {
    const agent = agentOf(synth({ bare: true, mode: GovernanceMode.WARN }));
    expect(agent.level).toBe(0);
    expect(missingOf(agent, 1)).toEqual(expect.arrayContaining(['management-recorded', 'data-recorded', 'records-kept', 'records-locked']));
    expect(statusOf(agent, 'access-as-declared')).toBe('met');
  });

  test('each part that synth wrote down is in the output, as it is', () => {
    const inputs = synth({});
    const record = inputs.find(({ kind }) => kind === 'governance');
    expect(readRecord('', record?.json).parts.length).toBeGreaterThan(20);
    expect(agentOf(inputs).results.filter(({ reason = '' }) => /not in the output|changed after synth/.test(reason))).toEqual([]);
  });
});

/** Terraform JSON of the one stack. */
function stackOf(cloud: string): unknown {
  const stack = (CLOUDS[cloud] as Synth)({}).find(({ kind }) => kind === 'terraform-stack');
  if (!stack) throw new Error('no stack');
  return stack.json;
}

/** What the CDK prints where it refuses an app. */
function said(run: () => unknown): string {
  const printed: string[] = [];
  const spy = jest.spyOn(console, 'error').mockImplementation((text: unknown) => void printed.push(String(text)));
  const code = process.exitCode;
  try {
    run();
  } catch (error) {
    printed.push(String(error));
  } finally {
    spy.mockRestore();
    process.exitCode = code;
  }
  return printed.join('\n');
}

test.each(['azure', 'gcp'])('guardrails that only record forbid nothing yet, on %s', (cloud) => {
  expect(statusOf(agentOf((CLOUDS[cloud] as Synth)({ guardrails: 'dry' })), 'guardrail')).toBe('missing');
});

test.each(['azure', 'gcp'])("the provider's schema takes what governance makes, on %s", (cloud) => {
  for (const { kind, json } of (CLOUDS[cloud] as Synth)({}))
    if (kind === 'terraform-stack') expect(problemsOf(json as Record<string, unknown>)).toEqual([]);
});

test('every part that asks the log of Google Cloud for the order of calls is missed where it is taken out', () => {
  const inputs = (CLOUDS['gcp'] as Synth)({ sequences: true });
  for (const { kind, json } of inputs) if (kind === 'terraform-stack') expect(problemsOf(json as Record<string, unknown>)).toEqual([]);
  const before = agentOf(inputs);
  const met = before.results.filter(({ status }) => status === 'met').map(({ control }) => control);
  const parts = [...mutationsOf(inputs)].filter(({ path }) => path.includes('/Monitoring/Orders/'));
  const missed = parts.map(({ what, inputs: mutated }) => {
    const after = agentOf(mutated);
    return [what.split(' ')[0], met.filter((control) => statusOf(after, control) !== 'met')];
  });
  expect(missed).toEqual([
    ['google_bigquery_dataset_iam_member', ['signals-watched']],
    ['google_logging_linked_dataset', ['signals-watched']],
    ['google_monitoring_alert_policy', ['signals-watched']],
  ]);
});

test('the policies for a fleet on Azure name its identities, its own roles, and approved issuers', () => {
  const json = stackOf('azure') as {
    resource: {
      azurerm_policy_definition: Record<string, { policy_rule: string }>;
      azurerm_subscription_policy_assignment: Record<string, { parameters: string }>;
    };
  };
  expect(
    Object.values(json.resource.azurerm_policy_definition).map(({ policy_rule: rule }) => JSON.parse(rule) as unknown),
  ).toMatchInlineSnapshot(`
[
  {
    "if": {
      "allOf": [
        {
          "equals": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
          "field": "type",
        },
        {
          "not": {
            "field": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/issuer",
            "in": "[parameters('issuers')]",
          },
        },
      ],
    },
    "then": {
      "effect": "deny",
    },
  },
  {
    "if": {
      "allOf": [
        {
          "equals": "Microsoft.Authorization/roleAssignments",
          "field": "type",
        },
        {
          "field": "Microsoft.Authorization/roleAssignments/principalId",
          "in": "[parameters('principals')]",
        },
        {
          "not": {
            "in": "[parameters('roles')]",
            "value": "[last(split(field('Microsoft.Authorization/roleAssignments/roleDefinitionId'), '/'))]",
          },
        },
      ],
    },
    "then": {
      "effect": "deny",
    },
  },
]
`);
  expect(
    Object.values(json.resource.azurerm_subscription_policy_assignment).map(({ parameters }) => JSON.parse(parameters) as unknown),
  ).toMatchInlineSnapshot(`
[
  {
    "issuers": {
      "value": [
        "https://token.actions.githubusercontent.com",
      ],
    },
  },
  {
    "principals": {
      "value": [
        "\${azurerm_user_assigned_identity.main__reader.principal_id}",
      ],
    },
    "roles": {
      "value": [
        "\${azurerm_role_definition.main__qabxpys6q5.role_definition_id}",
      ],
    },
  },
]
`);
});

test('the policies for a fleet on Google Cloud', () => {
  const json = stackOf('gcp') as {
    resource: {
      google_org_policy_policy: Record<string, { name: string; spec: unknown }>;
      google_org_policy_custom_constraint: Record<string, { condition: string }>;
    };
  };
  expect(Object.values(json.resource.google_org_policy_policy).map(({ name, spec }) => [name, spec])).toMatchInlineSnapshot(`
[
  [
    "projects/example/policies/custom.agenticIamMain",
    {
      "rules": [
        {
          "enforce": "TRUE",
        },
      ],
    },
  ],
  [
    "projects/example/policies/iam.allowServiceAccountCredentialLifetimeExtension",
    {
      "rules": [
        {
          "deny_all": "TRUE",
        },
      ],
    },
  ],
  [
    "projects/example/policies/iam.automaticIamGrantsForDefaultServiceAccounts",
    {
      "rules": [
        {
          "enforce": "TRUE",
        },
      ],
    },
  ],
  [
    "projects/example/policies/iam.disableServiceAccountKeyCreation",
    {
      "rules": [
        {
          "enforce": "TRUE",
        },
      ],
    },
  ],
  [
    "projects/example/policies/iam.disableServiceAccountKeyUpload",
    {
      "rules": [
        {
          "enforce": "TRUE",
        },
      ],
    },
  ],
]
`);
  expect(Object.values(json.resource.google_org_policy_custom_constraint).map(({ condition }) => condition)).toMatchInlineSnapshot(`
[
  "resource.bindings.exists(binding, RoleNameMatches(binding.role, ['roles/editor', 'roles/iam.securityAdmin', 'roles/owner', 'roles/resourcemanager.organizationAdmin']) && binding.members.exists(member, MemberSubjectMatches(member, ['\${google_service_account.main__reader.member}'])))",
]
`);
});

test('the documents of the organisation on AWS', () => {
  expect(aws.AgentGovernance.guardrails('main', { regions: ['eu-central-1'], organization: 'o-a1b2c3d4e5' })).toMatchInlineSnapshot(`
[
  {
    "content": {
      "Statement": [
        {
          "Action": [
            "account:*",
            "iam:*",
            "organizations:*",
          ],
          "Condition": {
            "ArnLike": {
              "aws:PrincipalArn": "arn:*:iam::*:role/agentic-iam/main/*",
            },
          },
          "Effect": "Deny",
          "Resource": "*",
          "Sid": "NoAdministration",
        },
        {
          "Action": [
            "cloudtrail:Delete*",
            "cloudtrail:Put*",
            "cloudtrail:Stop*",
            "cloudtrail:Update*",
            "config:Delete*",
            "config:Put*",
            "config:Stop*",
            "logs:Delete*",
            "logs:PutRetentionPolicy",
          ],
          "Condition": {
            "ArnLike": {
              "aws:PrincipalArn": "arn:*:iam::*:role/agentic-iam/main/*",
            },
          },
          "Effect": "Deny",
          "Resource": "*",
          "Sid": "HandsOffRecords",
        },
        {
          "Action": [
            "cloudtrail:DeleteTrail",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
          ],
          "Condition": {
            "ArnNotLike": {
              "aws:PrincipalArn": [
                "arn:*:iam::*:role/cdk-*-cfn-exec-role-*",
              ],
            },
          },
          "Effect": "Deny",
          "Resource": "arn:*:cloudtrail:*:*:trail/agentic-iam-main",
          "Sid": "NobodyStopsTheTrail",
        },
        {
          "Action": [
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
          ],
          "Condition": {
            "ArnNotLike": {
              "aws:PrincipalArn": [
                "arn:*:iam::*:role/cdk-*-cfn-exec-role-*",
                "arn:*:iam::*:role/agentic-iam-governor/*",
              ],
            },
          },
          "Effect": "Deny",
          "Resource": "arn:*:iam::*:role/agentic-iam/main/*",
          "Sid": "NobodyUnbindsAgents",
        },
        {
          "Condition": {
            "ArnLike": {
              "aws:PrincipalArn": "arn:*:iam::*:role/agentic-iam/main/*",
            },
            "StringNotEquals": {
              "aws:RequestedRegion": [
                "eu-central-1",
              ],
            },
          },
          "Effect": "Deny",
          "NotAction": [
            "account:*",
            "budgets:*",
            "cloudfront:*",
            "globalaccelerator:*",
            "iam:*",
            "importexport:*",
            "organizations:*",
            "route53:*",
            "sts:*",
            "support:*",
            "waf:*",
          ],
          "Resource": "*",
          "Sid": "OnlyInRegions",
        },
      ],
      "Version": "2012-10-17",
    },
    "type": "SERVICE_CONTROL_POLICY",
  },
  {
    "content": {
      "Statement": [
        {
          "Action": [
            "sts:AssumeRole",
          ],
          "Condition": {
            "BoolIfExists": {
              "aws:PrincipalIsAWSService": "false",
            },
            "StringNotEqualsIfExists": {
              "aws:PrincipalOrgID": "o-a1b2c3d4e5",
            },
          },
          "Effect": "Deny",
          "Principal": "*",
          "Resource": "arn:*:iam::*:role/agentic-iam/main/*",
          "Sid": "OnlyOurs",
        },
      ],
      "Version": "2012-10-17",
    },
    "type": "RESOURCE_CONTROL_POLICY",
  },
]
`);
});

test.each<[string, Parameters<typeof aws.AgentGovernance.guardrails>[1], RegExp]>([
  ['a region that is none', { regions: ['europe'] }, /need 'regions' by their names, got: 'europe'/],
  ['a role with its account', { deployers: ['arn:aws:iam::1:role/x'] }, /from 'role\/' on/],
  ['an organisation that is none', { organization: '123' }, /need 'organization' by its id/],
  [
    'more roles than fit',
    { deployers: Array.from({ length: 200 }, (_, index) => `role/deployer-with-a-long-name-${index}`) },
    /must fit into a SERVICE_CONTROL_POLICY of 5120 characters/,
  ],
])('guardrails with %s are refused', (_, options, message) => {
  expect(() => aws.AgentGovernance.guardrails('main', options)).toThrow(message);
});

test('agents of a fleet are bound by the documents, and nobody else by the first two', () => {
  const [control] = aws.AgentGovernance.guardrails('main');
  if (!control) throw new Error('no document');
  const { Statement } = control.content as { Statement: { Sid: string; Condition: object }[] };
  expect(
    Statement.filter(({ Condition }) =>
      JSON.stringify(Condition).includes('"aws:PrincipalArn":"arn:*:iam::*:role/agentic-iam/main/*"'),
    ).map(({ Sid }) => Sid),
  ).toEqual(['NoAdministration', 'HandsOffRecords']);
});

test('the example of the README holds a whole app to a level, from its root', () => {
  const app = new CdkApp();
  expect(() => new aws.AgentGovernance(app, 'Governance', { target: MaturityLevel.LOGGING, guardrails: { attachTo: ['r-1'] } })).toThrow(
    /needs 'fleet' for guardrails/,
  );
});
