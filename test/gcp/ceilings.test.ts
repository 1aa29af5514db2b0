import { Project } from '@cdktf/provider-google/lib/project';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { CustomRoles } from '../../lib/gcp/private/custom-roles';
import { countOne } from '../../lib/gcp/private/quota';
import { ScopedAgentRole, type ScopedAgentRoleProps } from '../../lib/gcp/scoped-agent-role';
import type { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';
import { inStack, newStack, ofType, PROJECT, resourcesOf } from './identity-stack';

type Ceilings = Pick<ScopedAgentRoleProps, 'denyPolicy' | 'principalAccessBoundary'>;

const BOOKS = AgentResource.bucket({ name: 'books' });
const FENCE = { organization: '1', enforcementVersion: '3' };

function bounded(stack: TerraformStack, name: string, props: Ceilings & { readonly project?: string }): void {
  const { project = PROJECT, ...ceilings } = props;
  const identity = new AgentIdentity(stack, name, { agent: reader({ name }), trust: AgentTrust.attached(), project });
  new ScopedAgentRole(stack, `${name}-role`, { identity, resources: { invoices: BOOKS }, ...ceilings });
}

const madeProject = (stack: TerraformStack): string => new Project(stack, 'P', { name: 'p', projectId: 'made-here' }).projectId;

test('a project of the app can have deny policies: its reference is encoded by the template', () => {
  const stack = newStack();
  bounded(stack, 'reader', { project: madeProject(stack), denyPolicy: true });
  expect(ofType(stack, 'google_iam_deny_policy')[0]?.['parent']).toBe(
    'cloudresourcemanager.googleapis.com%2Fprojects%2F${urlencode(google_project.P.project_id)}',
  );
});

test('an agent of a project of the app can be fenced in, under an id that no run changes', () => {
  const idIn = (): unknown[] => {
    const stack = newStack();
    bounded(stack, 'reader', { project: madeProject(stack), principalAccessBoundary: FENCE });
    const [fence] = ofType(stack, 'google_iam_principal_access_boundary_policy');
    const details = fence?.['details'] as { rules: { resources: string[] }[] } | undefined;
    const resources = details?.rules[0]?.resources;
    expect(manifestOf(stack).agents[0]?.ceiling).toEqual({ onlyWithin: resources });
    return [fence?.['principal_access_boundary_policy_id'], resources];
  };
  expect(idIn()).toEqual(idIn());
  expect(idIn()).toMatchInlineSnapshot(`
[
  "main--reader--6whx7lqnxe",
  [
    "//cloudresourcemanager.googleapis.com/projects/\${google_project.P.project_id}",
  ],
]
`);
});

test.each<[string, NonNullable<Ceilings['principalAccessBoundary']>, string]>([
  [
    'an organization by name',
    { ...FENCE, organization: 'example.com' },
    "agent 'reader' needs 'organization' of its 'principalAccessBoundary' in digits, because Google knows organizations by number, and only a numbered version stays as it is, got: 'example.com'; give the number of the organization [invalid-binding]",
  ],
  [
    'the latest version',
    { ...FENCE, enforcementVersion: 'latest' },
    "agent 'reader' needs 'enforcementVersion' of its 'principalAccessBoundary' in digits, because Google knows organizations by number, and only a numbered version stays as it is, got: 'latest'; give a version, for example '3' [invalid-binding]",
  ],
  [
    'no project',
    { ...FENCE, projects: [] },
    "agent 'reader' needs 'projects' not to be empty, because a fence around nothing stops the agent everywhere; set 'projects' [empty-field]",
  ],
  [
    'a project by number',
    { ...FENCE, projects: ['42'] },
    "'projects' of agent 'reader' must be a project id: 6 to 30 lower-case letters, digits and hyphens, first a letter, because Google knows no other (a project number or name is not its id), got: '42'; use for example 'finance-prod' [invalid-name]",
  ],
])('a fence with %s is refused', (_title, principalAccessBoundary, message) => {
  expect(messageOf(() => bounded(newStack(), 'reader', { principalAccessBoundary }))).toBe(message);
});

test('deny policies and fences are written one after the other', () => {
  const stack = newStack();
  for (const name of ['one', 'two', 'three']) bounded(stack, name, { denyPolicy: true, principalAccessBoundary: FENCE });
  const waits = ['google_iam_deny_policy', 'google_iam_principal_access_boundary_policy', 'google_iam_projects_policy_binding'].map(
    (type) => [
      type,
      Object.entries(resourcesOf(stack)[type] ?? {}).map(([address, made]) => `${address} after ${made['depends_on'] ?? 'none'}`),
    ],
  );
  expect(Object.fromEntries(waits)).toMatchInlineSnapshot(`
{
  "google_iam_deny_policy": [
    "main__one__deny after none",
    "main__three__deny after google_iam_deny_policy.main__two__deny",
    "main__two__deny after google_iam_deny_policy.main__one__deny",
  ],
  "google_iam_principal_access_boundary_policy": [
    "main__one__fence after none",
    "main__three__fence after google_iam_principal_access_boundary_policy.main__two__fence",
    "main__two__fence after google_iam_principal_access_boundary_policy.main__one__fence",
  ],
  "google_iam_projects_policy_binding": [
    "main__one__fence after none",
    "main__three__fence after google_iam_projects_policy_binding.main__two__fence",
    "main__two__fence after google_iam_projects_policy_binding.main__one__fence",
  ],
}
`);
});

test('what a project takes is counted over the stacks of the app, and what has no name by stack', () => {
  const first = newStack('first');
  const second = inStack(first, 'second');
  const make = (stack: TerraformStack, count: number, project?: string): void => {
    for (let index = 0; index < count; index++) {
      CustomRoles.of(stack).nameFor({ fleet: 'prod', permissions: [`storage.objects.get${index}`], ...(project ? { project } : {}) });
    }
  };
  make(first, 200);
  make(second, 200);
  make(first, 200, 'data');
  expect(messageOf(() => make(second, 101, 'data'))).toContain("project 'data' takes at most 300 custom roles");
});

test('a place takes exactly its limit', () => {
  const stack = newStack();
  const one = { what: 'things', where: 'here', local: false, limit: 2 };
  countOne(stack, one);
  countOne(stack, one);
  expect(messageOf(() => countOne(stack, one))).toBe(
    'here takes at most 2 things, because the cloud refuses more, got: 3; remove some, or split the agent [too-many]',
  );
});

test('one access policy takes so many grants to agents and no more', () => {
  const stack = newStack();
  const shared = AgentResource.bucket({ name: 'books', project: 'data' });
  const grant = (index: number): unknown => {
    const agent = reader({ name: `agent-${index}` });
    const email = `${agent.name}@${PROJECT}.iam.gserviceaccount.com`;
    const identity = AgentIdentity.fromIdentityAttributes(stack, agent.name, { agent, project: PROJECT, email });
    return new ScopedAgentRole(stack, `${agent.name}-role`, { identity, resources: { invoices: shared } });
  };
  for (let index = 0; index < 1500; index++) grant(index);
  expect(messageOf(() => grant(1500))).toBe(
    'the access policy of {"bucket":"books","project":"data","type":"storage-bucket"} takes at most 1500 grants, because the cloud refuses more, got: 1501; remove some, or split the agent [too-many]',
  );
});
