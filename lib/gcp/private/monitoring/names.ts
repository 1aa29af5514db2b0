import { shortHash } from '../../../core/names';

/** Id of an account that works for a fleet: 30 characters at most, and not of the form that agents have. */
export const workerAccountId = (fleet: string, task: string): string => `aim-${task}-${shortHash(fleet)}`.slice(0, 30);

/** Name of a thing of the fleet. */
export const fleetName = (fleet: string, task: string): string => `agentic-iam-${fleet}-${task}`;

/** Name of something whose name is taken once in the world. */
export const worldName = (fleet: string, project: string, task: string): string => `aim-${task}-${shortHash(fleet, project)}`;
