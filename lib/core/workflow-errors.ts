import { AgenticIamError } from './errors';

export const stepWithoutAction = (workflow: string): AgenticIamError =>
  new AgenticIamError({
    code: 'empty-step',
    subject: `workflow '${workflow}'`,
    rule: 'needs at least one action in each step',
    reason: 'a step without an action can never occur',
    fix: "name an action, for example 'invoices:read'",
  });

export const noStepYet = (workflow: string, method: string): AgenticIamError =>
  new AgenticIamError({
    code: 'no-step-yet',
    subject: `workflow '${workflow}'`,
    rule: `needs a step before '${method}()'`,
    reason: 'it says how often the last step occurs',
    fix: `call step() first, then ${method}()`,
  });

export const invalidAnyOrder = (workflow: string, actions: readonly string[], most: number): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-any-order',
    subject: `workflow '${workflow}'`,
    rule: `must have 2 to ${most} different actions in any order`,
    reason: 'one alone has no order, and of more no order is left that could be watched',
    value: actions,
    fix: 'split them into several steps, or let those that may always come be anytime()',
  });

export const repeatedAnyOrder = (workflow: string, actions: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'repeated-any-order',
    subject: `workflow '${workflow}'`,
    rule: 'must not repeat a step that is in any order',
    reason: 'where one round ends and the next begins could not be told',
    value: actions,
    fix: 'let the actions be anytime(), or declare the round as a workflow of its own',
  });

const SCOPE_RULES = {
  regions: ['must be names of regions', "write them as the cloud does, for example 'eu-central-1'"],
  networks: ['must be address ranges in CIDR notation', "write for example '10.20.0.0/16'"],
} as const;

export const invalidScope = (field: keyof typeof SCOPE_RULES, value: unknown): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-scope',
    subject: `scope.${field}`,
    rule: SCOPE_RULES[field][0],
    reason: 'a value that matches no record would make every call look as if it came from outside',
    value,
    fix: SCOPE_RULES[field][1],
  });
