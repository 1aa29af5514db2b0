import catalog from './resource-types.json';

/** What is known of a resource type. Members are explained in the catalog. */
export interface ResourceShape {
  readonly arn: string;
  readonly name?: string;
  readonly ref?: string;
  readonly atts?: Readonly<Record<string, string>>;
  readonly role?: readonly string[];
  readonly policy?: readonly string[];
  readonly holdsCredentials?: boolean;
}

const TYPES: Readonly<Record<string, ResourceShape>> = catalog.types;

/** What is known of a CloudFormation type, or undefined. */
export function resourceShape(type: string): ResourceShape | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

/** Services whose names may hold slashes. */
const SLASHED = /:(ssm|logs|secretsmanager|ecr):/;

/** Forms of ARN as patterns, most particular first, so that a type can be told from an ARN. */
const FORMS: readonly { readonly type: string; readonly pattern: RegExp }[] = Object.entries(TYPES)
  .filter(([, { arn }]) => arn.startsWith('arn:'))
  .map(([type, { arn }]) => ({ type, literal: arn.replace(/\{[^}]*\}/g, '').length, pattern: patternOf(arn) }))
  .sort((a, b) => b.literal - a.literal);

/** The CloudFormation type that an ARN is of, or undefined where no form fits. */
export function typeOfArn(arn: string): string | undefined {
  return FORMS.find(({ pattern }) => pattern.test(arn))?.type;
}

function patternOf(arn: string): RegExp {
  const name = SLASHED.test(arn) ? '.+' : '[^:/]+';
  const source = arn
    .replace('{path}{name}', '/{slashed}')
    .split(/(\{[^}]*\})/)
    .map((part) => {
      if (part === '{slashed}') return '.+';
      if (part === '{name}') return name;
      return part.startsWith('{') ? '[^:/]*' : part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`);
}
