import { shortHash } from '../../../core/names';

/** Name of a thing of the fleet in its resource group. */
export const fleetName = (fleet: string, task: string): string => `agentic-iam-${fleet}-${task}`;

/** Name of something whose name is taken once in the world: small letters and digits, 24 at most. */
export const worldName = (fleet: string, place: string, task: string): string =>
  `aim${task}${shortHash(fleet, place)}`.toLowerCase().slice(0, 24);
