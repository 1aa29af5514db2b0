import type { MaturityLevel } from '../enums';
import frames from './frames.json';
import ladder from './ladder.json';
import type { ReceiptKind } from './receipts';

/** What a level asks for, of each agent. */
export interface Control {
  /** Name of its file in `lib/core/checks/<level>`. */
  readonly id: string;
  readonly level: MaturityLevel;
  /** The control in its good state. */
  readonly title: string;
  readonly question: string;
  readonly why: string;
  readonly fix: string;
  /** How much there is to do, from 1 (a line of code) to 3 (people outside the team must agree). */
  readonly effort: number;
  /** What kind of receipt shows it. @default - the synthesised output does */
  readonly receipt?: ReceiptKind;
  /** References, by frame. */
  readonly frames: Readonly<Record<string, readonly string[]>>;
}

/** A law, standard or list that controls are mapped to. */
export interface Frame {
  readonly title: string;
  readonly version: string;
  readonly source: string;
  /** Day on which it was looked up. */
  readonly checked: string;
  /** Whether references and titles were read at the source, or at one that repeats it. */
  readonly confirmed: boolean;
  readonly note?: string;
  /** Title by reference. */
  readonly refs: Readonly<Record<string, string>>;
}

/** Every control, lowest level first. */
export const LADDER: readonly Control[] = ladder.controls as unknown as readonly Control[];

/** Frames by id. */
export const FRAMES: Readonly<Record<string, Frame>> = frames.frames as unknown as Readonly<Record<string, Frame>>;
