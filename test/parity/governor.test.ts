import { type Duration, MaturityLevel, minutes } from '../../lib';
import { type Mutation, mutationsOf } from '../governance/mutations';
import { problemsOf } from '../setup/terraform-schema';
import { agentOf, CLOUDS, type Continuous, type Synth, statusOf } from './governed-fleet';

// A fleet that is looked after once it is deployed, on each cloud: what of the ladder it shows, and what shows it.
const KEPT = ['drift-found', 'drift-repaired', 'tampering-answered', 'unused-found', 'credentials-tidied', 'evidence-kept'];

const synthOf = (cloud: string): Synth => CLOUDS[cloud] as Synth;
const looked = (cloud: string, continuous: Continuous = {}) => synthOf(cloud)({ continuous });
/** The same once more: nobody changes what was synthesised. */
const usual = memo((cloud) => looked(cloud));
function memo<T>(make: (cloud: string) => T): (cloud: string) => T {
  const made = new Map<string, T>();
  return (cloud) => {
    const known = made.get(cloud) ?? make(cloud);
    made.set(cloud, known);
    return known;
  };
}
/** The same with clean-up, of an agent that reads a secret, too. */
const tidy = memo((cloud) => synthOf(cloud)({ continuous: { cleanUp: true }, secret: true }));
const statuses = (cloud: string, inputs = usual(cloud)): Readonly<Record<string, string | undefined>> => {
  const agent = agentOf(inputs);
  return Object.fromEntries(KEPT.map((control) => [control, statusOf(agent, control)]));
};
const all = (status: string): Readonly<Record<string, string>> => Object.fromEntries(KEPT.map((control) => [control, status]));

describe.each(Object.keys(CLOUDS))('on %s', (cloud) => {
  test('a fleet that is looked after shows what an auditor asks of it', () => {
    expect(statuses(cloud)).toEqual(all('met'));
  });

  test('a fleet that nobody looks after shows nothing of it', () => {
    const never = cloud === 'gcp' ? { 'drift-repaired': 'unsupported' } : {};
    expect(statuses(cloud, synthOf(cloud)({}))).toEqual({ ...all('missing'), ...never });
  });

  test('without repair it is found, and not put back', () => {
    // On Google Cloud nothing may put bindings back: that it is found stands for it.
    const off = cloud === 'gcp' ? {} : { 'drift-repaired': 'missing' };
    expect(statuses(cloud, looked(cloud, { repair: false }))).toEqual({ ...all('met'), ...off, 'tampering-answered': 'missing' });
  });

  test('a fleet of which what was forgotten is put away shows the same', () => {
    expect(statuses(cloud, tidy(cloud))).toEqual(all('met'));
  });

  test('nothing can be put away that nobody would give back', () => {
    expect(() => looked(cloud, { repair: false, cleanUp: true })).toThrow(/needs 'repair' for 'cleanUp'[\s\S]*set both, or neither/);
  });

  test('that it is set shows nothing: without the rights the control is missing, and the reason names them', () => {
    const agent = agentOf(
      looked(cloud).map((input) => ({
        ...input,
        json: JSON.parse(JSON.stringify(input.json).replaceAll('"CLEAN_UP":"false"', '"CLEAN_UP":"true"')),
      })),
    );
    const { status, reason } = agent.results.find(({ control }) => control === 'credentials-tidied') ?? {};
    expect([status, reason]).toEqual(['missing', expect.stringMatching(/it may not do /)]);
  });

  test('nothing can be looked after that has no bus to tell it on', () => {
    expect(() => synthOf(cloud)({ continuous: {}, level: MaturityLevel.LOGGING })).toThrow(/monitoring|bus/);
  });

  test('the monitoring of another fleet is refused, by name', () => {
    expect(() => looked(cloud, { wrong: 'fleet' })).toThrow(/'?other'?[\s\S]*'?main'?|'?main'?[\s\S]*'?other'?/);
  });
});

/**
 * What each part is for, written by hand, and not taken from the library: its removal must name one of these, and nothing that is not here. All that looks after a
 * fleet is there so that drift is found, besides what it alone does. Roles that are given to nobody knows whom may be an agent's.
 */
const NOBODY_KNOWS_WHOM = [...KEPT, 'access-as-declared', 'no-escalation', 'perimeter'];
const SERVES: Readonly<Record<string, readonly (readonly [RegExp, readonly string[]])[]>> = {
  azure: [
    [/Reader\/Expected\/Blob$/, ['drift-found', 'drift-repaired', 'unused-found']],
    [/Continuous\/Records$/, ['tampering-answered']],
    [/Continuous\/Recording\/Identity$/, NOBODY_KNOWS_WHOM],
    [/Continuous\/Recording\//, ['tampering-answered']],
    [/Continuous\/Keep$/, ['evidence-kept']],
    [/Continuous\/Evidence$/, ['evidence-kept', 'drift-found']],
    [/Function\/MayKeepEvidence$/, ['evidence-kept', 'drift-found']],
    [/Function\/MayReadCalls$/, ['unused-found', 'drift-found']],
    [/Function\/MayReadExpected$/, ['drift-found', 'drift-repaired', 'tampering-answered', 'unused-found']],
    [/Rights\/(Role-record|May-Record)$/, ['tampering-answered', 'drift-found']],
    // With clean-up they take roles from identities of nobody, too.
    [/Rights\/(Role-roles|May-Roles)$/, ['drift-repaired', 'drift-found', 'credentials-tidied']],
    [/Rights\/(Role-identity|May-Identity-reader)$/, ['drift-repaired', 'drift-found']],
    [/Function\/Identity$/, NOBODY_KNOWS_WHOM],
    [/Continuous\//, KEPT],
  ],
  gcp: [
    // What is put back is said where it is found.
    [/Reader\/Expected\/Object$/, ['drift-found', 'drift-repaired', 'unused-found']],
    [/Continuous\/Records$/, ['tampering-answered']],
    [/Continuous\/MayKeepEvidence$/, ['evidence-kept']],
    [/Continuous\/Evidence$/, ['evidence-kept', 'drift-found', 'drift-repaired']],
    [/Continuous\/MayRecord$/, ['tampering-answered', 'drift-found', 'drift-repaired']],
    [/Continuous\/MayReadCalls$/, ['unused-found', 'drift-found', 'drift-repaired']],
    [/Function\/(Account|Caller)$/, NOBODY_KNOWS_WHOM],
    [/Continuous\//, KEPT],
  ],
};

describe.each(Object.keys(SERVES).flatMap((cloud) => [[cloud, 'told', usual] as const, [cloud, 'put away', tidy] as const]))(
  'every part of what looks after a fleet on %s, where what was forgotten is %s',
  (cloud, _, synth) => {
    const before = agentOf(synth(cloud));
    const met = before.results.filter(({ status }) => status === 'met').map(({ control }) => control);
    const all = [...mutationsOf(synth(cloud))];
    const mutations = all.filter(({ path }) => /\/Governance\/Continuous\/|\/Expected\//.test(path));
    const found = new Map<Mutation, readonly string[]>();
    const lost = (mutation: Mutation): readonly string[] => {
      const known = found.get(mutation);
      if (known) return known;
      const after = agentOf(mutation.inputs);
      const names = met.filter((control) => statusOf(after, control) !== 'met');
      found.set(mutation, names);
      return names;
    };

    test('is named by its control where it is taken out, and by no other', () => {
      expect(mutations.length).toBeGreaterThan(15);
      const wrong = mutations.flatMap((mutation) => {
        const names = lost(mutation);
        const serves = SERVES[cloud]?.find(([pattern]) => pattern.test(mutation.path))?.[1] ?? [];
        const fits = names.length > 0 && names.every((name) => serves.includes(name));
        return fits ? [] : [`${mutation.path}: ${names.join(', ') || 'nothing'}`];
      });
      expect(wrong).toEqual([]);
    });

    test('is missed, as is every other part of the stack', () => {
      expect(all.length).toBeGreaterThan(70);
      expect(all.filter((one) => lost(one).length === 0).map(({ path }) => path)).toEqual([]);
    });

    test("is taken by the provider's schema", () => {
      for (const { kind, json } of synth(cloud))
        if (kind === 'terraform-stack') expect(problemsOf(json as Record<string, unknown>)).toEqual([]);
    });
  },
);

test.each<[string, Duration, string]>([
  ['azure', minutes(90), '5400 seconds'],
  ['gcp', minutes(90), '5400 seconds'],
])('a timer of %s that goes on after the hour is refused, with what it takes', (cloud, every, shown) => {
  expect(() => looked(cloud, { every })).toThrow(new RegExp(`'every' in whole minutes, from 1 to 59[\\s\\S]*${shown}`));
});

test.each(Object.keys(SERVES))('what the governor compares with is written down as it is deployed, on %s', (cloud) => {
  const texts = usual(cloud).flatMap(({ kind, json }) => (kind === 'terraform-stack' ? expectedIn(json) : []));
  expect(texts).toHaveLength(2);
  const [agent, records] = texts.map((text) => JSON.parse(text) as object);
  expect(agent).toMatchSnapshot();
  expect(records).toMatchSnapshot();
});

test('Azure itself records the calls of the subscription again, where their setting is gone or sends elsewhere', () => {
  const [stack] = usual('azure').filter(({ kind }) => kind === 'terraform-stack');
  const { resource } = (stack?.json ?? {}) as {
    resource: { azurerm_policy_definition: Record<string, { name: string; policy_rule: string }> };
  };
  const [policy] = Object.values(resource.azurerm_policy_definition).filter(({ name }) => name === 'agentic-iam-main-recording');
  expect(JSON.parse((policy?.policy_rule ?? '').replace(/_[0-9A-F]{8}\b/g, ''))).toMatchInlineSnapshot(`
{
  "if": {
    "equals": "Microsoft.Resources/subscriptions",
    "field": "type",
  },
  "then": {
    "details": {
      "deployment": {
        "location": "\${azurerm_resource_group.Group.location}",
        "properties": {
          "mode": "incremental",
          "parameters": {
            "hub": {
              "value": "[parameters('hub')]",
            },
            "rule": {
              "value": "[parameters('rule')]",
            },
            "workspace": {
              "value": "[parameters('workspace')]",
            },
          },
          "template": {
            "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": {
              "hub": {
                "type": "string",
              },
              "rule": {
                "type": "string",
              },
              "workspace": {
                "type": "string",
              },
            },
            "resources": [
              {
                "apiVersion": "2021-05-01-preview",
                "name": "agentic-iam-main-calls",
                "properties": {
                  "eventHubAuthorizationRuleId": "[parameters('rule')]",
                  "eventHubName": "[parameters('hub')]",
                  "logs": [
                    {
                      "category": "Administrative",
                      "enabled": true,
                    },
                    {
                      "category": "Security",
                      "enabled": true,
                    },
                    {
                      "category": "Policy",
                      "enabled": true,
                    },
                    {
                      "category": "Alert",
                      "enabled": true,
                    },
                  ],
                  "workspaceId": "[parameters('workspace')]",
                },
                "type": "Microsoft.Insights/diagnosticSettings",
              },
            ],
          },
        },
      },
      "deploymentScope": "subscription",
      "existenceCondition": {
        "allOf": [
          {
            "equals": "true",
            "field": "Microsoft.Insights/diagnosticSettings/logs.enabled",
          },
          {
            "equals": "[parameters('workspace')]",
            "field": "Microsoft.Insights/diagnosticSettings/workspaceId",
          },
          {
            "equals": "[parameters('rule')]",
            "field": "Microsoft.Insights/diagnosticSettings/eventHubAuthorizationRuleId",
          },
        ],
      },
      "existenceScope": "subscription",
      "name": "agentic-iam-main-calls",
      "roleDefinitionIds": [
        "\${azurerm_role_definition.Governance_Continuous_Recording_Rights_Role-restore.role_definition_resource_id}",
      ],
      "type": "Microsoft.Insights/diagnosticSettings",
    },
    "effect": "deployIfNotExists",
  },
}
`);
});

test('changes on Google Cloud wake the governor: two feeds, one topic, pushed to its function as its caller', () => {
  const [stack] = usual('gcp').filter(({ kind }) => kind === 'terraform-stack');
  const { resource } = (stack?.json ?? {}) as { resource: Record<string, Record<string, Record<string, unknown>>> };
  const topic = '${google_pubsub_topic.Governance_Continuous_Changes_';
  const feeds = Object.values(resource['google_cloud_asset_project_feed'] ?? {});
  expect(feeds.map((one) => one['content_type']).sort()).toEqual(['IAM_POLICY', 'RESOURCE']);
  for (const one of feeds) expect(JSON.stringify(one['feed_output_config'])).toContain(topic);
  const push = Object.values(resource['google_pubsub_subscription'] ?? {}).filter((one) => String(one['topic']).startsWith(topic));
  expect(JSON.stringify(push.map((one) => one['push_config']))).toMatch(
    /Governance_Continuous_Function_Caller_\w+.*push_endpoint.*Governance_Continuous_Function_\w+\.url/,
  );
});

test('a governor on AWS that fails raises an alarm, by its queue', () => {
  const [template] = usual('aws').filter(({ kind }) => kind === 'template');
  const { Resources } = (template?.json ?? {}) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  const alarms = Object.entries(Resources).filter(
    ([id, one]) => id.startsWith('GovernanceContinuousFails') && one.Type === 'AWS::CloudWatch::Alarm',
  );
  expect(alarms).toHaveLength(1);
  expect(JSON.stringify(alarms[0]?.[1].Properties['Dimensions'])).toContain('GovernanceContinuousFailures');
});

test('without repair Azure restores nothing either', () => {
  const [stack] = looked('azure', { repair: false }).filter(({ kind }) => kind === 'terraform-stack');
  expect(JSON.stringify(stack?.json)).not.toContain('agentic-iam-main-recording');
});

function expectedIn(json: unknown): readonly string[] {
  const { resource } = json as { resource: Record<string, Record<string, Record<string, string>>> };
  const blobs = { ...resource['azurerm_storage_blob'], ...resource['google_storage_bucket_object'] };
  return Object.values(blobs)
    .filter(({ name }) => /^(expected|records)\//.test(name ?? ''))
    .sort((a, b) => String(a['name']).localeCompare(String(b['name'])))
    .map((blob) => blob['source_content'] ?? blob['content'] ?? '');
}
