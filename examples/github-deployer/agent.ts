import { AgentMode, AgentSpec, Capability, minutes } from 'agentic-iam';

/** Runs in a pipeline outside all three clouds and holds no secret of any: each cloud trusts exactly one environment of one repository. */
export const siteDeployer = new AgentSpec({
  name: 'site-deployer',
  owner: 'web-platform@example.com',
  purpose: 'publishes the built site from the pipeline',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.listObjects('site'), Capability.overwriteObjects('site')],
  limits: { callsPerMinute: 600 },
  scope: { environment: 'prod', domain: 'web' },
  maxSession: minutes(60),
});
