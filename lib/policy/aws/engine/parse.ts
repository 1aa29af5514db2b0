import type { AccessOrigin } from '../../../core/review/access';
import { notAPolicy } from '../../../core/review-errors';
import type { ConditionTest, PolicyDocument, PolicyStatement, PrincipalClause } from '../model';
import { parseOperator } from './operators';

type Json = Readonly<Record<string, unknown>>;

/** Where a policy was found; each statement adds its own place. */
export type PolicyOrigin = Omit<AccessOrigin, 'statement'> & {
  /** As a person would find it: `inline policy 'Read' of role 'reader'`. */
  readonly name: string;
};

const STATEMENT_KEYS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition'];

/**
 * Reads the JSON of a policy. Strings may hold symbols.
 *
 * A statement that cannot be read is left out and listed in `unknowns`, so that nothing is proven of what the policy takes part in.
 * @throws AgenticIamError for what is no policy at all
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(json: unknown, origin: PolicyOrigin): PolicyDocument {
  const policy = typeof json === 'string' ? parseText(json, origin.name) : json;
  if (!isObject(policy)) throw notAPolicy(origin.name, policy);
  const { Statement: found } = policy;
  if (found === undefined) throw notAPolicy(origin.name, policy);
  const unknowns: string[] = [];
  const statements: PolicyStatement[] = [];
  for (const [index, one] of (Array.isArray(found) ? found : [found]).entries()) {
    const reader = new StatementReader(one, { origin, index, unknowns });
    const statement = reader.read();
    if (statement) statements.push(statement);
  }
  // AWS reads a policy without a version, and one of any other version, by the older rules, which know no variables.
  return { version: policy['Version'] === '2012-10-17' ? '2012-10-17' : '2008-10-17', statements, unknowns };
}

function parseText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAPolicy(name, text);
  }
}

/** Reads one statement, and says what it could not read. */
class StatementReader {
  private readonly place: string;

  constructor(
    private readonly json: unknown,
    private readonly at: { readonly origin: PolicyOrigin; readonly index: number; readonly unknowns: string[] },
  ) {
    const sid = isObject(json) && typeof json['Sid'] === 'string' && json['Sid'] !== '' ? ` (Sid ${json['Sid']})` : '';
    this.place = `${at.origin.name} statement ${at.index + 1}${sid}`;
  }

  read(): PolicyStatement | undefined {
    const { json } = this;
    if (!isObject(json)) return this.unreadable('is not an object');
    const effect = json['Effect'];
    if (effect !== 'Allow' && effect !== 'Deny') return this.unreadable("has no Effect of 'Allow' or 'Deny'");
    const odd = Object.keys(json).filter((key) => !STATEMENT_KEYS.includes(key));
    if (odd.length > 0) return this.unreadable(`has elements that no policy has: ${odd.join(', ')}`);
    const actions = this.texts('Action');
    const notActions = this.texts('NotAction');
    const resources = this.texts('Resource');
    const notResources = this.texts('NotResource');
    if ((actions === undefined) === (notActions === undefined)) return this.unreadable('needs either Action or NotAction');
    if (resources && notResources) return this.unreadable('has both Resource and NotResource');
    const principals = this.principals();
    const conditions = this.conditions();
    if (principals === 'odd' || conditions === 'odd' || [actions, notActions, resources, notResources].includes('odd')) return undefined;
    const { name: _, ...origin } = this.at.origin;
    return {
      effect,
      ...(typeof json['Sid'] === 'string' && json['Sid'] !== '' && { sid: json['Sid'] }),
      ...(isList(actions) && { actions }),
      ...(isList(notActions) && { notActions }),
      ...(isList(resources) && { resources }),
      ...(isList(notResources) && { notResources }),
      ...(principals && { principals }),
      conditions,
      origin: { ...origin, statement: this.place },
    };
  }

  private unreadable(why: string): undefined {
    this.at.unknowns.push(`${this.place} ${why}, so it is not understood.`);
  }

  private texts(key: string): readonly string[] | 'odd' | undefined {
    const value = (this.json as Json)[key];
    if (value === undefined) return undefined;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.every((one): one is string => typeof one === 'string')) return list;
    this.unreadable(`has a ${key} that is not text`);
    return 'odd';
  }

  private principals(): PrincipalClause | 'odd' | undefined {
    const { Principal: is, NotPrincipal: isNot } = this.json as Json;
    const value = is ?? isNot;
    if (value === undefined) return undefined;
    const negated = is === undefined;
    if (value === '*') return { negated, any: true, aws: [], service: [], federated: [], canonical: [] };
    if ((is !== undefined && isNot !== undefined) || !isObject(value)) {
      this.unreadable('has a Principal that cannot be read');
      return 'odd';
    }
    const kinds: Record<string, string[]> = { AWS: [], Service: [], Federated: [], CanonicalUser: [] };
    for (const [kind, ids] of Object.entries(value)) {
      const list: readonly unknown[] = Array.isArray(ids) ? ids : [ids];
      // An account id that was written as a number is an account id all the same.
      const texts = list.map((one) => (typeof one === 'number' ? String(one) : one));
      if (!kinds[kind] || !texts.every((one): one is string => typeof one === 'string')) {
        this.unreadable(`has a Principal of a kind that cannot be read: ${kind}`);
        return 'odd';
      }
      kinds[kind] = texts;
    }
    const { AWS: aws = [], Service: service = [], Federated: federated = [], CanonicalUser: canonical = [] } = kinds;
    return { negated, any: aws.includes('*'), aws: aws.filter((one) => one !== '*'), service, federated, canonical };
  }

  private conditions(): ConditionTest[] | 'odd' {
    const block = (this.json as Json)['Condition'];
    if (block === undefined) return [];
    if (!isObject(block)) return this.oddCondition();
    const tests: ConditionTest[] = [];
    for (const [operator, keys] of Object.entries(block)) {
      if (!isObject(keys) || !parseOperator(operator)) return this.oddCondition();
      for (const [key, value] of Object.entries(keys)) {
        const list: readonly unknown[] = Array.isArray(value) ? value : [value];
        if (!list.every((one) => ['string', 'number', 'boolean'].includes(typeof one))) return this.oddCondition();
        tests.push({ operator, key, values: list.map(String) });
      }
    }
    return tests;
  }

  private oddCondition(): 'odd' {
    this.unreadable('has a Condition that cannot be read');
    return 'odd';
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: readonly string[] | 'odd' | undefined): value is readonly string[] {
  return value !== undefined && value !== 'odd';
}
