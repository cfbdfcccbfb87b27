import { Fault } from '../fault.ts';
import type { Log } from './log.ts';
import { inspectStores, type StoreRules, type UpstreamFinding } from './upstream-inspection.ts';
import type { UpstreamInspector } from './upstream.ts';

/**
 * How the upstream is. `waiting`: it has not answered yet. `away`: it has answered before, and no
 * longer does. `unsafe`: its stores make scoped queries mean something else.
 */
export type UpstreamState = 'waiting' | 'reachable' | 'away' | 'unsafe';

/**
 * Inspections in a row that have to fail before the upstream counts as away: one lost connection is
 * no outage. A single one that succeeds ends it.
 */
export const FAILURES_UNTIL_AWAY = 3;

/** Keeps in mind how the upstream is. Whoever owns it calls {@link UpstreamWatch.check}. */
export class UpstreamWatch {
  readonly #inspector: UpstreamInspector;
  readonly #rules: StoreRules;
  readonly #log: Log;
  #findings: readonly UpstreamFinding[] | undefined;
  #failures = 0;
  #faultCode: string | undefined;
  #logged = 'reachable';

  constructor(inspector: UpstreamInspector, rules: StoreRules, log: Log) {
    this.#inspector = inspector;
    this.#rules = rules;
    this.#log = log;
  }

  /** What was found stays until an inspection shows that it is gone. */
  get findings(): readonly UpstreamFinding[] {
    return this.#findings ?? [];
  }

  /** How the upstream is. */
  get state(): UpstreamState {
    if (this.#findings === undefined) return 'waiting';
    if (this.#findings.length > 0) return 'unsafe';
    return this.#failures < FAILURES_UNTIL_AWAY ? 'reachable' : 'away';
  }

  /** What stands in the way: the findings, or the code of the fault of the last inspection. */
  get reason(): string | undefined {
    switch (this.state) {
      case 'reachable':
        return undefined;
      case 'unsafe':
        return this.findings.join(',');
      default:
        return this.#faultCode;
    }
  }

  /** Inspects the upstream once. It never rejects. */
  async check(): Promise<void> {
    const error = await this.#inspect();
    const { state, reason } = this;
    // A line when something begins and when it ends, however often it is looked at meanwhile.
    const story = [state, reason].join(' ').trim();
    if (story === this.#logged) return;
    this.#logged = story;
    this.#log(LEVELS[state], `upstream_${state}`, { reason, error });
  }

  async #inspect(): Promise<unknown> {
    try {
      const { stores } = await this.#inspector.inspect();
      const findings = stores === undefined ? [] : inspectStores(stores.document, this.#rules);
      if (findings === undefined) {
        throw new Fault('upstream_unexpected', 'read the list of stores, whose form is unknown');
      }
      this.#findings = findings;
      this.#failures = 0;
      return undefined;
    } catch (error) {
      this.#failures += 1;
      this.#faultCode = error instanceof Fault ? error.code : 'defect';
      return error;
    }
  }
}

const LEVELS = { waiting: 'warn', reachable: 'info', away: 'warn', unsafe: 'error' } as const;
