import { createHash } from 'node:crypto';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import type { Granted, Identified, VerdictSource } from '../access/access.ts';
import type { AdmittedRequest } from './admit.ts';
import type { Log } from './log.ts';
import type { SilenceWrite } from './silence-write.ts';

/** Longest user name or tenant list written to the log, in characters. */
const MAX_FIELD = 1_000;

/**
 * What is known of one request so far; at its end it becomes one line of the audit log.
 *
 * The line says who asked for which tenants and what was decided. It never holds the token, and of
 * the query only a hash, which is enough to find it in the upstream's own query log.
 */
export class AuditTrail {
  readonly requestId: string;
  #route = 'none';
  #identified: Identified | undefined;
  #actor: string | undefined;
  #tenants: readonly string[] = [];
  #isClusterWide = false;
  #accessSource: VerdictSource | undefined;
  #queryHash: string | undefined;
  #write: SilenceWrite | undefined;

  constructor(requestId: string) {
    this.requestId = requestId;
  }

  /** Name of the route, or `none` while there is none. */
  get route(): string {
    return this.#route;
  }

  /** Notes which route was taken, and whether before it stands what asks for the whole cluster. */
  routed(name: string, isClusterWide = false): void {
    this.#route = name;
    this.#isClusterWide = isClusterWide;
  }

  /** Notes what the request asks for. */
  admitted(request: AdmittedRequest): void {
    this.#tenants = request.tenants;
    this.#write = request.write;
    const texts = [...request.queries, ...request.matches];
    if (texts.length > 0) {
      this.#queryHash = createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);
    }
  }

  /** Notes who asks. */
  identified(identified: Identified): void {
    this.#identified = identified;
  }

  /** Notes for whom the caller asks, where it proves that. */
  actedFor(actor: string | undefined): void {
    this.#actor = actor;
  }

  /** Notes which tenants were granted. */
  authorized({ scope, source }: Granted): void {
    this.#tenants = ClusterScope.is(scope) ? [] : scope.tenants;
    this.#accessSource = source;
  }

  /** Whether the whole cluster was asked for. */
  get isClusterWide(): boolean {
    return this.#isClusterWide;
  }

  /** Writes the line. */
  close(
    log: Log,
    outcome: { readonly decision: string; readonly status: number; readonly durationMs: number },
  ): void {
    const identity = this.#identified?.identity;
    log('info', 'decision', {
      requestId: this.requestId,
      route: this.#route,
      user: identity?.username.slice(0, MAX_FIELD),
      uid: identity?.uid,
      credentialId: identity?.extra['authentication.kubernetes.io/credential-id']?.[0],
      identitySource: this.#identified?.source,
      onBehalfOf: this.#actor?.slice(0, MAX_FIELD),
      delegatedBy: this.#identified?.delegatedBy?.slice(0, MAX_FIELD),
      scope: this.#isClusterWide ? 'cluster' : undefined,
      tenants: this.#tenants.join(',').slice(0, MAX_FIELD),
      accessSource: this.#accessSource,
      queryHash: this.#queryHash,
      change: this.#write?.verb,
      silence: this.#write !== undefined && 'id' in this.#write ? this.#write.id : undefined,
      ...outcome,
    });
  }
}
