import type { AccessRequest } from '../../../core/review/access';
import { readable } from '../../../core/review/constraint-values';
import { compileGlob } from '../../../core/review/glob';
import { actionConditionKeys } from '../action-levels';
import facts from '../engine/impossible.json';
import { splitArn } from '../input/arn';
import type { AwsPolicy, ConditionTest } from '../model';

/** What of a request is up to the caller, whatever the action: when and how it is sent. */
const ALWAYS_CHOSEN = new Set(['aws:requestedregion', 'aws:currenttime', 'aws:epochtime', 'aws:useragent', 'aws:referer']);
/** Keys of actions that tell of the resource, of the network or of who asks, and not of what is asked. */
const NEVER_CHOSEN =
  /^(iam:|aws:(source|principal|vpc|resource|called|via|mfa|multi|token|userid|username|federated|is|ec2)|.*(resourcetag|existingobjecttag|viaservice|calleraccount|sourceinstancearn|grantisforawsresource))/;
const REGION = new RegExp(facts.regionShape);
/** The region of a stack that does not say which: as good as any, for what is deployed with the stack. */
const OPEN_REGION = /^\uE000[^\uE000\uE001]*\uE001$/;
/** Requests are made after the day the facts were checked. */
const NOW = `${facts.checked}T12:00:00Z`;
/** Services whose requests go to one region, whatever the caller's. */
const GLOBAL = new Set(['iam', 'organizations', 'sso', 'cloudfront', 'route53']);

/** Most contexts that are tried for one request. */
const MOST = 24;

/**
 * The contexts an attacker can give a request, likeliest first: what every request over TLS carries, and values of the keys that are
 * up to the caller, taken from the conditions that want them. `caller` is what stands for the variables in them: `aws:username`.
 */
export function* contextsFor(
  request: AccessRequest,
  policies: readonly AwsPolicy[],
  caller: Readonly<Record<string, string>> = {},
): Generator<NonNullable<AccessRequest['context']>> {
  // Most requests need nothing more, and a request that says little is easy to read. A condition about how it is sent reads all of it.
  if (!policies.some(saysHowToSend)) yield request.context ?? {};
  const base = { ...plainContext(request), ...request.context };
  yield base;
  const choices = choicesIn(policies, request.action, caller);
  // A resource that is in a region is asked for there.
  if (splitArn(request.resource)?.region) choices.delete('aws:requestedregion');
  for (const key of Object.keys(base)) if (request.context && key in request.context) choices.delete(key.toLowerCase());
  if (choices.size === 0) return;
  let tried = 0;
  const first = Object.fromEntries([...choices.values()].map(({ key, values }) => [key, values[0] ?? '']));
  yield { ...base, ...first };
  for (const { key, values } of choices.values()) {
    for (const value of values) {
      if (++tried > MOST) return;
      yield { ...base, ...first, [key]: value };
      yield { ...base, [key]: value };
    }
  }
}

/** What any request carries that is sent as it should be. */
export function plainContext({ action, resource }: Pick<AccessRequest, 'action' | 'resource'>): NonNullable<AccessRequest['context']> {
  const service = action.slice(0, action.indexOf(':'));
  const region = GLOBAL.has(service) ? 'us-east-1' : (splitArn(resource)?.region ?? '');
  return {
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': NOW,
    'aws:ViaAWSService': 'false',
    'aws:PrincipalIsAWSService': 'false',
    'aws:RequestedRegion': region === '' ? 'us-east-1' : region,
  };
}

const PLAIN = new Set(Object.keys(plainContext({ action: '', resource: '' })).map((key) => key.toLowerCase()));

interface Choice {
  readonly key: string;
  readonly values: string[];
}

const read = new WeakMap<AwsPolicy, readonly Test[]>();

/** Keys that are up to the caller, and the values that statements want of them: for an Allow to hold, and for a Deny not to. */
function choicesIn(policies: readonly AwsPolicy[], action: string, caller: Readonly<Record<string, string>>): Map<string, Choice> {
  const found = new Map<string, Choice>();
  const named = new Set(actionConditionKeys(action).map((key) => key.toLowerCase().replace(/\/.*$/, '/')));
  for (const policy of policies) {
    for (const { effect, test } of testsOf(policy)) {
      const name = test.key.toLowerCase();
      if (!isChosen(name, named)) continue;
      const choice = found.get(name) ?? { key: test.key, values: [] };
      for (const value of wantedBy(test, effect).map((one) => readable(filled(one, caller)))) {
        if (mayBe(name, value, action) && !choice.values.includes(value)) choice.values.push(value);
      }
      if (choice.values.length > 0) found.set(name, choice);
    }
  }
  // Any value will do where one is asked for, but one that another test wants does better.
  for (const { values } of found.values()) if (values[0] === ANY_VALUE && values.length > 1) values.push(values.shift() ?? ANY_VALUE);
  return found;
}

const ANY_VALUE = 'x';
const NEGATIVE = /^(For\w+:)?((String|Arn|Numeric|Date)Not|NotIpAddress)/i;

/** Values with which an Allow holds, or a Deny does not. */
function wantedBy({ operator, values }: ConditionTest, effect: 'Allow' | 'Deny'): readonly string[] {
  const allows = effect === 'Allow';
  if (/^Null/i.test(operator)) return values.some((value) => (value.toLowerCase() === 'true') !== allows) ? [ANY_VALUE] : [];
  if (NEGATIVE.test(operator) === allows) return [];
  const step = /^Numeric(Less|Greater)Than(IfExists)?$/i.exec(operator)?.[1]?.toLowerCase();
  if (!allows || step === undefined) return values;
  return values.map((value) => String(Number(value) + (step === 'less' ? -1 : 1)));
}

/** With what stands for a variable in its place. */
function filled(value: string, caller: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{([^}]*)\}/g, (whole, key: string) => caller[key.toLowerCase()] ?? whole);
}

function isChosen(key: string, named: ReadonlySet<string>): boolean {
  if (ALWAYS_CHOSEN.has(key)) return true;
  if (NEVER_CHOSEN.test(key)) return false;
  return named.has(key.replace(/\/.*$/, '/')) || named.has(key);
}

/** A date that is past does not come again, and a region must be one. */
function mayBe(key: string, value: string, action: string): boolean {
  if (key === 'aws:currenttime') return Date.parse(value) > Date.parse(NOW);
  if (key === 'aws:epochtime') return Number(value) * 1000 > Date.parse(NOW);
  if (key === 'aws:requestedregion') return isRegion(value) && (!GLOBAL.has(action.slice(0, action.indexOf(':'))) || value === 'us-east-1');
  return true;
}

function saysHowToSend(policy: AwsPolicy): boolean {
  return testsOf(policy).some(({ test }) => PLAIN.has(test.key.toLowerCase()));
}

interface Test {
  readonly effect: 'Allow' | 'Deny';
  readonly test: ConditionTest;
}

function testsOf(policy: AwsPolicy): readonly Test[] {
  const known = read.get(policy);
  if (known) return known;
  const made = policy.document.statements.flatMap(({ effect, conditions }) => conditions.map((test) => ({ effect, test })));
  read.set(policy, made);
  return made;
}

/** Regions where the attacker may have to work, as conditions about the region of a request want it. */
export function regionsIn(policies: readonly AwsPolicy[]): readonly string[] {
  const wanted = policies.flatMap((policy) =>
    testsOf(policy).flatMap(({ effect, test }) => (test.key.toLowerCase() === 'aws:requestedregion' ? wantedBy(test, effect) : [])),
  );
  const plain = wanted.flatMap((glob) =>
    isRegion(glob) ? [glob] : COMMON_REGIONS.filter((region) => compileGlob(glob).matches(region) === 'yes').slice(0, 1),
  );
  return [...new Set(plain)].slice(0, MOST_REGIONS);
}

function isRegion(text: string): boolean {
  return REGION.test(text) || OPEN_REGION.test(text);
}

/** Some of those that exist, for patterns. */
const COMMON_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'eu-north-1',
  'ap-southeast-1',
  'ap-northeast-1',
];
const MOST_REGIONS = 4;

/** A tag, and the value that a condition wants of it. */
interface WantedTag {
  readonly key: string;
  readonly value: string;
}

const TAG_OF = { caller: /^aws:principaltag\//i, target: /^(aws|iam):resourcetag\//i };

/** Tags of the caller, or of what it asks for, with which policies would allow more; of each key the first value. */
export function wantedTags(policies: readonly AwsPolicy[], whose: keyof typeof TAG_OF): readonly WantedTag[] {
  const wanted = policies.flatMap((policy) =>
    testsOf(policy).flatMap(({ effect, test }) => {
      const value = TAG_OF[whose].test(test.key) ? wantedBy(test, effect).map(readable)[0] : undefined;
      return value === undefined || value.includes('${') ? [] : [{ key: test.key.slice(test.key.indexOf('/') + 1), value }];
    }),
  );
  return [...new Map([...wanted].reverse().map((one) => [one.key, one])).values()];
}
