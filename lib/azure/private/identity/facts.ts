import identity from '../../catalog/identity.json';

/** What is known of machine identities on Azure; each entry names its source. */
export const FACTS = identity;

/** Kinds of identity; the manifest uses the same words. */
export type AgentIdentityKind = keyof typeof identity.credentialLife;
