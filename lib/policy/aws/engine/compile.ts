import { compileGlob, type Glob, type Ternary } from '../../../core/review/glob';
import { allOf, anyOf, not } from '../../../core/review/ternary';
import type { PolicyDocument, PolicyStatement } from '../model';
import { type CompiledTest, compileTest, matchTemplate } from './condition';
import type { RequestView } from './request';
import { settledForAll } from './translate';
import { parseTemplate, staticGlob, type Template } from './variables';

/** A statement, ready to be asked. Principals are asked separately: what naming one means depends on the layer. */
export interface CompiledStatement {
  readonly statement: PolicyStatement;
  readonly tests: readonly StatementTest[];
  readonly action: (view: RequestView) => Ternary;
  readonly resource: (view: RequestView) => Ternary;
  readonly conditions: (view: RequestView) => Ternary;
}

/** A condition test, and what it says of a key that is not known where no value AWS can put there makes a difference. */
export interface StatementTest extends CompiledTest {
  readonly settled?: 'yes' | 'no';
}

/** Whether a test holds for a request. */
export function askTest(test: StatementTest, view: RequestView): Ternary {
  return test.settled !== undefined && view.get(test.key) === 'unknown' ? test.settled : test.evaluate(view);
}

/** A policy, ready to be asked. */
export interface CompiledPolicy {
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
}

const COMPILED = new WeakMap<PolicyDocument, CompiledPolicy>();

/** Compiles a policy once; the result lives as long as the document. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const known = COMPILED.get(document);
  if (known) return known;
  const statements = document.statements.map((statement) => compileStatement(statement, document.version === '2012-10-17'));
  const compiled = {
    allows: statements.filter(({ statement }) => statement.effect === 'Allow'),
    denies: statements.filter(({ statement }) => statement.effect === 'Deny'),
  };
  COMPILED.set(document, compiled);
  return compiled;
}

function compileStatement(statement: PolicyStatement, variables: boolean): CompiledStatement {
  const tests = statement.conditions.map((test): StatementTest => {
    const compiled = compileTest(test, variables);
    return { ...compiled, settled: settledForAll(compiled, variables) };
  });
  return {
    statement,
    tests,
    action: compileActions(statement),
    resource: compileResources(statement, variables),
    conditions: tests.length === 0 ? always : (view) => allOf(tests, (test) => askTest(test, view)),
  };
}

const always = (): Ternary => 'yes';

function compileActions({ actions, notActions }: PolicyStatement): CompiledStatement['action'] {
  const negated = actions === undefined;
  const patterns = actions ?? notActions ?? [];
  if (!negated && patterns.includes('*')) return always;
  const globs = patterns.map((pattern) => compileGlob(pattern.replaceAll('\\', '\\\\'), true));
  return (view) => {
    const answer = matchAny(globs, view.action);
    return negated ? not(answer) : answer;
  };
}

function compileResources({ resources, notResources }: PolicyStatement, variables: boolean): CompiledStatement['resource'] {
  const negated = resources === undefined;
  const patterns = resources ?? notResources;
  // A trust policy has no resource: it is about the role it belongs to.
  if (!patterns || (!negated && patterns.includes('*'))) return always;
  const globs: Glob[] = [];
  const templates: Template[] = [];
  for (const pattern of patterns) {
    const template = parseTemplate(pattern, { wildcards: true, variables });
    const fixed = staticGlob(template);
    if (fixed === undefined) templates.push(template);
    else globs.push(compileGlob(fixed));
  }
  return (view) => {
    let answer = matchAny(globs, view.resource);
    if (answer !== 'yes' && templates.length > 0) {
      const open = anyOf(templates, (template) => matchTemplate(template, { view, value: view.resource, ignoreCase: false }));
      if (open !== 'no') answer = open;
    }
    return negated ? not(answer) : answer;
  };
}

function matchAny(globs: readonly Glob[], value: string): Ternary {
  if (globs.length === 1) return globs[0]?.matches(value) ?? 'no';
  return anyOf(globs, (glob) => glob.matches(value));
}
