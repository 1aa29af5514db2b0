import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { Agent, AgentTrust } from '../../lib/aws';
import { expandActions, isResourceLess } from '../../lib/policy/aws/action-levels';
import { type Allow, allowsOf } from './allows';
import { tasks } from './overgrant-tasks.json';
import { THINGS } from './overgrant-things';
import { exitWith, mean, median, printTable } from './table';

interface Task {
  readonly id: string;
  readonly thing: string;
  readonly capabilities: readonly string[];
  readonly grants: readonly string[];
  /** Action -> page that says so. */
  readonly needed: Readonly<Record<string, string | undefined>>;
}

/** What one side grants for a task. */
interface Side {
  readonly granted: readonly string[];
  readonly missing: readonly string[];
  readonly ratio: number;
  /** Statements on every resource. */
  readonly stars: number;
  /** Actions granted on every resource although they take one. */
  readonly needlessStars: readonly string[];
}

function main(): void {
  const results = (tasks as readonly Task[]).map((task) => ({ task, ...compare(task) }));
  const rows = results.map(({ task, ours, cdk }) => [
    task.id,
    `${Object.keys(task.needed).length}`,
    ...[ours, cdk].flatMap((side) => [`${side.granted.length}`, side.ratio.toFixed(2), `${side.stars}`]),
  ]);
  const heads = ['task', 'needed', 'ours', 'x', '*', 'CDK', 'x', '*'];
  const summary = (name: string, of: (values: readonly number[]) => number) => [
    name,
    '',
    ...(['ours', 'cdk'] as const).flatMap((side) => ['', of(results.map((one) => one[side].ratio)).toFixed(2), '']),
  ];
  printTable(`Actions granted / needed on ${results.length} tasks, wildcards expanded`, heads, [
    ...rows,
    summary('median', median),
    summary('mean', mean),
  ]);
  const ours = results.map((one) => one.ours.ratio);
  const missing = results.flatMap(({ task, ours: side }) => side.missing.map((action) => `${task.id}: ${action}`));
  const stars = results.flatMap(({ task, ours: side }) => side.needlessStars.map((action) => `${task.id}: ${action}`));
  const broken = results.flatMap(({ task, cdk }) => cdk.missing.map((action) => `${task.id}: ${action}`));
  exitWith([
    { goal: 'ours: median 1.0', met: median(ours) === 1, found: median(ours).toFixed(2) },
    { goal: 'ours: mean <= 1.2', met: mean(ours) <= 1.2, found: mean(ours).toFixed(2) },
    { goal: 'ours: no needed action is missing', met: missing.length === 0, found: missing.join(', ') || 'none' },
    { goal: "ours: no '*' for an action that takes a resource", met: stars.length === 0, found: stars.join(', ') || 'none' },
    {
      goal: 'CDK: the grants serve the task, so that the comparison is fair',
      met: broken.length === 0,
      found: broken.join(', ') || 'none',
    },
  ]);
}

/** Synthesises one task both ways, in one stack around the same thing. */
function compare(task: Task): { ours: Side; cdk: Side } {
  const stack = new Stack(new App(), 'Stack');
  const make = THINGS[task.thing];
  if (!make) throw new Error(`task '${task.id}' names the thing '${task.thing}', which overgrant-things.ts does not make`);
  const thing = make(stack);
  const agent = new AgentSpec({
    name: task.id,
    owner: 'bench@example.com',
    purpose: 'shows what a task is granted',
    mode: AgentMode.READ_WRITE,
    capabilities: task.capabilities.map((id) => Capability.of(id, 'thing')),
  });
  const ours = new Agent(stack, 'Ours', { agent, trust: AgentTrust.lambda(), resources: { thing: thing.bind } });
  const theirs = new Role(stack, 'Theirs', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  for (const grant of task.grants) {
    const method = thing.grants[grant];
    if (!method) throw new Error(`task '${task.id}' names ${grant}, which '${task.thing}' does not have`);
    method(theirs);
  }
  const template = Template.fromStack(stack).toJSON();
  const side = (role: Role) => judge(task, allowsOf(template, stack.getLogicalId(role.node.defaultChild as CfnRole)));
  return { ours: side(ours.identity.role), cdk: side(theirs) };
}

function judge(task: Task, allows: readonly Allow[]): Side {
  const granted = [...new Set(allows.flatMap((allow) => allow.actions.flatMap(expandActions)))].sort();
  const needed = Object.keys(task.needed);
  const everywhere = allows.filter((allow) => allow.resources.includes('*'));
  return {
    granted,
    missing: needed.filter((action) => !granted.includes(action)),
    ratio: granted.length / needed.length,
    stars: everywhere.length,
    needlessStars: everywhere.flatMap((allow) => allow.actions.flatMap(expandActions)).filter((action) => !isResourceLess(action)),
  };
}

main();
