import identity from '../../catalog/identity.json';

/** Kinds of identity; the manifest uses the same words. */
export type AgentIdentityKind = 'user-assigned-identity' | 'application' | 'agent-id';

type Limit =
  | 'identityName'
  | 'credentials'
  | 'credentialName'
  | 'issuer'
  | 'subject'
  | 'audience'
  | 'description'
  | 'tags'
  | 'tagName'
  | 'tagValue'
  | 'sponsors'
  | 'groupSponsors';
type Federation = 'audience' | 'algorithm' | 'serialWrites' | 'entraIssued' | 'github' | 'aks' | 'aws' | 'gcp';
type GraphObject = 'blueprint' | 'blueprintPrincipal' | 'agentIdentity' | 'credential';

/** Stated, not derived from the data: the declarations would else import a JSON file, which few users' compilers allow. */
interface Facts {
  readonly limits: Readonly<Record<Limit, { readonly min?: number; readonly max: number }>>;
  readonly credentialLife: Readonly<Record<AgentIdentityKind, { readonly seconds: number; readonly reason: string }>>;
  readonly federation: Readonly<Record<Federation, { readonly value: string }>>;
  readonly providers: Readonly<
    Record<'azuread' | 'msgraph', { readonly name: string; readonly registry: string; readonly version: string }>
  >;
  readonly graph: Readonly<Record<GraphObject, { readonly url: string; readonly apiVersion: string }>>;
}

/** What is known of machine identities on Azure; each entry names its source. */
export const FACTS: Facts = identity;
