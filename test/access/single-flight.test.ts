import { describe, expect, it } from '@jest/globals';
import { SingleFlight } from '../../frontend/access/single-flight.ts';
import { gate } from './fakes.ts';

describe('SingleFlight', () => {
  it('shares one flight for each key', async () => {
    const flights = new SingleFlight<string>();
    const landed = gate<string>();
    let started = 0;
    const start = (): Promise<string> => {
      started += 1;
      return landed.promise;
    };
    const all = ['a', 'a', 'b', 'a'].map((key) => flights.run(key, start));
    landed.open('here');
    expect(await Promise.all(all)).toEqual(['here', 'here', 'here', 'here']);
    expect(started).toBe(2);
  });

  it('gives a failure to everyone who joined, and starts anew afterwards', async () => {
    const flights = new SingleFlight<string>();
    const fail = async (): Promise<string> => {
      throw new Error('lost');
    };
    const outcomes = await Promise.allSettled([flights.run('a', fail), flights.run('a', fail)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(await flights.run('a', async () => 'here')).toBe('here');
  });
});
