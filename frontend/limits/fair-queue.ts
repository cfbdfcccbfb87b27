import { accept, refuse, type Result } from '../result.ts';
import type { ConcurrencyRejection, Sharer } from './rejection.ts';

/** How many queries may run, and how many may wait. */
export interface FairQueueSettings {
  /** Queries that run at once, in all. At least 1. */
  readonly total: number;
  /** Of these, queries of one set of namespaces. At least 1. */
  readonly perTenant: number;
  /** Of these, queries of one user, over all the namespaces it reads. At least 1. */
  readonly perUser: number;
  /** Queries of one set of namespaces that wait. */
  readonly waitingPerTenant: number;
  /** Queries of one user that wait. */
  readonly waitingPerUser: number;
}

/** In whose name a query waits. Two askers are the same where both texts are equal. */
export interface Asker {
  /** The set of namespaces, as one text. */
  readonly tenant: string;
  readonly user: string;
}

/** A place in the queue, and later the turn that it leads to. */
export interface Place {
  /** Whether it is this one's turn. */
  readonly hasTurn: boolean;
  /** Leaves the queue, or ends the turn. It may be called more than once. */
  leave(): void;
}

/** What a refused query is told to wait, in seconds. */
export const QUEUE_RETRY_AFTER_SECONDS = 2;

class Entry implements Place {
  readonly lane: Lane;
  readonly user: User;
  readonly onTurn: () => void;
  readonly #onLeave: (entry: Entry) => void;
  state: 'waiting' | 'running' | 'left' = 'waiting';

  constructor(
    { lane, user }: Sharers,
    events: { readonly onTurn: () => void; readonly onLeave: (entry: Entry) => void },
  ) {
    this.lane = lane;
    this.user = user;
    this.onTurn = events.onTurn;
    this.#onLeave = events.onLeave;
  }

  get hasTurn(): boolean {
    return this.state === 'running';
  }

  leave(): void {
    this.#onLeave(this);
  }
}

/** Who is behind an entry. */
interface Sharers {
  readonly lane: Lane;
  readonly user: User;
}

/** One set of namespaces. */
interface Lane {
  readonly key: string;
  running: number;
  waiting: number;
  /** The waiting entries of each user that has some. The user whose turn is longest ago is first. */
  readonly users: Map<User, Set<Entry>>;
}

interface User {
  readonly key: string;
  running: number;
  waiting: number;
}

/**
 * Shares a number of turns between tenants and users.
 *
 * A free turn goes to the set of namespaces whose last one is longest ago, within it to the user
 * whose last one is longest ago, and there to the query that came first. So whoever floods the queue
 * delays others by at most one query for each set of namespaces that waits, not by its own backlog.
 * One set of namespaces, and one user however many sets it combines, never has more than its part
 * of the turns: slow queries of one leave room for the others.
 */
export class FairQueue {
  readonly #settings: FairQueueSettings;
  readonly #lanes = new Map<string, Lane>();
  readonly #users = new Map<string, User>();
  // Lanes with entries that wait; the one whose turn is longest ago is first.
  readonly #ring = new Set<Lane>();
  readonly #onLeave = (entry: Entry): void => {
    this.#leave(entry);
  };
  #running = 0;

  constructor(settings: FairQueueSettings) {
    this.#settings = settings;
  }

  /** Turns that are taken. */
  get running(): number {
    return this.#running;
  }

  /** Queries that wait. */
  get waiting(): number {
    return [...this.#ring].reduce((sum, lane) => sum + lane.waiting, 0);
  }

  /** Sets of namespaces and users about which something is remembered. */
  get size(): number {
    return this.#lanes.size + this.#users.size;
  }

  /**
   * Asks for a turn.
   *
   * @param onTurn - Called once when the turn comes, unless the place has it from the start.
   */
  enter(asker: Asker, onTurn: () => void): Result<Place, ConcurrencyRejection> {
    const sharers = { lane: this.#laneOf(asker.tenant), user: this.#userOf(asker.user) };
    const entry = new Entry(sharers, { onTurn, onLeave: this.#onLeave });
    if (this.#mayRun(entry)) {
      this.#run(entry);
      return accept(entry);
    }
    const full = this.#fullFor(sharers);
    if (full !== undefined) {
      this.#forgetUnused(entry);
      return refuse(full);
    }
    this.#wait(entry);
    return accept(entry);
  }

  // Nobody who could run ever waits while a turn is free, so a newcomer overtakes nobody.
  #mayRun({ lane, user }: Sharers): boolean {
    const { total, perTenant, perUser } = this.#settings;
    return this.#running < total && lane.running < perTenant && user.running < perUser;
  }

  #run(entry: Entry): void {
    entry.state = 'running';
    this.#running += 1;
    entry.lane.running += 1;
    entry.user.running += 1;
  }

  #wait(entry: Entry): void {
    const { lane, user } = entry;
    lane.waiting += 1;
    user.waiting += 1;
    const entries = lane.users.get(user) ?? new Set();
    entries.add(entry);
    lane.users.set(user, entries);
    this.#ring.add(lane);
  }

  #unwait(entry: Entry): void {
    const { lane, user } = entry;
    lane.waiting -= 1;
    user.waiting -= 1;
    const entries = lane.users.get(user);
    entries?.delete(entry);
    if (entries?.size === 0) lane.users.delete(user);
    if (lane.waiting === 0) this.#ring.delete(lane);
  }

  #leave(entry: Entry): void {
    const { state } = entry;
    if (state === 'left') return;
    entry.state = 'left';
    if (state === 'waiting') {
      this.#unwait(entry);
      this.#forgetUnused(entry);
      return;
    }
    this.#running -= 1;
    entry.lane.running -= 1;
    entry.user.running -= 1;
    this.#forgetUnused(entry);
    this.#startWaiting();
  }

  #startWaiting(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#unwait(next);
      this.#run(next);
      this.#moveBack(next);
      next.onTurn();
    }
  }

  #next(): Entry | undefined {
    if (this.#running >= this.#settings.total) return undefined;
    for (const lane of this.#ring) {
      for (const [user, [entry]] of lane.users) {
        if (entry !== undefined && this.#mayRun({ lane, user })) return entry;
      }
    }
    return undefined;
  }

  // Both stand last now among those that wait, if they still do.
  #moveBack({ lane, user }: Entry): void {
    const entries = lane.users.get(user);
    if (entries !== undefined) {
      lane.users.delete(user);
      lane.users.set(user, entries);
    }
    if (this.#ring.delete(lane)) this.#ring.add(lane);
  }

  #fullFor({ lane, user }: Sharers): ConcurrencyRejection | undefined {
    const { waitingPerTenant, waitingPerUser } = this.#settings;
    if (user.waiting >= waitingPerUser) return full('user', waitingPerUser);
    return lane.waiting >= waitingPerTenant ? full('tenant', waitingPerTenant) : undefined;
  }

  #laneOf(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane: Lane = { key, running: 0, waiting: 0, users: new Map() };
    this.#lanes.set(key, lane);
    return lane;
  }

  #userOf(key: string): User {
    const known = this.#users.get(key);
    if (known !== undefined) return known;
    const user: User = { key, running: 0, waiting: 0 };
    this.#users.set(key, user);
    return user;
  }

  #forgetUnused({ lane, user }: Sharers): void {
    if (lane.running + lane.waiting === 0) this.#lanes.delete(lane.key);
    if (user.running + user.waiting === 0) this.#users.delete(user.key);
  }
}

function full(sharer: Sharer, limit: number): ConcurrencyRejection {
  return {
    code: 'limit_concurrency',
    problem: 'queue_full',
    sharer,
    limit,
    retryAfterSeconds: QUEUE_RETRY_AFTER_SECONDS,
  };
}
