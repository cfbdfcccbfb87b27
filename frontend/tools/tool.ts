import type { Readable, Writable } from 'node:stream';
import type { CommandSpec, OptionValues } from '../command-line.ts';

/** The streams a tool works on. */
export interface ToolStreams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** One tool for people: what the command line knows of it, and what it does. */
export interface Tool {
  readonly spec: CommandSpec;
  /** Does the work and returns the exit code. */
  readonly run: (options: OptionValues, streams: ToolStreams) => Promise<number>;
}
