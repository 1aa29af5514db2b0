import type { AccessRequest, Decision, EffectiveAccess } from '../../core/review/access';
import { hasSymbol, showSymbols } from '../../core/review/glob';
import { decide, enumerate, enumerateResource, matchPrincipal, type RequestLayers, type RequestPrincipal } from './engine';
import { splitOutsideSymbols } from './input/arn';
import type { LocatedResource } from './input/estate-draft';
import type { AwsEstate, AwsPolicy, AwsPrincipal, AwsResource, PolicyStatement, PolicyText } from './model';

/** A symbol, with the mark of a made-up name. */
const REFERENCE = /\uE000[^\uE001]*\uE001(\uE002[^\uE003]*\uE003)?/g;

const ASSUME = /^sts:(assumerole|tagsession|setsourceidentity)/i;

/** Finds the layers that have a say in a request of an estate's principal, and asks the engine. */
export class Judge {
  private readonly principals: ReadonlyMap<PolicyText, AwsPrincipal>;
  private readonly resources: ReadonlyMap<PolicyText, LocatedResource>;
  private readonly shown = new Map<string, PolicyText>();
  /** `${LogicalId}` as people write it -> what stands for it in an ARN. */
  private readonly references = new Map<string, PolicyText>();
  private grantors: readonly Grantor[] | undefined;
  private readonly layers = new Map<PolicyText, Omit<RequestLayers, 'resource'>>();

  constructor(readonly estate: AwsEstate) {
    this.principals = new Map(estate.principals.map((principal) => [principal.arn, principal]));
    this.resources = new Map(estate.resources.map((resource) => [resource.arn, resource]));
    for (const { arn } of estate.principals) this.shown.set(showSymbols(arn), arn);
    for (const { arn } of [...estate.principals, ...estate.resources]) {
      for (const [reference] of arn.matchAll(REFERENCE)) this.references.set(showSymbols(reference), reference);
    }
  }

  /** The ARN, symbols and all, of an id as it is shown. */
  arnOf(id: string): PolicyText {
    return this.principals.has(id) ? id : (this.shown.get(id) ?? id);
  }

  principal(arn: PolicyText): AwsPrincipal | undefined {
    return this.principals.get(arn);
  }

  /** A text in which people wrote references as `${LogicalId}`. */
  private textOf(shown: string): PolicyText {
    return shown.includes('${') ? shown.replace(/\$\{[^}]*\}/g, (reference) => this.references.get(reference) ?? reference) : shown;
  }

  /** What becomes of a request of a principal. One that is not known is allowed nothing but what resource policies give it. */
  decide(arn: PolicyText, asked: AccessRequest, missing?: 'absent' | 'unknown'): Decision {
    return this.decideIf(arn, asked, { missing });
  }

  /** What would become of a request if the policies were others. */
  decideIf(arn: PolicyText, asked: AccessRequest, change: Change): Decision {
    const request = { ...asked, resource: this.textOf(asked.resource) };
    const resource = this.policyFor(request);
    const layers = this.layersOf(arn);
    return decide(
      {
        ...layers,
        ...(change.add ? { identity: [...layers.identity, ...change.add] } : {}),
        ...(change.unbounded ? { boundary: undefined } : {}),
        resource: change.resourcePolicy ?? resource.policy,
        rcps: this.estate.rcps?.[resource.account ?? ''],
      },
      { ...request, principal: this.caller(arn), resourceAccount: resource.account, missing: change.missing },
    );
  }

  /** Everything that a principal's own policies and those of known resources allow it. */
  access(arn: PolicyText, change: Pick<Change, 'add' | 'unbounded'> = {}): EffectiveAccess {
    const known = this.layersOf(arn);
    const identity = change.add ? [...known.identity, ...change.add] : known.identity;
    const layers = { ...known, identity, ...(change.unbounded ? { boundary: undefined } : {}) };
    const caller = this.caller(arn);
    const own = enumerate(layers, caller);
    const given = this.grantorsOf(caller).map((resource) => enumerateResource(resource, caller, layers));
    return {
      principal: showSymbols(arn),
      entries: [...own.entries, ...given.flatMap(({ entries }) => entries)],
      unknowns: [
        ...new Set([...(this.principals.get(arn)?.unknowns ?? []), ...own.unknowns, ...given.flatMap(({ unknowns }) => unknowns)]),
      ],
    };
  }

  /** The resource that an ARN names, or is part of: the bucket of an object, the table of an index. */
  resourceOf(arn: PolicyText): AwsResource | undefined {
    const exact = this.resources.get(arn);
    if (exact) return exact;
    const [head = [], rest] = cutArn(arn);
    if (rest === undefined) return undefined;
    for (const separator of ['/', ':']) {
      const parts = splitOutsideSymbols(rest, separator);
      while (parts.length > 1) {
        parts.pop();
        const outer = this.resources.get([...head, parts.join(separator)].join(':'));
        if (outer) return outer;
      }
    }
    return undefined;
  }

  private policyFor({ action, resource }: AccessRequest): { readonly policy?: AwsPolicy; readonly account?: PolicyText } {
    if (ASSUME.test(action)) {
      const role = this.principals.get(resource);
      if (role) return { policy: role.trust, account: role.account };
    }
    const named: LocatedResource | undefined = this.resourceOf(resource);
    return { policy: named?.policy, account: named?.account };
  }

  /** Resource and trust policies that may give the caller something. Policies of other accounts add nothing by themselves. */
  private grantorsOf(caller: RequestPrincipal): readonly Grantor[] {
    this.grantors ??= this.allGrantors();
    return this.grantors.filter(({ arn, account, policy }) => {
      if (arn === caller.arn) return false;
      if (account !== undefined && account !== caller.account && !hasSymbol(account + caller.account)) return false;
      if (policy.document.unknowns.length > 0) return true;
      return policy.document.statements.some(({ effect, principals }) => {
        return effect === 'Allow' && (!principals || matchPrincipal(principals, caller).match !== 'no');
      });
    });
  }

  /** Those that name more than services and providers. */
  private allGrantors(): readonly Grantor[] {
    const trusts = this.estate.principals.flatMap(({ arn, trust, account }) => (trust ? [{ arn, policy: trust, account }] : []));
    const policies = this.estate.resources.flatMap(({ arn, policy, account }: LocatedResource) =>
      policy ? [{ arn, policy, account }] : [],
    );
    return [...trusts, ...policies].filter(
      ({ policy: { document } }) => document.unknowns.length > 0 || document.statements.some(namesSomebody),
    );
  }

  private layersOf(arn: PolicyText): Omit<RequestLayers, 'resource'> {
    const known = this.layers.get(arn);
    if (known) return known;
    const principal = this.principals.get(arn);
    const groups = (principal?.groups ?? []).flatMap((group) => this.principals.get(group)?.policies ?? []);
    const made = {
      identity: [...(principal?.policies ?? []), ...groups],
      boundary: principal?.boundary,
      scps: this.estate.scps?.[principal?.account ?? ''],
    };
    this.layers.set(arn, made);
    return made;
  }

  /** A principal as a request names it. */
  callerOf(arn: PolicyText): RequestPrincipal {
    return this.caller(arn);
  }

  private caller(arn: PolicyText): RequestPrincipal {
    const principal = this.principals.get(arn);
    if (principal && principal.kind !== 'group') {
      // Of a role that is made elsewhere, the tags are not known.
      const elsewhere = principal.kind === 'role' && principal.trust === undefined;
      return { arn, account: principal.account, kind: principal.kind, tags: elsewhere ? undefined : principal.tags };
    }
    const account = splitOutsideSymbols(arn, ':')[4] ?? '';
    if (/:root$/.test(arn)) return { arn, account, kind: 'root' };
    if (/:user\//.test(arn)) return { arn, account, kind: 'user' };
    return { arn, account, kind: arn.startsWith('arn:') ? 'role' : 'service' };
  }
}

/** How a principal's policies would be others. */
export interface Change {
  readonly missing?: 'absent' | 'unknown' | undefined;
  /** Identity policies that it would have too. @default [] */
  readonly add?: readonly AwsPolicy[];
  /** Whether it would have no boundary. @default false */
  readonly unbounded?: boolean;
  /** In place of the resource's own policy. @default - its own */
  readonly resourcePolicy?: AwsPolicy;
}

function namesSomebody({ effect, principals }: PolicyStatement): boolean {
  if (effect === 'Deny') return false;
  return !principals || principals.any || principals.negated || principals.aws.length + principals.canonical.length > 0;
}

/** A policy of something that can be named. */
export interface Grantor {
  readonly arn: PolicyText;
  readonly policy: AwsPolicy;
  readonly account?: PolicyText;
}

/** The first five parts of an ARN, and the rest. */
function cutArn(arn: PolicyText): readonly [readonly string[], string | undefined] {
  const parts = splitOutsideSymbols(arn, ':');
  return parts.length > 5 ? [parts.slice(0, 5), parts.slice(5).join(':')] : [parts, undefined];
}
