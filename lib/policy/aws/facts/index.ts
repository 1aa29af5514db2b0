import { AccessLevel } from '../../../core/enums';
import type { ReadKind } from '../../../core/review/access';
import type { ActionFacts } from '../../../core/review/world';
import { actionLevel, expandActions } from '../action-levels';
import reads from './reads.json';
import runs from './runs-code.json';
import telemetry from './telemetry.json';

const CREDENTIALS = new Set(Object.keys(reads.credentials).map((action) => action.toLowerCase()));
const DATA = new Set(reads.data.map((action) => action.toLowerCase()));
const DATA_VERB = new RegExp(`^(Batch)?(${reads.verbs.join('|')})(?![a-z])`);
const RUNS_CODE = new Set(runs.actions.map((action) => action.toLowerCase()));
const TELEMETRY = new Set(telemetry.actions.map((action) => action.toLowerCase()));

/** What is known of the actions of AWS; by exact name, in any case. */
export const AWS_FACTS: ActionFacts = {
  level: actionLevel,
  reads: readKind,
  runsCode: (action) => RUNS_CODE.has(action.toLowerCase()),
  // The last two need no leave, so that having them is nothing.
  leadsOn: (action) => /^sts:(assumerole|tagsession|setsourceidentity|getcalleridentity|getsessiontoken)$/i.test(action),
  isTelemetry: (action) => TELEMETRY.has(action.toLowerCase()),
  get count() {
    count ??= expandActions('*').length;
    return count;
  },
};

let count: number | undefined;

function readKind(action: string): ReadKind {
  const key = action.toLowerCase();
  if (CREDENTIALS.has(key)) return 'credentials';
  if (DATA.has(key)) return 'data';
  const level = actionLevel(action);
  if (level !== AccessLevel.READ && level !== AccessLevel.LIST) return 'metadata';
  return DATA_VERB.test(action.slice(action.indexOf(':') + 1)) ? 'data' : 'metadata';
}
