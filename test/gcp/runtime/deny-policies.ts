import { failure, type HeardCall, type Part } from './google-server';

export const PLACE = 'organizations/123';

interface Rule {
  readonly description?: string;
  readonly denyRule?: { readonly deniedPrincipals?: readonly string[]; readonly deniedPermissions?: readonly string[] };
}
interface Policy {
  readonly name: string;
  readonly displayName: string;
  readonly kind: 'DenyPolicy';
  readonly etag: string;
  readonly rules: readonly Rule[];
}

/** Permissions that may not be denied, as Google knows them. */
const UNKNOWN = 'unknown.googleapis.com/things.get';

/** Deny policies as Google keeps them: five reads and five writes a minute, each write with the etag that it read. */
export class DenyPolicies {
  /** By the path of a policy. */
  readonly policies = new Map<string, Policy>();
  now: () => number = () => 0;
  readonly reads: number[] = [];
  readonly writes: number[] = [];
  /** How long after a write reads show it. */
  lagSeconds = 0;
  /** Writes that are taken and not carried out, as an operation that fails later. */
  lost = 0;
  /** The most that was asked in any minute: reads, writes. */
  most = { reads: 0, writes: 0 };
  private changes = 0;
  private before: { readonly until: number; readonly policies: Map<string, Policy> } | undefined;

  /** Whether a principal is denied something. */
  stops(id: string, principal: string): boolean {
    const rules = [...this.policies].find(([path]) => path.endsWith(`/${id}`))?.[1].rules ?? [];
    return rules.some(({ denyRule }) => denyRule?.deniedPrincipals?.includes(principal) && (denyRule.deniedPermissions?.length ?? 0) > 0);
  }

  /** What somebody does by hand. */
  edit(id: string, make: (policy: Policy) => Partial<Policy>): void {
    for (const [path, policy] of this.policies)
      if (path.endsWith(`/${id}`)) this.policies.set(path, { ...policy, ...make(policy), etag: this.etag() });
  }

  put(id: string, displayName: string, rules: readonly Rule[]): void {
    const path = `/v2/policies/cloudresourcemanager.googleapis.com/${PLACE}/denypolicies/${id}`;
    this.policies.set(path, { name: path.slice('/v2/'.length), displayName, kind: 'DenyPolicy', etag: this.etag(), rules });
  }

  readonly part: Part = (call) => {
    const { service, method, path } = call;
    if (service !== 'iam' || !path.startsWith('/v2/policies/')) return undefined;
    const reads = method === 'GET';
    if (!this.admit(reads ? 'reads' : 'writes')) return failure(429, 'RESOURCE_EXHAUSTED');
    if (reads) {
      const shown = this.before && this.before.until > this.now() ? this.before.policies : this.policies;
      const found = shown.get(path);
      return found ? { body: found } : failure(404, 'NOT_FOUND');
    }
    if (this.lost > 0) {
      this.lost -= 1;
      return OPERATION;
    }
    const snapshot = new Map(this.policies);
    const answer = this.change(call);
    if (answer.status === undefined) this.before = { until: this.now() + this.lagSeconds, policies: snapshot };
    return answer;
  };

  private change({ method, path, query, body }: HeardCall): { readonly status?: number; readonly body: unknown } {
    const { rules = [] } = body as { readonly rules?: readonly Rule[] };
    if (rules.some(({ denyRule }) => denyRule?.deniedPermissions?.includes(UNKNOWN))) return failure(400, 'INVALID_ARGUMENT');
    const parameters = new URLSearchParams(query);
    if (method === 'POST') {
      const name = `${path}/${parameters.get('policyId')}`;
      if (this.policies.has(name)) return failure(409, 'ALREADY_EXISTS');
      this.policies.set(name, { ...(body as unknown as Policy), name: name.slice('/v2/'.length), kind: 'DenyPolicy', etag: this.etag() });
      return OPERATION;
    }
    const known = this.policies.get(path);
    if (!known) return failure(404, 'NOT_FOUND');
    if ((method === 'DELETE' ? parameters.get('etag') : body['etag']) !== known.etag) return failure(409, 'ABORTED');
    if (method === 'DELETE') this.policies.delete(path);
    else this.policies.set(path, { ...(body as unknown as Policy), etag: this.etag() });
    return OPERATION;
  }

  private admit(what: 'reads' | 'writes'): boolean {
    const within = this[what].filter((at) => at > this.now() - 60);
    this.most = { ...this.most, [what]: Math.max(this.most[what], within.length + 1) };
    if (within.length >= 5) return false;
    this[what].push(this.now());
    return true;
  }

  private etag(): string {
    this.changes += 1;
    return `etag-${this.changes}`;
  }
}

const OPERATION = { body: { name: 'policies/operations/1', done: false, metadata: {} } };
