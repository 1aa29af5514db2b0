import type { ManifestAgent } from '../../../core/manifest';
import { showSymbols } from '../../../core/review/glob';
import type { DeclaredGrant, WorldSecret } from '../../../core/review/world';
import { managedPolicyFact } from '../facts/managed-policies';
import type { AwsPolicy, AwsPrincipal, AwsResource, AwsSecret, PolicyText } from '../model';
import { readPrincipalArn } from './arn';
import { isUnread, joinPolicies } from './read-policy';

/** A resource and the account it is in; an ARN of a bucket does not say. */
export interface LocatedResource extends AwsResource {
  readonly account?: PolicyText;
}

/** A principal while inputs are being read. */
export interface PrincipalDraft {
  readonly arn: PolicyText;
  readonly kind: 'user' | 'role' | 'group';
  readonly name: PolicyText;
  readonly path: PolicyText;
  readonly account: PolicyText;
  readonly source: string;
  construct?: string;
  readonly policies: AwsPolicy[];
  /** ARNs of managed policies, whose text is looked up when all inputs were read. */
  readonly managed: Set<PolicyText>;
  boundary?: PolicyText;
  trust?: AwsPolicy;
  readonly groups: Set<PolicyText>;
  tags: Record<string, string>;
  readonly instanceProfiles: Set<PolicyText>;
  readonly unknowns: Set<string>;
  agent?: ManifestAgent;
  declared?: readonly DeclaredGrant[];
}

/** Collects what several inputs say, and joins it when all were read. */
export class EstateDraft {
  readonly principals = new Map<PolicyText, PrincipalDraft>();
  readonly resources = new Map<PolicyText, LocatedResource>();
  readonly managed = new Map<PolicyText, AwsPolicy>();
  /** ARN of an instance profile -> ARN of its role. */
  readonly profiles = new Map<PolicyText, PolicyText>();
  readonly unknowns = new Set<string>();
  readonly secrets: AwsSecret[] = [];
  readonly outsideSecrets: WorldSecret[] = [];

  /** The principal of that ARN; made where it is new. */
  principal(arn: PolicyText, source: string): PrincipalDraft {
    const known = this.principals.get(arn);
    if (known) return known;
    const { kind, name, path, account } = readPrincipalArn(arn) ?? { kind: 'role' as const, name: arn, path: '/', account: '' };
    const made: PrincipalDraft = {
      arn,
      kind,
      name,
      path,
      account,
      source,
      policies: [],
      managed: new Set(),
      groups: new Set(),
      tags: {},
      instanceProfiles: new Set(),
      unknowns: new Set(),
    };
    this.principals.set(arn, made);
    return made;
  }

  /** A user, role or group by its name alone, as templates attach policies. */
  byName(kind: PrincipalDraft['kind'], name: PolicyText, account: PolicyText): PrincipalDraft | undefined {
    for (const draft of this.principals.values()) {
      if (draft.kind === kind && draft.name === name && draft.account === account) return draft;
    }
    return undefined;
  }

  /** Adds what is said of a resource to what is known of it. Policies are put together: a request must pass all of them. */
  resource(resource: LocatedResource): void {
    const known = this.resources.get(resource.arn);
    this.resources.set(resource.arn, known ? joinResources(known, resource) : resource);
  }

  /** Principals with the text of every managed policy, and a sentence for each that is not at hand. */
  finishPrincipals(): readonly AwsPrincipal[] {
    return [...this.principals.values()].map((draft) => this.finish(draft));
  }

  private finish(draft: PrincipalDraft): AwsPrincipal {
    const unknowns = new Set(draft.unknowns);
    const attached = [...draft.managed].flatMap((arn) => this.managedPolicy(arn, draft, unknowns) ?? []);
    const bound = draft.boundary === undefined ? undefined : this.managedPolicy(draft.boundary, draft, unknowns);
    const boundary = bound && isUnread(bound) ? undefined : bound;
    if (bound && !boundary) for (const sentence of bound.document.unknowns) unknowns.add(sentence);
    const { managed: _, ...rest } = draft;
    return {
      ...rest,
      policies: [...draft.policies, ...attached],
      boundary,
      groups: [...draft.groups],
      instanceProfiles: [...draft.instanceProfiles],
      unknowns: [...unknowns],
    };
  }

  private managedPolicy(arn: PolicyText, draft: PrincipalDraft, unknowns: Set<string>): AwsPolicy | undefined {
    const known = this.managed.get(arn) ?? managedPolicyFact(arn);
    if (known) this.managed.set(arn, known);
    else
      unknowns.add(
        `The text of managed policy '${showSymbols(arn)}' of ${draft.kind} '${showSymbols(draft.name)}' is not at hand; give it with --account-details.`,
      );
    return known;
  }
}

function joinResources(known: LocatedResource, more: LocatedResource): LocatedResource {
  return {
    ...known,
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
    type: known.type || more.type,
    policy: known.policy && more.policy ? joinPolicies(known.policy, more.policy) : (more.policy ?? known.policy),
    tags: known.tags || more.tags ? { ...known.tags, ...more.tags } : undefined,
    construct: known.construct ?? more.construct,
  };
}
