import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type TerraformStack, Testing } from 'cdktf';
import type { Construct } from 'constructs';
import { context } from '../../cdk.json';

/** What says, in one synthesised stack, who may become an agent and what it may then do. */
export interface PolicyDocuments {
  readonly trust: Readonly<Record<string, unknown>>;
  readonly inline: Readonly<Record<string, unknown>>;
  readonly managed: Readonly<Record<string, unknown>>;
}

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, never>> };

/** Synthesises a stack as cdk.json would, and takes its policies, by name, or by logical ID where CloudFormation gives the name. */
export function documentsOf(make: (app: Construct) => Stack): PolicyDocuments {
  const template = Template.fromStack(make(new App({ context })));
  const resources = Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);
  const named = (type: string, name: string, document: string): Record<string, unknown> =>
    Object.fromEntries(
      resources.filter(([, { Type }]) => Type === type).map(([id, { Properties }]) => [Properties[name] ?? id, Properties[document]]),
    );
  return {
    trust: named('AWS::IAM::Role', 'RoleName', 'AssumeRolePolicyDocument'),
    inline: named('AWS::IAM::Policy', 'PolicyName', 'PolicyDocument'),
    managed: named('AWS::IAM::ManagedPolicy', 'ManagedPolicyName', 'PolicyDocument'),
  };
}

/** Synthesises a Terraform stack and gives some arguments of its resources of one type, in the order of their names. */
export function resourcesOf(make: (app: Construct) => TerraformStack): (type: string, ...fields: string[]) => Record<string, unknown>[] {
  const { resource } = JSON.parse(Testing.synth(make(Testing.app()), true)) as {
    readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  };
  return (type, ...fields) =>
    Object.entries(resource[type] ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, values]) => Object.fromEntries(fields.filter((field) => field in values).map((field) => [field, values[field]])));
}
