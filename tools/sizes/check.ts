import type { SourceFile } from './files';

/** One place that breaks a rule. */
export interface Problem {
  /** `file:line`, relative to the project. */
  readonly where: string;
  readonly message: string;
}

/** What one rule measured. */
export interface Measured {
  /** What is measured, as the table shows it. */
  readonly rule: string;
  /** The limit, as text. */
  readonly limit: string;
  /** The figure found, as text. */
  readonly found: string;
  readonly problems: readonly Problem[];
}

/** A rule over the files of the project. */
export type SizeRule = (files: readonly SourceFile[]) => Measured[];
