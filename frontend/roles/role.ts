import type { CommandSpec } from '../command-line.ts';
import type { ConfigProblem } from '../config/document.ts';
import type { Log } from '../http/log.ts';
import type { ReloadOutcome } from '../http/operations-metrics.ts';
import type { Result } from '../result.ts';
import type { OpenWebUi } from './web-ui-parts.ts';

/** One role of the runtime: how its configuration is read, and how it is started. */
export interface Role<C> {
  readonly spec: CommandSpec;
  /** `kind` of its configuration document. */
  readonly kind: string;
  readonly parse: (document: unknown) => Result<C, readonly ConfigProblem[]>;
  readonly start: (config: C, surroundings: Surroundings) => Promise<RunningRole<C>>;
}

/** What a role gets from the process it runs in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** How files that the configuration names are read. */
  readonly readDocument: (path: string) => Promise<unknown>;
  /** What a web UI is opened with. Absent in programs that hold none. */
  readonly openWebUi?: OpenWebUi | undefined;
}

/** A role at work. */
export interface RunningRole<C> {
  /** Where it listens, by the name of the listener. */
  readonly addresses: Readonly<Record<string, string>>;
  /**
   * Goes on with another configuration: new parts take over once they are ready, and requests under
   * way end with the old ones.
   *
   * @returns The settings that keep their old value until a restart, such as `listener.port`.
   * @throws {Error} If the new parts cannot be made, or are not ready. The old ones stay.
   */
  reconfigure(config: C): Promise<readonly string[]>;
  /** Hears how each attempt to take a changed configuration ended, for its metrics. */
  reloadFinished(outcome: ReloadOutcome): void;
  /** Stops taking work, finishes what is under way, and releases everything. */
  stop(): Promise<void>;
}

/** The options that every role takes. */
export const ROLE_OPTIONS: CommandSpec['options'] = [
  {
    name: 'config',
    value: 'FILE',
    isRequired: true,
    description: 'Configuration, YAML or JSON (the bundles read JSON only).',
  },
  { name: 'check-config', description: 'Check the configuration and exit: 0 right, 1 refused.' },
];
