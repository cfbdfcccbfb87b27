import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAtLeast } from '../../../lib/thanos/version.ts';
import { attack as ask } from '../../attack/running-frontend.ts';
import { CUSTOM_PARAMETERS, GRAFANA_REQUESTS, sentBy } from '../../grafana/requests.ts';
import {
  type AttackedInstallation,
  startAttackedInstallation,
} from '../attack/attacked-installation.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { thanosVersion } from '../harness/thanos-versions.ts';
import { dataOf } from '../query-frontend/support/envelope.ts';
import { get, send } from '../query-frontend/support/question.ts';
import { seriesOf, shows } from '../query-frontend/support/tenant-series.ts';

const TURNS = GRAFANA_REQUESTS.flatMap((request) =>
  request.manners.flatMap((manner) =>
    [{}, CUSTOM_PARAMETERS].map((custom) => ({
      row: request.row,
      title: `${request.what}, by ${manner}${custom === CUSTOM_PARAMETERS ? ', with custom parameters twice' : ''}`,
      manner,
      request,
      custom,
    })),
  ),
);

/** Requests by which Grafana sees data of every tenant where nothing guards the upstream. */
const SHOWING = GRAFANA_REQUESTS.filter(({ row }) =>
  [3, 5, 8, 10, 13, 14, 16, 17, 20, 21].includes(row),
);

// Thanos before 0.40 refuses the values of a label whose name is not plain ASCII.
function isUnknownToThanos(path: string): boolean {
  const label = /^\/api\/v1\/label\/(.+)\/values$/.exec(path)?.[1] ?? '';
  return !isAtLeast(thanosVersion('query'), '0.40') && !/^(?!U__)\w*$/.test(label);
}

await describeReal('Grafana, on real data', ['prometheus', 'promtool', 'thanos'], () => {
  let installation: AttackedInstallation;
  /** Holds the series of the tenant alone, so its answers are what its Grafana ought to see. */
  let alone: RunningPrometheus;

  beforeAll(async () => {
    installation = await startAttackedInstallation();
    alone = await startPrometheus({ openMetrics: seriesOf('team-a') });
  }, 300_000);

  afterAll(async () => {
    await alone?.stop();
    await installation?.stop();
  });

  describe.each(['prometheus', 'thanos'] as const)('before %s', (name) => {
    it.each(TURNS)('$row: $title', async ({ request, manner, custom }) => {
      const { frontend } = installation.upstreams[name];
      const answer = await ask(frontend, sentBy(manner, request, custom));
      const body: unknown = JSON.parse(answer.text);
      const { expected, path, fields } = request;
      expect(answer.text).not.toContain('team-b');
      expect(shows(answer.text, 'team-b')).toBe(false);
      switch (expected.kind) {
        case 'upstream': {
          const own = await send(alone, get(path, fields));
          const isRefused = name === 'thanos' && isUnknownToThanos(path);
          expect([answer.status, own.status]).toEqual([isRefused ? 400 : 200, 200]);
          if (isRefused) return;
          // Thanos adds the labels of its stores.
          if (name === 'prometheus') expect(dataOf(ownAnswer(answer.text))).toEqual(dataOf(own));
          expect(readPath(body, 'data', 'resultType')).toBe(
            readPath(JSON.parse(own.text), 'data', 'resultType'),
          );
          if (shows(own.text, 'team-a')) expect(shows(answer.text, 'team-a')).toBe(true);
          return;
        }
        case 'filtered':
          expect([answer.status, shows(answer.text, 'team-a')]).toEqual([200, expected.showsOwn]);
          if (!expected.showsOwn) expect(readPath(body, 'data')).toEqual(expected.data);
          return;
        case 'local':
          expect(readPath(body, 'data', 'version')).toMatch(/^\d+\.\d+\.\d+/);
          return;
        case 'refused':
          expect([answer.status, readPath(body, 'code')]).toEqual([expected.status, expected.code]);
          return;
        default:
          throw new TypeError(`${JSON.stringify(expected satisfies never)} is not expected`);
      }
    });

    it.each(SHOWING)('$row, unguarded: $what', async ({ path, fields }) => {
      const { url } = installation.upstreams[name];
      expect(shows((await send({ url }, get(path, fields))).text, 'team-b')).toBe(true);
    });
  });

  it('answers the health check with the number that Grafana looks for', async () => {
    const { frontend } = installation.upstreams.prometheus;
    const [health] = GRAFANA_REQUESTS;
    if (health === undefined) throw new TypeError('no health check');
    const answer = await ask(frontend, sentBy('POST', health));
    expect(dataOf(ownAnswer(answer.text))).toEqual({ resultType: 'scalar', result: [4, '2'] });
  });
});

function ownAnswer(text: string): Parameters<typeof dataOf>[0] {
  return { status: 200, headers: {}, text };
}
