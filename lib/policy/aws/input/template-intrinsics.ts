import { stableStringify } from '../../../core/json';
import { hasSymbol } from '../../../core/review/glob';
import { splitOutsideSymbols } from './arn';
import { type Fields, fieldsOf, listOf, member, textOf } from './json';
import { referenceTo } from './stack-scope';
import { NO_VALUE, type TemplateValues } from './template-values';

/** Whether an object is a call of an intrinsic function. */
export function isIntrinsic(fields: Fields): boolean {
  const [key, ...others] = Object.keys(fields);
  return key !== undefined && others.length === 0 && (key === 'Ref' || (key.startsWith('Fn::') && key.length > 4));
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export function resolveIntrinsic(values: TemplateValues, fields: Fields): unknown {
  const [name = '', operand] = Object.entries(fields)[0] ?? [];
  const resolver = FUNCTIONS[name];
  return (resolver ? resolver(values, operand) : undefined) ?? undecided(values, name, operand);
}

type Intrinsic = (values: TemplateValues, operand: unknown) => unknown;

const FUNCTIONS: Readonly<Record<string, Intrinsic | undefined>> = {
  Ref: (values, operand) => (typeof operand === 'string' ? reference(values, operand) : undefined),
  'Fn::GetAtt': (values, operand) => {
    const [logicalId, ...attribute] = typeof operand === 'string' ? operand.split('.') : listOf(values.resolve(operand));
    const path = attribute.join('.');
    return typeof logicalId === 'string' && path ? values.attribute(logicalId, path) : undefined;
  },
  'Fn::Join': (values, operand) => {
    const [separator, list] = listOf(operand);
    const parts = values.resolve(list);
    if (typeof separator !== 'string' || !Array.isArray(parts)) return undefined;
    return parts.every((part) => typeof part === 'string' || typeof part === 'number') ? parts.join(separator) : undefined;
  },
  'Fn::Sub': (values, operand) => {
    const [text, map] = Array.isArray(operand) ? operand : [operand, {}];
    return typeof text === 'string' ? substitute(values, text, fieldsOf(map) ?? {}) : undefined;
  },
  'Fn::Select': (values, operand) => {
    const [index, list] = listOf(operand);
    const items = values.resolve(list);
    return Array.isArray(items) ? items[Number(values.resolve(index))] : undefined;
  },
  'Fn::Split': (values, operand) => {
    const [separator, text] = listOf(operand);
    const { value, doubts } = values.read(text);
    // What could itself hold the separator can not be split.
    if (typeof separator !== 'string' || separator === '' || typeof value !== 'string' || doubts.length > 0) return undefined;
    return splitOutsideSymbols(value, separator);
  },
  'Fn::If': (values, operand) => {
    const [condition, yes, no] = listOf(operand);
    const truth = typeof condition === 'string' ? values.condition(condition) : undefined;
    if (truth !== undefined) return values.resolve(truth ? yes : no);
    const first = values.resolve(yes);
    return first !== NO_VALUE && stableStringify(first) === stableStringify(values.resolve(no)) ? first : undefined;
  },
  'Fn::ImportValue': (values, operand) => {
    const name = values.text(operand);
    return name === undefined ? undefined : values.importValue(name);
  },
  'Fn::FindInMap': (values, operand) => {
    const [map, first, second, options] = listOf(operand).map((key) => values.resolve(key));
    const found = [map, first, second].reduce<unknown>(
      (at, key) => (typeof key === 'string' ? member(at, key) : undefined),
      values.template.Mappings,
    );
    const keysKnown = [map, first, second].every((key) => typeof key === 'string' && !hasSymbol(key));
    return found ?? (keysKnown ? member(options, 'DefaultValue') : undefined);
  },
  'Fn::ToJsonString': (values, operand) => JSON.stringify(values.resolve(operand)),
  'Fn::Base64': (values, operand) => {
    const text = values.text(operand);
    return text === undefined || hasSymbol(text) ? undefined : Buffer.from(text).toString('base64');
  },
};

function reference(values: TemplateValues, name: string): unknown {
  const { scope } = values;
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::Partition': scope.partition,
    'AWS::AccountId': scope.account,
    'AWS::Region': scope.region,
    'AWS::StackName': scope.stackName,
    'AWS::StackId': `arn:${scope.partition}:cloudformation:${scope.region}:${scope.account}:stack/${scope.stackName}/${referenceTo(scope.label('AWS::StackId'))}`,
    'AWS::URLSuffix': scope.urlSuffix,
    'AWS::NoValue': NO_VALUE,
  };
  if (Object.hasOwn(pseudo, name)) return pseudo[name];
  const physical = values.physical(name);
  if (physical) return physical.ref;
  const parameter = fieldsOf(member(values.template.Parameters, name));
  if (!parameter) return values.doubt(name, `'${name}' is referred to and is not part of the template.`);
  const allowed = listOf(parameter.AllowedValues);
  if (allowed.length === 1 && typeof allowed[0] === 'string') return allowed[0];
  const type = textOf(parameter.Type) ?? 'String';
  // Values of these types name one resource that exists: CloudFormation checks it.
  if (/^AWS::(EC2|Route53)::/.test(type) && !type.startsWith('List<')) return referenceTo(scope.label(name));
  if (allowed.length > 0 && allowed.every((value) => typeof value === 'string' && !/[*?$]/.test(value)))
    return referenceTo(scope.label(name));
  return values.doubt(name, `The value of parameter '${name}' is only known when it is deployed, and could be a pattern such as '*'.`);
}

/** `${!Literal}` is how a template writes a policy variable. */
function substitute(values: TemplateValues, text: string, map: Fields): string | undefined {
  let whole = true;
  const filled = text.replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
    const name = inner.trim();
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    const value = Object.hasOwn(map, name)
      ? values.resolve(map[name])
      : name.includes('.')
        ? values.resolve({ 'Fn::GetAtt': name })
        : values.resolve({ Ref: name });
    if (typeof value !== 'string' && typeof value !== 'number') whole = false;
    return String(value);
  });
  return whole ? filled : undefined;
}

/** A call that gives no text: a symbol that two equal calls share, and a doubt. */
function undecided(values: TemplateValues, name: string, operand: unknown): string {
  const subject = subjectOf(name, operand);
  const id = `${name.replace('Fn::', '')}(${subject})${operand === undefined ? '' : digest(stableStringify(operand))}`;
  return values.doubt(id, SENTENCES[name]?.(subject) ?? `The value of ${name} is only known when it is deployed.`);
}

const SENTENCES: Readonly<Record<string, ((subject: string) => string) | undefined>> = {
  'Fn::If': (subject) => `What is there depends on condition '${subject}', which is only known when it is deployed.`,
  'Fn::ImportValue': (subject) =>
    `'${subject}' is imported from a stack that was not given, and could be a pattern such as '*'; give that stack's template, too.`,
  'Fn::FindInMap': (subject) => `What map '${subject}' gives is only known when it is deployed.`,
};

function subjectOf(name: string, operand: unknown): string {
  const first = Array.isArray(operand) ? operand[0] : operand;
  return typeof first === 'string' ? first : name === 'Fn::ImportValue' ? 'an export' : '';
}

/** Short and stable, so that equal calls are one symbol and others are not. */
function digest(text: string): string {
  let hash = 5381;
  for (let index = 0; index < text.length; index++) hash = (hash * 33 + text.charCodeAt(index)) >>> 0;
  return `#${hash.toString(36)}`;
}
