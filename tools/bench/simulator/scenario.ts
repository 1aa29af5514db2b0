/** One request and every policy that has a say in it: plain JSON, so that a simulator in another process can be asked the same. */
export interface Scenario {
  readonly id: number;
  readonly principal: {
    readonly kind: 'user' | 'role-session' | 'federated-user' | 'root' | 'service' | 'anonymous';
    readonly arn: string;
    readonly account: string;
  };
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly identity: readonly object[];
  readonly boundary?: object;
  readonly session?: object;
  readonly resourcePolicy?: object;
  /** One inner list for each level of the organisation. */
  readonly scps?: readonly (readonly object[])[];
  readonly rcps?: readonly (readonly object[])[];
}

/** What both engines may answer. */
export type Effect = 'allowed' | 'explicitly-denied' | 'implicitly-denied' | 'depends';

/** What the child process is given. */
export interface Task {
  readonly kind: 'answer' | 'time';
  readonly scenarios: readonly Scenario[];
  /** With `time`: every scenario is asked about each of these. @default - about its own action */
  readonly actions?: readonly string[];
  /** With `time`: how often all is asked. @default 1 */
  readonly rounds?: number;
}

/** What the child process gives back. */
export interface TaskResult {
  /** With `answer`: the answer to each scenario, and the context keys the simulator leaves out because the action has none such. */
  readonly answers: readonly { readonly effect: string; readonly ignored: readonly string[] }[];
  /** With `time`: how many requests of one round are allowed. */
  readonly allowed: number;
  /** Milliseconds that the evaluations took, without start and input. */
  readonly ms: number;
}
