import type { ManifestAgent } from '../../lib/core/manifest';

/** An agent of a manifest with as much in it as readers of events need. */
export function manifestAgent(cloud: string, more: object): ManifestAgent {
  const { identity, ...rest } = more as { readonly identity?: object };
  return {
    name: 'reader',
    fleet: 'prod',
    cloud,
    owner: 'o@example.com',
    purpose: 'p',
    mode: 'READ_ONLY',
    construct: 'stack/Reader',
    access: [],
    native: [],
    workflows: [],
    limits: {},
    scope: {},
    delegatesTo: [],
    findings: [],
    maxSessionSeconds: 3600,
    identity: { kind: 'k', name: 'prod--reader', principal: 'p', trust: [], credentialLifeSeconds: 3600, ...identity },
    ...rest,
  } as unknown as ManifestAgent;
}
