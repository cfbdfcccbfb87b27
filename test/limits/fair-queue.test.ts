import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FairQueue, type FairQueueSettings, type Place } from '../../frontend/limits/fair-queue.ts';

const ROOMY: FairQueueSettings = {
  total: 1,
  perTenant: 100,
  perUser: 100,
  waitingPerTenant: 1_000,
  waitingPerUser: 1_000,
};

/** A queue whose turns a test ends one by one, and the order in which they came. */
class Scene {
  readonly queue: FairQueue;
  readonly order: string[] = [];
  readonly #running: Place[] = [];

  constructor(settings: Partial<FairQueueSettings> = {}) {
    this.queue = new FairQueue({ ...ROOMY, ...settings });
  }

  /** Asks for a turn: `a` is a tenant, `a/jane` a tenant and a user. */
  enter(who: string): Place {
    const place = this.tryEnter(who);
    if (typeof place === 'string') throw new TypeError(place);
    return place;
  }

  tryEnter(who: string): Place | string {
    const [tenant = '', user = `user of ${tenant}`] = who.split('/');
    const entered = this.queue.enter({ tenant, user }, () => {
      this.order.push(who);
      if (entered.ok) this.#running.push(entered.value);
    });
    if (!entered.ok) {
      const { rejection } = entered;
      return rejection.problem === 'queue_full'
        ? `${rejection.sharer} ${rejection.limit}`
        : rejection.problem;
    }
    if (entered.value.hasTurn) {
      this.order.push(who);
      this.#running.push(entered.value);
    }
    return entered.value;
  }

  /** Ends the turns that run, oldest first, until none is left. */
  finishAll(): void {
    for (let place = this.#running.shift(); place !== undefined; place = this.#running.shift()) {
      place.leave();
    }
  }
}

describe('FairQueue', () => {
  it('gives turns at once while there are free ones', () => {
    const scene = new Scene({ total: 2 });
    expect([scene.enter('a').hasTurn, scene.enter('a').hasTurn, scene.enter('a').hasTurn]).toEqual([
      true,
      true,
      false,
    ]);
    expect([scene.queue.running, scene.queue.waiting]).toEqual([2, 1]);
  });

  it('serves sets of namespaces in rounds, however long their queues are', () => {
    const scene = new Scene();
    for (const who of ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c']) scene.enter(who);
    scene.finishAll();
    expect(scene.order).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a', 'a']);
  });

  it('serves the users of one set of namespaces in rounds', () => {
    const scene = new Scene();
    for (const who of ['a/jane', 'a/jane', 'a/jane', 'a/joe', 'a/joe']) scene.enter(who);
    scene.finishAll();
    expect(scene.order).toEqual(['a/jane', 'a/jane', 'a/joe', 'a/jane', 'a/joe']);
  });

  it('keeps the order of one user', () => {
    const started: number[] = [];
    const queue = new FairQueue(ROOMY);
    const places = [0, 1, 2, 3].map((index) => {
      const entered = queue.enter({ tenant: 'a', user: 'u' }, () => started.push(index));
      if (!entered.ok) throw new TypeError('full');
      return entered.value;
    });
    for (const place of places) place.leave();
    expect(started).toEqual([1, 2, 3]);
  });

  it('leaves turns free rather than give one set of namespaces more than its part', () => {
    const scene = new Scene({ total: 4, perTenant: 3 });
    for (let i = 0; i < 10; i += 1) scene.enter('slow');
    expect(scene.queue.running).toBe(3);
    expect(scene.enter('b').hasTurn).toBe(true);
  });

  it('counts a user over all the sets of namespaces it combines', () => {
    const scene = new Scene({ total: 10, perUser: 4 });
    for (let i = 0; i < 50; i += 1) scene.enter(`set ${i}/greedy`);
    expect(scene.queue.running).toBe(4);
    expect(scene.enter('b/modest').hasTurn).toBe(true);
  });

  it('passes over those who may not run, and comes back to them', () => {
    const scene = new Scene({ total: 2, perUser: 1 });
    const first = scene.enter('a/jane');
    const second = scene.enter('a/joe');
    scene.enter('a/jane');
    scene.enter('b/joe');
    second.leave();
    expect(scene.order).toEqual(['a/jane', 'a/joe', 'b/joe']);
    first.leave();
    expect(scene.order.at(-1)).toBe('a/jane');
  });

  it('refuses what is over the length of a queue, and says whose', () => {
    const perTenant = new Scene({ waitingPerTenant: 2 });
    const perUser = new Scene({ waitingPerUser: 2 });
    for (const scene of [perTenant, perUser]) {
      for (const who of ['a/x', 'a/x', 'a/x']) scene.enter(who);
    }
    expect([perTenant.tryEnter('a/y'), perUser.tryEnter('b/x')]).toEqual(['tenant 2', 'user 2']);
    expect(typeof perTenant.tryEnter('b/x')).toBe('object');
    expect(typeof perUser.tryEnter('a/y')).toBe('object');
  });

  it('lets a waiting one leave, once', () => {
    const scene = new Scene();
    const running = scene.enter('a');
    const waiting = scene.enter('a');
    waiting.leave();
    waiting.leave();
    running.leave();
    running.leave();
    expect(scene.order).toEqual(['a']);
    expect([scene.queue.running, scene.queue.waiting, scene.queue.size]).toEqual([0, 0, 0]);
  });

  it('remembers nobody who neither runs nor waits', () => {
    const scene = new Scene({ waitingPerUser: 0, perTenant: 1 });
    const place = scene.enter('a/x');
    expect(typeof scene.tryEnter('b/y')).toBe('string');
    expect(scene.queue.size).toBe(2);
    place.leave();
    expect(scene.queue.size).toBe(0);
  });

  it('serves a quiet tenant within one round, whatever a flood does', () => {
    const scene = new Scene({ total: 4, perTenant: 3 });
    for (let i = 0; i < 200; i += 1) scene.enter('flood');
    for (let i = 0; i < 10; i += 1) scene.enter('quiet');
    scene.finishAll();
    const lastQuiet = scene.order.lastIndexOf('quiet');
    expect(
      scene.order.slice(0, lastQuiet + 1).filter((who) => who === 'flood').length,
    ).toBeLessThan(24);
    expect(scene.order).toHaveLength(210);
  });

  it('keeps every bound and gives every turn, whatever happens in whatever order', () => {
    const step = fc.record({
      leaves: fc.boolean(),
      at: fc.nat(50),
      tenant: fc.constantFrom('a', 'b', 'c'),
      user: fc.constantFrom('x', 'y'),
    });
    const bounds = fc.record({
      total: fc.integer({ min: 1, max: 4 }),
      perTenant: fc.integer({ min: 1, max: 4 }),
      perUser: fc.integer({ min: 1, max: 4 }),
      waitingPerTenant: fc.integer({ min: 0, max: 5 }),
      waitingPerUser: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 80 }), (settings, steps) => {
        const queue = new FairQueue(settings);
        const open: { readonly tenant: string; readonly user: string; readonly place: Place }[] =
          [];
        for (const { leaves, at, tenant, user } of steps) {
          if (leaves && open.length > 0) {
            open.splice(at % open.length, 1)[0]?.place.leave();
          } else {
            const entered = queue.enter({ tenant, user }, () => undefined);
            if (entered.ok) open.push({ tenant, user, place: entered.value });
          }
          const running = open.filter(({ place }) => place.hasTurn);
          const waiting = open.filter(({ place }) => !place.hasTurn);
          const count = (list: typeof open, key: 'tenant' | 'user', value: string): number =>
            list.filter((it) => it[key] === value).length;
          expect([queue.running, queue.waiting]).toEqual([running.length, waiting.length]);
          expect(running.length).toBeLessThanOrEqual(settings.total);
          for (const it of open) {
            const ofTenant = count(running, 'tenant', it.tenant);
            const ofUser = count(running, 'user', it.user);
            expect(ofTenant).toBeLessThanOrEqual(settings.perTenant);
            expect(ofUser).toBeLessThanOrEqual(settings.perUser);
            const mayRun =
              running.length < settings.total &&
              ofTenant < settings.perTenant &&
              ofUser < settings.perUser;
            // No turn stays free while somebody waits who could take it.
            expect(mayRun && !it.place.hasTurn).toBe(false);
          }
        }
        for (const { place } of open) place.leave();
        expect([queue.running, queue.waiting, queue.size]).toEqual([0, 0, 0]);
      }),
    );
  });
});
