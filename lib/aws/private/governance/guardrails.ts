import { Lazy, Stack, Token } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import type { Construct } from 'constructs';
import { invalidGovernance } from '../../../core/governance-errors';
import facts from '../../catalog/guardrails.json';
import limits from '../../catalog/limits.json';

/** What an organisation forbids the agents of a fleet, wherever they are. */
export interface GuardrailOptions {
  /** Regions that agents may act in, and global services. @default - any */
  readonly regions?: readonly string[];
  /** The organisation, `o-a1b2c3d4e5`: then roles of agents are taken on by its own principals and by services alone. @default - whoever their trust admits */
  readonly organization?: string;
  /** Roles that deploy agents and trails, from `role/` on: `role/cdk-hnb659fds-cfn-exec-role-*`. @default - the execution roles of the CDK's bootstrap */
  readonly deployers?: readonly string[];
}

/** A document of the organisation, with its type. */
export interface GuardrailDocument {
  readonly type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
  readonly content: object;
}

const DEPLOYERS = ['role/cdk-*-cfn-exec-role-*'];
const ROLE = /^role\/[A-Za-z0-9+=,.@_/*-]+$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;

/**
 * The documents for a fleet. They hold in every account that they are attached to, whatever the account itself says, its administrators included; the management
 * account is never bound by one.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function guardrailDocuments(
  fleet: string,
  { regions = [], organization, deployers = DEPLOYERS }: GuardrailOptions,
): readonly GuardrailDocument[] {
  check(fleet, { regions, deployers, ...(organization === undefined ? {} : { organization }) });
  const agents = `arn:*:iam::*:role/agentic-iam/${fleet}/*`;
  const anyAccount = (role: string): string => `arn:*:iam::*:${role}`;
  const byAgents = { ArnLike: { 'aws:PrincipalArn': agents } };
  const butDeployers = { ArnNotLike: { 'aws:PrincipalArn': deployers.map(anyAccount) } };
  const control = {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'NoAdministration', Effect: 'Deny', Action: ['account:*', 'iam:*', 'organizations:*'], Resource: '*', Condition: byAgents },
      {
        Sid: 'HandsOffRecords',
        Effect: 'Deny',
        Action: [
          'cloudtrail:Delete*',
          'cloudtrail:Put*',
          'cloudtrail:Stop*',
          'cloudtrail:Update*',
          'config:Delete*',
          'config:Put*',
          'config:Stop*',
          'logs:Delete*',
          'logs:PutRetentionPolicy',
        ],
        Resource: '*',
        Condition: byAgents,
      },
      {
        Sid: 'NobodyStopsTheTrail',
        Effect: 'Deny',
        Action: ['cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:StopLogging', 'cloudtrail:UpdateTrail'],
        Resource: `arn:*:cloudtrail:*:*:trail/agentic-iam-${fleet}`,
        Condition: butDeployers,
      },
      {
        Sid: 'NobodyUnbindsAgents',
        Effect: 'Deny',
        Action: ['iam:DeleteRolePermissionsBoundary', 'iam:PutRolePermissionsBoundary'],
        Resource: agents,
        Condition: { ArnNotLike: { 'aws:PrincipalArn': [...deployers, 'role/agentic-iam-governor/*'].map(anyAccount) } },
      },
      ...(regions.length > 0
        ? [
            {
              Sid: 'OnlyInRegions',
              Effect: 'Deny',
              NotAction: facts.globalServices.prefixes.map((prefix) => `${prefix}:*`),
              Resource: '*',
              Condition: { ...byAgents, StringNotEquals: { 'aws:RequestedRegion': regions } },
            },
          ]
        : []),
    ],
  };
  const resource = organization && {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OnlyOurs',
        Effect: 'Deny',
        Principal: '*',
        Action: ['sts:AssumeRole'],
        Resource: agents,
        Condition: {
          StringNotEqualsIfExists: { 'aws:PrincipalOrgID': organization },
          BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
        },
      },
    ],
  };
  const documents: GuardrailDocument[] = [
    { type: 'SERVICE_CONTROL_POLICY', content: control },
    ...(resource ? [{ type: 'RESOURCE_CONTROL_POLICY', content: resource } as const] : []),
  ];
  for (const { type, content } of documents) checkSize(fleet, type, content);
  return documents;
}

function check(fleet: string, { regions = [], organization, deployers = [] }: GuardrailOptions): void {
  const what = `guardrails of fleet '${fleet}'`;
  const known = (value: string): boolean => Token.isUnresolved(value);
  const region = regions.find((one) => !known(one) && !REGION.test(one));
  if (region !== undefined)
    throw invalidGovernance(what, { rule: "need 'regions' by their names", value: region, fix: "write for example 'eu-central-1'" });
  const role = deployers.find((one) => !ROLE.test(one));
  if (role !== undefined)
    throw invalidGovernance(what, {
      rule: "need 'deployers' by their ARN without the account, from 'role/' on",
      reason: 'a policy of the organisation holds in every account',
      value: role,
      fix: "write for example 'role/cdk-hnb659fds-cfn-exec-role-*'",
    });
  if (organization !== undefined && !known(organization) && !ORGANIZATION.test(organization))
    throw invalidGovernance(what, { rule: "need 'organization' by its id", value: organization, fix: "write it like 'o-a1b2c3d4e5'" });
}

function checkSize(fleet: string, type: string, content: object): void {
  const size = JSON.stringify(content).length;
  const { longest } = limits.organizationPolicy;
  if (size > longest)
    throw invalidGovernance(`guardrails of fleet '${fleet}'`, {
      rule: `must fit into a ${type} of ${longest} characters`,
      value: size,
      fix: 'name fewer regions or deployers',
    });
}

/** Policies of the organisation, attached; in a stack that may: that of the management account or of a delegated administrator. */
export function attachGuardrails(
  scope: Construct,
  fleet: string,
  { attachTo, ...options }: GuardrailOptions & { readonly attachTo: readonly string[] },
): void {
  if (attachTo.length === 0)
    throw invalidGovernance(`guardrails of fleet '${fleet}'`, {
      rule: "need 'attachTo'",
      reason: 'a policy that is attached to nothing forbids nothing',
      fix: 'name accounts, organisational units or the root',
    });
  for (const { type, content } of guardrailDocuments(fleet, options)) {
    const short = type === 'SERVICE_CONTROL_POLICY' ? 'control' : 'resource';
    new CfnPolicy(scope, short, {
      name: `agentic-iam-${fleet}-${short}`,
      type,
      description: `What no agent of fleet ${fleet} may do, wherever it is`,
      content: Lazy.any({ produce: () => Stack.of(scope).resolve(content) as object }),
      targetIds: [...attachTo],
    });
  }
}
