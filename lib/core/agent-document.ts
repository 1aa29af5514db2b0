import type { AgentLimits, AgentScope } from './agent-spec';
import { AgentSpec } from './agent-spec';
import { Capability } from './capability';
import { tryFindCycle } from './delegation';
import { checkDocument, ProblemCollector } from './document';
import { Duration } from './duration';
import type { AgentMode } from './enums';
import { delegationCycle, duplicateName, unknownDelegate } from './errors';
import type { AgentResponses } from './responses';
import { TaskParameter, TaskTemplate } from './task-template';
import type { ParameterShape } from './task-values';
import type { StepOccurrence } from './workflow';
import { Workflow } from './workflow';

interface TaskDocument {
  readonly name: string;
  readonly allows?: readonly { readonly capability: string; readonly resource: string }[];
  readonly delegatesTo?: readonly string[];
  readonly parameters?: Readonly<Record<string, ParameterShape>>;
  readonly within?: Readonly<Record<string, string>>;
  readonly lastsSeconds?: number;
}

interface WorkflowDocument {
  readonly name: string;
  readonly steps: readonly { readonly oneOf?: readonly string[]; readonly allOf?: readonly string[]; readonly occurs?: StepOccurrence }[];
  readonly anytime?: readonly string[];
}

/** One agent as `agent-spec.schema.json` describes it; `D` is how it names its delegates. */
interface AgentDocument<D> {
  readonly name: string;
  readonly owner: string;
  readonly purpose: string;
  readonly mode: AgentMode;
  readonly capabilities: readonly { readonly capability: string; readonly resource: string }[];
  readonly workflows?: readonly WorkflowDocument[];
  readonly limits?: AgentLimits;
  readonly responses?: AgentResponses;
  readonly scope?: AgentScope;
  readonly maxSessionSeconds?: number;
  readonly delegatesTo?: readonly D[];
  readonly tasks?: readonly TaskDocument[];
}

interface NestedDocument extends AgentDocument<NestedDocument> {}

/** Reads one agent, its sub-agents declared in place. */
export function readAgent(document: unknown): AgentSpec {
  const what = 'the agent document';
  const checked = checkDocument<NestedDocument>(what, 'agent', document);
  const problems = new ProblemCollector();
  const spec = readNested(checked, problems);
  problems.finish(what);
  return spec as AgentSpec;
}

function readNested(document: NestedDocument, problems: ProblemCollector): AgentSpec | undefined {
  const delegates = (document.delegatesTo ?? []).map((child, index) => readNested(child, problems.below(`/delegatesTo/${index}`)));
  return readOne(document, delegates, problems);
}

/** Reads agents that delegate to each other by name, in the order of the document. */
export function readFleet(document: unknown): readonly AgentSpec[] {
  const what = 'the fleet document';
  const { agents } = checkDocument<{ readonly agents: readonly AgentDocument<string>[] }>(what, 'fleet', document);
  const problems = new ProblemCollector();
  checkNames(agents, problems);
  problems.finish(what);

  const byName = new Map(agents.map((agent, index) => [agent.name, { agent, index }]));
  const made = new Map<string, AgentSpec | undefined>();
  const make = (name: string): AgentSpec | undefined => {
    const entry = byName.get(name);
    if (!entry) return undefined;
    if (!made.has(name)) {
      const delegates = (entry.agent.delegatesTo ?? []).map(make);
      made.set(name, readOne(entry.agent, delegates, problems.below(`/agents/${entry.index}`)));
    }
    return made.get(name);
  };
  const specs = agents.map((agent) => make(agent.name));
  problems.finish(what);
  return specs.filter((spec) => spec !== undefined);
}

function checkNames(agents: readonly AgentDocument<string>[], problems: ProblemCollector): void {
  const names = agents.map((agent) => agent.name);
  agents.forEach((agent, index) => {
    problems.attempt(`/agents/${index}/name`, () => {
      if (names.indexOf(agent.name) < index) throw duplicateName(agent.name, `/agents/${names.indexOf(agent.name)}`);
    });
    (agent.delegatesTo ?? []).forEach((child, position) => {
      problems.attempt(`/agents/${index}/delegatesTo/${position}`, () => {
        if (!names.includes(child)) throw unknownDelegate(agent.name, child, [...new Set(names)]);
      });
    });
  });
  problems.attempt('/agents', () => {
    const cycle = tryFindCycle(new Map(agents.map((agent) => [agent.name, agent.delegatesTo ?? []])));
    if (cycle) throw delegationCycle(cycle);
  });
}

function readOne<D>(
  document: AgentDocument<D>,
  delegates: readonly (AgentSpec | undefined)[],
  problems: ProblemCollector,
): AgentSpec | undefined {
  const capabilities = document.capabilities.map(({ capability, resource }, index) =>
    problems.attempt(`/capabilities/${index}`, () => Capability.of(capability, resource)),
  );
  const workflows = (document.workflows ?? []).map((workflow, index) =>
    problems.attempt(`/workflows/${index}`, () => readWorkflow(workflow)),
  );
  const tasks = (document.tasks ?? []).map((task, index) => problems.attempt(`/tasks/${index}`, () => readTask(task)));
  const children = delegates.filter((child) => child !== undefined);
  const complete = children.length === delegates.length;
  if ([...capabilities, ...workflows, ...tasks].includes(undefined)) return undefined;
  // With a delegate missing the rest is still checked, except steps, which may name it.
  const spec = problems.attempt('', () => {
    const { name, owner, purpose, mode, limits, responses, scope, maxSessionSeconds } = document;
    return new AgentSpec({
      name,
      owner,
      purpose,
      mode,
      capabilities: capabilities.filter((one) => one !== undefined),
      workflows: complete ? workflows.filter((one) => one !== undefined) : [],
      delegatesTo: children,
      tasks: complete ? tasks.filter((one) => one !== undefined) : [],
      ...(limits && complete ? { limits } : {}),
      ...(responses ? { responses } : {}),
      ...(scope ? { scope } : {}),
      ...(maxSessionSeconds ? { maxSession: Duration.seconds(maxSessionSeconds) } : {}),
    });
  });
  return complete ? spec : undefined;
}

function readTask({ allows = [], parameters = {}, lastsSeconds, ...rest }: TaskDocument): TaskTemplate {
  return new TaskTemplate({
    ...rest,
    allows: allows.map(({ capability, resource }) => Capability.of(capability, resource)),
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, shape]) => [name, TaskParameter.of(shape)])),
    ...(lastsSeconds === undefined ? {} : { lasts: Duration.seconds(lastsSeconds) }),
  });
}

function readWorkflow({ name, steps, anytime = [] }: WorkflowDocument): Workflow {
  return steps.reduce(
    (workflow, { oneOf = [], allOf, occurs = 'once' }) => {
      const added = allOf ? workflow.allOf(...allOf) : workflow.oneOf(...oneOf);
      const repeated = occurs === 'repeated' || occurs === 'any' ? added.repeated() : added;
      return occurs === 'optional' || occurs === 'any' ? repeated.optional() : repeated;
    },
    Workflow.named(name).anytime(...anytime),
  );
}
