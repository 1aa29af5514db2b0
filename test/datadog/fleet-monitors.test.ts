import { Testing } from 'cdktf';
import { AgentMode, AgentSpec, Signal } from '../../lib';
import { datadogMonitors } from '../../lib/core/alerts/saved-searches';
import { FleetMonitors } from '../../lib/datadog';
import { TerraformStack } from '../../lib/terraform/core';

const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  scope: { environment: 'prod' },
  capabilities: [],
});

function synthesised(notify: readonly string[]) {
  const stack = new TerraformStack(Testing.app(), 'datadog');
  new FleetMonitors(stack, 'Monitors', { agents: [reader], notify });
  return JSON.parse(Testing.synth(stack)) as {
    readonly provider?: object;
    readonly terraform: { readonly required_providers: object };
    readonly resource: { readonly datadog_monitor: Record<string, Record<string, unknown>> };
  };
}

test('there is one monitor a signal, as the command line writes it', () => {
  const { resource, terraform } = synthesised(['@pagerduty-agents']);
  const monitors = Object.values(resource.datadog_monitor);
  const manifest = { schemaVersion: 1, library: '0', catalogs: {}, agents: [{ name: 'reader', fleet: 'prod' }] } as never;
  const written = datadogMonitors([manifest]);
  expect(monitors).toHaveLength(Object.values(Signal).length);
  expect(monitors.map(({ query }) => query).sort()).toEqual(written.map(({ query }) => query).sort());
  const priorities = Object.fromEntries(
    Object.entries(resource.datadog_monitor).map(([, { tags, priority }]) => [(tags as string[])[2], priority]),
  );
  expect(priorities).toEqual({
    'signal:privilege-escalation': 1,
    'signal:unexpected-call': 2,
    'signal:unknown-sequence': 3,
    'signal:cross-boundary': 1,
    'signal:velocity': 3,
  });
  expect(monitors[0]).toMatchObject({
    type: 'log alert',
    message: expect.stringMatching(/ @pagerduty-agents$/),
    monitor_thresholds: [{ critical: 0 }],
    renotify_interval: 60,
  });
  expect(monitors[0]).not.toHaveProperty('options');
  expect(terraform.required_providers).toMatchObject({ datadog: { source: 'DataDog/datadog' } });
});

test.each(['pagerduty', '@a @b', '@{{host}}', '@a\n@b'])('a handle that is none is refused: %j', (handle) => {
  expect(() => synthesised([handle])).toThrow(/invalid-alert-target/);
});
