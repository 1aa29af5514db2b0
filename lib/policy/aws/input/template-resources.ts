import { showSymbols } from '../../../core/review/glob';
import type { AwsPolicy, PolicyText } from '../model';
import { splitOutsideSymbols } from './arn';
import { type Fields, follow, member, tagsOf } from './json';
import catalog from './policy-types.json';
import { readPolicy } from './read-policy';
import { resourceShape } from './resource-types';
import { roleOf } from './runs-as';
import type { StackScope } from './stack-scope';
import type { TemplateReading, TemplateResource } from './template';

/** A type that puts a policy on another resource; see the catalog. */
interface PolicyType {
  readonly target: string;
  readonly of?: string;
  readonly document: string;
}

const POLICY_TYPES: Readonly<Record<string, PolicyType>> = catalog.types;

/** Identities, and parts of a network that no policy is about. */
const NOT_RESOURCES = /^AWS::(IAM::|EC2::(VPC|Subnet|SecurityGroup)|Lambda::(Version|Alias|EventSourceMapping))/;

/** Reads the resources that have a name, what they run as, and the policies on them; after principals and attachments. */
export function readResources(template: TemplateReading): void {
  for (const resource of template.resources) readResource(template, resource);
  for (const [type, policyType] of Object.entries(POLICY_TYPES)) {
    for (const resource of template.ofType(type)) readPolicyOn(template, resource, policyType);
  }
  for (const resource of template.ofType('AWS::Lambda::Permission')) readPermission(template, resource);
  for (const resource of template.ofType('AWS::Events::EventBusPolicy')) readBusPolicy(template, resource);
}

function readResource(template: TemplateReading, resource: TemplateResource): void {
  const { physical, properties, construct } = resource;
  const { shape, arn, type } = physical;
  if (!shape || !arn || NOT_RESOURCES.test(type)) return;
  template.draft.resource({
    arn,
    type,
    construct,
    source: template.input.file,
    account: template.account,
    role: runsAs(template, resource),
    policy: ownPolicy(template, resource),
    tags: tagsOf(template.values.read(member(properties, 'Tags')).value),
  });
}

function runsAs(template: TemplateReading, resource: TemplateResource): PolicyText | undefined {
  const { draft, values } = template;
  if (resource.physical.type === 'AWS::ECS::Service') {
    const task = template.text(resource, 'TaskDefinition');
    const definition = template.ofType('AWS::ECS::TaskDefinition').find(({ physical }) => physical.ref === task);
    return definition && runsAs(template, definition);
  }
  for (const path of resource.physical.shape?.role ?? []) {
    const given = template.text(resource, path);
    if (given !== undefined) return roleOf(draft, given, values.scope);
  }
  return undefined;
}

function ownPolicy(template: TemplateReading, resource: TemplateResource): AwsPolicy | undefined {
  const { physical, properties } = resource;
  for (const path of physical.shape?.policy ?? []) {
    const { value, doubts } = template.values.read(follow(properties, path));
    if (value !== undefined) return readPolicy(value, { ...template.place(resource, 'resource'), name: title(physical.arn), doubts });
  }
  if (!physical.type.startsWith('AWS::KMS::')) return undefined;
  // A key without a policy of its own gets one that leaves all to the account's own policies.
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  const { partition, account } = template.values.scope;
  const Principal = { AWS: `arn:${partition}:iam::${account}:root` };
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }] };
  return physical.type === 'AWS::KMS::Alias'
    ? undefined
    : readPolicy(document, { ...template.place(resource, 'resource'), name: title(physical.arn) });
}

function readPolicyOn(template: TemplateReading, resource: TemplateResource, { target, of, document }: PolicyType): void {
  const { value, doubts } = template.values.read(follow(resource.properties, document));
  for (const named of template.texts(resource, target)) {
    const arn = arnOf(template, named, of);
    put(template, resource, { arn, type: of, value, doubts });
  }
}

interface FoundPolicy {
  readonly arn: PolicyText;
  readonly type?: string;
  readonly value: unknown;
  readonly doubts: readonly string[];
}

function put(template: TemplateReading, resource: TemplateResource, { arn, type = '', value, doubts }: FoundPolicy): void {
  const allDoubts = [...doubts, ...template.existence(resource)];
  const policy = readPolicy(value, { ...template.place(resource, 'resource'), name: title(arn), doubts: allDoubts });
  template.draft.resource({ arn, type, policy, source: template.input.file, account: template.account });
}

/** The ARN of what a policy resource names by ARN, by `Ref`, or by plain name. */
function arnOf(template: TemplateReading, named: string, type: string | undefined): PolicyText {
  const local = template.resources.find(({ physical }) => physical.arn && (physical.ref === named || physical.arn === named));
  if (local?.physical.arn) return local.physical.arn;
  if (named.startsWith('arn:')) return named;
  const name = named.startsWith('https://') ? (named.split('/').at(-1) ?? named) : named;
  return arnOfName(type, name, template.values.scope);
}

/** The ARN of a resource that is known by its plain name. */
export function arnOfName(type: string | undefined, name: string, { partition, region, account }: StackScope): PolicyText {
  const form = type === undefined ? undefined : resourceShape(type)?.arn;
  if (!form) return name;
  const parts: Readonly<Record<string, string>> = { P: partition, R: region, A: account, name };
  return form.replace(/\{(\w+)\}/g, (_, key: string) => parts[key] ?? '');
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
function readPermission(template: TemplateReading, resource: TemplateResource): void {
  const { value, doubts } = template.values.read(resource.properties);
  const text = (key: string): string | undefined => {
    const one = member(value, key);
    return typeof one === 'string' ? one : undefined;
  };
  const [name, principal] = [text('FunctionName'), text('Principal')];
  if (!name || !principal) return;
  const arn = arnOf(template, name.startsWith('arn:') ? name : (splitOutsideSymbols(name, ':')[0] ?? name), 'AWS::Lambda::Function');
  const equal = { 'AWS:SourceAccount': text('SourceAccount'), 'aws:PrincipalOrgID': text('PrincipalOrgID') };
  const Condition: Fields = {
    ...when('ArnLike', { 'AWS:SourceArn': text('SourceArn') }),
    ...when('StringEquals', { ...equal, 'lambda:FunctionUrlAuthType': text('FunctionUrlAuthType') }),
  };
  const statement = {
    Sid: resource.physical.logicalId,
    Effect: 'Allow',
    Principal: principalOf(principal),
    Action: text('Action') ?? 'lambda:InvokeFunction',
    Resource: arn,
    ...(Object.keys(Condition).length > 0 ? { Condition } : {}),
  };
  put(template, resource, { arn, type: 'AWS::Lambda::Function', value: { Version: '2012-10-17', Statement: [statement] }, doubts });
}

function when(operator: string, demands: Readonly<Record<string, string | undefined>>): Fields {
  const made = Object.entries(demands).filter(([, value]) => value !== undefined);
  return made.length > 0 ? { [operator]: Object.fromEntries(made) } : {};
}

function principalOf(principal: string): unknown {
  if (principal === '*') return '*';
  return principal.endsWith('.amazonaws.com') || principal.endsWith('.amazonaws.com.cn') ? { Service: principal } : { AWS: principal };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html */
function readBusPolicy(template: TemplateReading, resource: TemplateResource): void {
  const { value, doubts } = template.values.read(resource.properties);
  const type = 'AWS::Events::EventBus';
  const arn = arnOf(template, template.text(resource, 'EventBusName') ?? 'default', type);
  const Principal = member(value, 'Principal') === '*' ? '*' : { AWS: member(value, 'Principal') };
  const old = { Effect: 'Allow', Principal, Action: member(value, 'Action'), Resource: arn };
  put(template, resource, { arn, type, value: { Version: '2012-10-17', Statement: [member(value, 'Statement') ?? old] }, doubts });
}

function title(arn: PolicyText | undefined): string {
  return `resource policy of '${showSymbols(arn ?? '')}'`;
}
