import type { CleanUpPorts } from '../../../core/governance/clean-up';
import { type CarePorts, Caretaker } from '../../../core/governance/look-after';
import type { AzureApi } from '../azure-api';
import type { Vaults } from '../key-vault';
import { driftOf } from './drift';
import type { ExpectedAgent, ExpectedSetting } from './expected';
import { putAway } from './put-away';
import { recordPorts } from './records';
import { repair } from './repair';
import { leftovers, unusedOf } from './tidy';

export interface GovernorPorts
  extends Pick<CarePorts<ExpectedAgent>, 'fleet' | 'repair' | 'unusedDays' | 'agents' | 'publish' | 'keep' | 'now'> {
  readonly secretDays: number;
  /** Azure Resource Manager. */
  readonly arm: AzureApi;
  /** The API of log queries. */
  readonly logs: AzureApi;
  /** Resource id of the workspace with the calls. */
  readonly workspace: string;
  readonly settings: () => Promise<readonly ExpectedSetting[]>;
  /** Where it is known what earlier sweeps found, and vaults with secrets of agents. @default - what was forgotten is told, and left */
  readonly cleanUp?: Pick<CleanUpPorts<ExpectedAgent>, 'recall' | 'remember'> & { readonly vaults: Vaults };
}

/** What the function does by the clock. */
export interface Handlers {
  /** Compares agents with what was synthesised. */
  readonly compare: () => Promise<void>;
  /** Looks for unused access, old credentials and orphaned identities. */
  readonly tidy: () => Promise<void>;
  /** Looks whether calls are still recorded. */
  readonly records: () => Promise<void>;
}

export function makeHandlers(ports: GovernorPorts): Handlers {
  const { fleet, arm, logs, workspace, secretDays, unusedDays, cleanUp, ...rest } = ports;
  const caretaker = new Caretaker<ExpectedAgent>({
    ...rest,
    fleet,
    unusedDays,
    driftOf: (agent) => driftOf(arm, agent),
    putBack: (agent, found) => repair(arm, agent, found),
    leftovers: (agents, now) => leftovers(arm, agents, { fleet, now, days: secretDays, vaults: cleanUp?.vaults }),
    unusedOf: (agent) => unusedOf(logs, workspace, { agent, days: unusedDays }),
    ...(cleanUp
      ? {
          cleanUp: {
            ...cleanUp,
            // Each is one blob, which is there or not.
            partial: async () => [],
            putAway: (one, agents) => putAway({ arm, vaults: cleanUp.vaults, keep: rest.keep, now: rest.now }, one, agents),
          },
        }
      : {}),
  });
  const records = recordPorts(arm, ports.settings);
  return { compare: () => caretaker.compare(), tidy: () => caretaker.tidy(), records: () => caretaker.checkRecords(records) };
}
