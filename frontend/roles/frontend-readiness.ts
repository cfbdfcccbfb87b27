import type { AccessObserver } from '../access/access-observer.ts';
import type { RunningAccess } from '../adapters/access-from-config.ts';
import type { Log } from '../http/log.ts';
import type { DependencyReport, ReadinessReport } from '../http/operations-listener.ts';
import type { OperationsMetrics, UpstreamDependency } from '../http/operations-metrics.ts';
import type { UpstreamWatch } from '../http/upstream-watch.ts';

/** Pause between two looks at the dependencies while the frontend is not ready, in milliseconds. */
const CHECK_UNTIL_READY_MS = 1_000;
const CHECK_MS = 10_000;

/** Hears from the reviews themselves how the API server is. */
export class ApiServerHearsay {
  #failingWith: string | undefined;

  /** The code of the fault of the last review, or `undefined` while reviews are answered. */
  get failingWith(): string | undefined {
    return this.#failingWith;
  }

  /** Makes an observer that passes everything on. */
  listenBefore(next: AccessObserver): AccessObserver {
    return {
      ...next,
      reviewFinished: (kind, outcome, seconds) => {
        if (outcome !== 'fault') this.#failingWith = undefined;
        next.reviewFinished(kind, outcome, seconds);
      },
      reviewFaulted: (kind, fault) => {
        this.#failingWith = fault.code;
        next.reviewFaulted(kind, fault);
      },
    };
  }
}

/** What {@link FrontendReadiness} looks at. */
export interface FrontendDependencies {
  readonly access: Pick<RunningAccess, 'ready'>;
  /** Not there: access is decided without an API server. */
  readonly apiServer: ApiServerHearsay | undefined;
  readonly upstream: UpstreamWatch;
  /** Not there: rules come from the upstream of the queries. */
  readonly rulesUpstream?: UpstreamWatch | undefined;
  readonly log: Log;
  readonly metrics: OperationsMetrics;
}

/**
 * Decides whether the pod should get requests.
 *
 * API server and upstream must each have answered once, so that a rollout with a wrong address stops
 * at its first pod. That one of them is away later is reported and changes nothing: all replicas
 * share both, remembered verdicts still serve, and a Service without endpoints would answer worse
 * than a 503 of ours. Stores that mix tenants take the pod out at any time. An upstream of the rules
 * is reported alone: without it queries are answered all the same.
 */
export class FrontendReadiness {
  readonly #dependencies: FrontendDependencies;
  #accessReason: string | undefined = 'not_asked_yet';
  #lastLogged: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(dependencies: FrontendDependencies) {
    this.#dependencies = dependencies;
  }

  /** How everything is, as it was seen last. */
  get report(): ReadinessReport {
    const { upstream, apiServer } = this.#dependencies;
    const hasUpstream = upstream.state === 'reachable' || upstream.state === 'away';
    return {
      isReady: !this.#isStopped && this.#accessReason === undefined && hasUpstream,
      dependencies: [
        ...(apiServer === undefined ? [] : [this.#reportApiServer(apiServer)]),
        ...this.#upstreams.map(([name, { state, reason }]) => ({ name, state, reason })),
      ],
    };
  }

  /** Looks at every dependency once. It never rejects. */
  async check(): Promise<ReadinessReport> {
    const checks = this.#upstreams.map(([, watch]) => watch.check());
    await Promise.all([this.#checkAccess(), ...checks]);
    return this.report;
  }

  /** Looks again and again, and keeps the metrics. */
  start(): void {
    const again = async (): Promise<void> => {
      const { isReady } = await this.check();
      if (this.#isStopped) return;
      this.#publish();
      this.#timer = setTimeout(() => void again(), isReady ? CHECK_MS : CHECK_UNTIL_READY_MS);
    };
    void again();
  }

  /** Ends it, and readiness with it. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    // Whoever comes next may have none.
    this.#dependencies.metrics.upstreamGone('upstreams.rules');
  }

  get #upstreams(): readonly (readonly [UpstreamDependency, UpstreamWatch])[] {
    const { upstream, rulesUpstream } = this.#dependencies;
    const rules = rulesUpstream && (['upstreams.rules', rulesUpstream] as const);
    return [['upstream', upstream], ...(rules === undefined ? [] : [rules])];
  }

  #publish(): void {
    const { metrics } = this.#dependencies;
    const { isReady, dependencies } = this.report;
    metrics.readyChanged(isReady);
    for (const [name, { findings }] of this.#upstreams) metrics.upstreamInspected(name, findings);
    for (const { name, state } of dependencies) {
      metrics.dependencyChanged(
        name,
        state !== 'waiting' && state !== 'away' && state !== 'failing',
      );
    }
  }

  #reportApiServer(apiServer: ApiServerHearsay): DependencyReport {
    const name = 'api_server';
    if (this.#accessReason !== undefined) {
      return { name, state: 'waiting', reason: this.#accessReason };
    }
    const reason = apiServer.failingWith;
    return { name, state: reason === undefined ? 'answering' : 'failing', reason };
  }

  // Ready once is ready for good, and asking costs reviews.
  async #checkAccess(): Promise<void> {
    if (this.#accessReason === undefined) return;
    const { access, log } = this.#dependencies;
    const readiness = await access.ready().catch((error: unknown) => {
      log('error', 'defect', { error });
      return { isReady: false, reason: 'defect' } as const;
    });
    this.#accessReason = readiness.isReady ? undefined : readiness.reason;
    if (this.#isStopped || this.#accessReason === undefined) return;
    if (this.#accessReason !== this.#lastLogged) {
      log('warn', 'not_ready', { reason: this.#accessReason });
    }
    this.#lastLogged = this.#accessReason;
  }
}
