import type { ControlException, GovernanceTarget, Part } from './record';

/** Whom a resource serves, and with what. */
export type Claim = Pick<Part, 'control' | 'cloud' | 'fleet' | 'agent'>;

/** What the constructs under one root say of governance. Keyed by the root object, which the core never looks into. */
export class GovernanceBook {
  private static readonly byRoot = new WeakMap<object, GovernanceBook>();

  /** The book of a root; made at the first call. */
  static of(root: object): GovernanceBook {
    const known = GovernanceBook.byRoot.get(root) ?? new GovernanceBook();
    GovernanceBook.byRoot.set(root, known);
    return known;
  }

  readonly targets: GovernanceTarget[] = [];
  readonly exceptions: ControlException[] = [];
  private readonly claims = new Map<string, Claim>();

  /** Says what the resources at and below a construct path serve. */
  claim(path: string, claim: Claim): void {
    this.claims.set(path, claim);
  }

  /**
   * Says it for several children of a construct at once.
   * @param controls control by path below the construct; the empty path is the construct itself
   */
  claimAll(path: string, whom: Omit<Claim, 'control'>, controls: Readonly<Record<string, string>>): void {
    for (const [below, control] of Object.entries(controls)) this.claim(below === '' ? path : `${path}/${below}`, { ...whom, control });
  }

  /** What a resource at a construct path serves: what is said of the nearest construct above it; undefined where it is not the library's. */
  claimFor(path: string): Claim | undefined {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const claim = this.claims.get(at);
      if (claim) return claim;
    }
    return undefined;
  }
}
