/**
 * What is known of a native action, so far as detection needs it. `changes-access`: changes who may do what. `yields-credentials`: returns
 * something one can log in with. `makes-credentials`: makes credentials that do not expire by themselves. `escalation-step`: a step of a known escalation path. `tampers-with-evidence`: stops, deletes or hides audit
 * records. `takes-identity`: takes on another identity. `free`: needs no permission. `global`: recorded in one region wherever it is called from.
 */
export type ActionTrait =
  | 'changes-access'
  | 'yields-credentials'
  | 'makes-credentials'
  | 'escalation-step'
  | 'tampers-with-evidence'
  | 'takes-identity'
  | 'free'
  | 'global';

/** The facts of one cloud; by exact action, in any case. */
export interface ActionTraits {
  readonly of: (action: string) => readonly ActionTrait[];
}
