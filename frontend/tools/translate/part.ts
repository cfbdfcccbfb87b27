import type { Finding } from './finding.ts';

/** Settings of the query frontend as they stand in the document; those left out have defaults. */
export type Settings = Readonly<Record<string, unknown>>;

/** One part of the configuration, and what is to be said about it. */
export interface Part {
  readonly settings: Settings;
  readonly findings: readonly Finding[];
}
