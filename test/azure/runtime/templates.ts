// What Azure Resource Manager makes of a template, as far as deny assignments need it.

/** What is denied, as Azure is told. */
export interface Denied {
  readonly denyAssignmentEffect?: string;
  readonly permissions?: readonly { readonly actions?: readonly string[]; readonly dataActions?: readonly string[] }[];
  readonly principals?: readonly { readonly id: string; readonly type: string }[];
  readonly excludePrincipals?: readonly { readonly id: string; readonly type: string }[];
}

/** A deployment of the history. */
export interface Deployed {
  state: 'Running' | 'Succeeded' | 'Failed' | 'Canceled';
  readonly location: string | undefined;
  /** How often it is looked at before it ends. */
  left: number;
  readonly denials: readonly { readonly id: string; readonly denied: Denied }[];
  error?: object;
}

interface Template {
  readonly $schema?: string;
  readonly contentVersion?: string;
  readonly parameters?: Readonly<Record<string, { readonly type?: string }>>;
  readonly resources?: readonly Readonly<Record<string, unknown>>[];
}

const SCHEMAS = {
  subscription: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
  group: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
};
const NAME = /^[-\w.()]{1,64}$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A namespace, then types and names by turns. https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/scope-extension-resources */
const RELATIVE = /^[\w.]+(\/[^/[\]]+\/[^/[\]]+)+$/;

/** Deny assignments that a deployment declares, by their ids; the code of a refusal where it is no deployment. */
export function denialsOf(path: string, body: Readonly<Record<string, unknown>>): Deployed['denials'] | string {
  const [container = '', name = ''] = path.split('/providers/microsoft.resources/deployments/');
  const kind = container.split('/').length === 3 ? 'subscription' : 'group';
  const { location, properties = {} } = body as {
    readonly location?: string;
    readonly properties?: {
      readonly mode?: string;
      readonly template?: Template;
      readonly parameters?: Readonly<Record<string, { readonly value?: string }>>;
    };
  };
  if (!NAME.test(name)) return 'InvalidDeploymentName';
  if ((kind === 'subscription') !== (location !== undefined && location !== '')) return 'LocationRequired';
  const { mode, template = {}, parameters = {} } = properties;
  // What is complete deletes whatever the template does not declare.
  if (mode !== 'Incremental' || template.$schema !== SCHEMAS[kind] || !template.contentVersion) return 'InvalidTemplate';
  const declared = template.parameters ?? {};
  if (Object.keys(declared).sort().join() !== Object.keys(parameters).sort().join()) return 'InvalidTemplate';
  const made = (template.resources ?? []).map((resource) => {
    const isKnown = expressionsOf(resource).every((one) => parameters[one]?.value !== undefined);
    if (!isKnown) return undefined;
    const { type, apiVersion, name: own, scope, properties: denied } = filled(resource, parameters) as Record<string, string | undefined>;
    const isOdd = scope !== undefined && (kind === 'subscription' || !RELATIVE.test(scope));
    if (type !== 'Microsoft.Authorization/denyAssignments' || !apiVersion || !GUID.test(own ?? '') || isOdd) return undefined;
    const at = scope === undefined ? container : `${container}/providers/${scope}`;
    return { id: `${at}/providers/microsoft.authorization/denyassignments/${own}`.toLowerCase(), denied: denied as unknown as Denied };
  });
  const whole = made.flatMap((one) => (one ? [one] : []));
  return whole.length === made.length && whole.length > 0 ? whole : 'InvalidTemplate';
}

/** What the expressions of a template refer to; one that is no reference to a parameter refers to nothing that there is. */
const expressionsOf = (resource: object): readonly string[] =>
  [...JSON.stringify(resource).matchAll(/"(\[(?!\[)[^"]*)"/g)].map(
    ([, text = '']) => /^\[parameters\('(\w+)'\)\]$/.exec(text)?.[1] ?? `odd ${text}`,
  );

/** A value of a template with its references to parameters filled in. */
function filled(value: unknown, parameters: Readonly<Record<string, { readonly value?: string }>>): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, parameters));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, filled(inside, parameters)]));
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  return value.startsWith('[[') ? value.slice(1) : parameters[/'(\w+)'/.exec(value)?.[1] ?? '']?.value;
}

/** https://learn.microsoft.com/en-us/powershell/module/az.resources/new-azdenyassignment says what a user's deny assignment may not hold. */
export function isAllowed({ permissions = [], principals, excludePrincipals }: Denied): boolean {
  const [permission, ...more] = permissions;
  const reads = permission?.actions?.some((action) => action === '*' || action.endsWith('/read')) ?? true;
  const isOne = principals?.length === 1 && principals[0]?.type === 'ServicePrincipal';
  return !reads && more.length === 0 && !permission?.dataActions?.length && isOne && excludePrincipals?.length !== 0;
}
