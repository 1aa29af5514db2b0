import type { ClaimId } from './result';

/** A claim as a rule: what it is called where findings are listed, why it matters, and what to change where it is refuted. */
export interface ClaimRule {
  /** The rule in its good state, after the name of an agent. */
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

/** The rule behind every claim. */
export const CLAIM_RULES: Readonly<Record<ClaimId, ClaimRule>> = {
  'read-only': {
    title: 'reads only',
    why: 'its mode is READ_ONLY, and whoever takes it over must not be able to change or delete anything',
    fix: 'take the action out of the statement that is named, or declare the agent READ_WRITE',
  },
  'no-undeclared-credentials': {
    title: 'reads no credentials but the declared ones',
    why: 'a credential gives whatever it opens, past every boundary of the agent',
    fix: 'declare the secret as a capability, or take the action out of the statement that is named',
  },
  'within-declared': {
    title: 'reaches nothing but what was declared',
    why: 'its purpose, its monitoring and its reviews cover what was declared, and nothing else',
    fix: 'declare a capability for it, or narrow the statement that is named to the declared resources',
  },
  'no-escalation': {
    title: 'cannot get further than it was given',
    why: 'one step to another identity or to new rights makes every limit of the agent worthless',
    fix: 'take one action of the path out of the statement that allows it, or name the exact resource it is meant for',
  },
  'within-delegated': {
    title: 'stays within what was delegated to it',
    why: 'a coordinator that can hand out more than it declared is a way around its own limits',
    fix: 'narrow the statement that is named, or declare what it does in the spec of the sub-agent',
  },
  'nothing-new': {
    title: 'may do nothing that it could not do before',
    why: 'new access is to be seen and wanted before it is deployed',
    fix: 'take the new access out, or list it as allowed',
  },
};
