import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../harness/cluster-objects.ts';
import { sendRequest } from '../harness/http-request.ts';
import { tempFolder, type TempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { promtool, startPrometheus } from '../harness/prometheus.ts';
import { awaitConfig } from '../harness/prometheus-operator.ts';
import { describeReal } from '../harness/skip.ts';
import { oauth2, OWN, podMonitor, SECRET_KEY, VICTIM } from './admission-case.ts';
import { create, enforce, refusingRules, tryCreate } from './admitted-cluster.ts';
import { PROMETHEUS, type ScrapedCluster, startScrapedCluster } from './scraped-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator-floor',
  'prometheus-kubernetes',
  'promtool',
] as const;

const HOST = 'login.example.com';

const KINDS = {
  basicAuth: { username: SECRET_KEY, password: SECRET_KEY },
  authorization: { credentials: SECRET_KEY },
  oauth2: oauth2(`https://${HOST}/token`),
} as const;

type Kind = keyof typeof KINDS;

const EACH = Object.keys(KINDS) as Kind[];

const PAIRS: readonly (readonly [Kind, Kind])[] = [
  ['basicAuth', 'oauth2'],
  ['authorization', 'oauth2'],
  ['basicAuth', 'authorization'],
];

const COMPLAINT = /at most one of basic_auth, oauth2/;

const monitor = (name: string, namespace: string, ...kinds: readonly Kind[]): Manifest => ({
  ...podMonitor(Object.fromEntries(kinds.map((kind) => [kind, KINDS[kind]]))),
  metadata: { name, namespace },
});

// What the attacker writes, and what another tenant writes after it.
const ATTACK = ['attack', OWN] as const;
const LATER = ['later', VICTIM] as const;

// Later operators leave such an object out, which the test of scraping shows.
await describeReal('two kinds of authentication in one scrape, on operator 0.85', PARTS, () => {
  let scraped: ScrapedCluster;
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await tempFolder('two-credentials');
    scraped = await startScrapedCluster({ operator: 'prometheus-operator-floor' });
    for (const namespace of [OWN, VICTIM]) {
      await create(scraped.cluster, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'credential', namespace },
        stringData: { value: 'x' },
      });
    }
    await create(scraped.cluster, monitor('first', VICTIM));
  });

  afterAll(async () => {
    await scraped.stop();
    await folder.remove();
  });

  const judge = async (config: string): Promise<readonly [number | null, string]> => {
    const file = join(folder.path, 'prometheus.yaml');
    await writeFile(file, config);
    const { exitCode, stdout, stderr } = await promtool(['check', 'config', file]);
    return [exitCode, stdout + stderr];
  };

  const startWith = async (config: string): Promise<void> => {
    const started = await startPrometheus({ part: 'prometheus-kubernetes', config });
    await started.stop();
  };

  const scrapePools = async (): Promise<string> =>
    (await sendRequest({ url: `${scraped.prometheus.url}/api/v1/scrape_pools` })).text;

  const awaitPool = (name: string): Promise<true> =>
    poll(async () => ((await scrapePools()).includes(name) ? true : undefined), {
      what: `the scrape pool of ${name}`,
    });

  describe('without a policy', () => {
    afterEach(async () => {
      for (const [name, namespace] of [ATTACK, LATER]) {
        await scraped.cluster.deleteObject('PodMonitor', name, namespace);
      }
      await awaitConfig(
        scraped.cluster,
        PROMETHEUS,
        (text) => !/\/(?:team-a\/attack|team-b\/later)\//.test(text),
      );
    });

    it.each(EACH)('%s alone does no harm', async (kind) => {
      await create(scraped.cluster, monitor(...ATTACK, kind));
      const config = await scraped.reload((text) => text.includes('/team-a/attack/'));
      expect(await judge(config)).toEqual([0, expect.stringContaining('SUCCESS')]);
      await startWith(config);
      await awaitPool('/team-a/attack/');
    });

    it.each(PAIRS)('%s and %s make the configuration of all invalid', async (...pair) => {
      const before = await scraped.reload((text) => text.includes('/team-b/first/'));
      expect(await judge(before)).toEqual([0, expect.stringContaining('SUCCESS')]);
      await awaitPool('/team-b/first/');

      expect((await create(scraped.cluster, monitor(...ATTACK, ...pair))).status).toBe(201);
      await create(scraped.cluster, monitor(...LATER));
      const config = await awaitConfig(
        scraped.cluster,
        PROMETHEUS,
        (text) => text.includes('/team-a/attack/') && text.includes('/team-b/later/'),
      );
      expect(await judge(config)).toEqual([1, expect.stringMatching(COMPLAINT)]);
      // A Prometheus that starts does not come up.
      await expect(startWith(config)).rejects.toThrow(COMPLAINT);
      // One that runs goes on with what it had, and misses what another tenant has added.
      await expect(scraped.reload((text) => text.includes('/team-a/attack/'))).rejects.toThrow(
        /^reload: 500 /,
      );
      expect(await scrapePools()).not.toContain('/team-b/later/');

      await scraped.cluster.deleteObject('PodMonitor', ...ATTACK);
      await scraped.reload((text) => !text.includes('/team-a/attack/'));
      await awaitPool('/team-b/later/');
    });
  });

  describe('with the policies, and oauth2 allowed for a host', () => {
    beforeAll(() => enforce(scraped.cluster, { oauth2Hosts: [HOST] }));

    const refusals = async (...kinds: readonly Kind[]): Promise<readonly string[]> =>
      refusingRules(await tryCreate(scraped.cluster, monitor(...ATTACK, ...kinds)));

    it.each(EACH)('%s alone is accepted', async (kind) => {
      expect(await refusals(kind)).toEqual([]);
    });

    it.each(PAIRS)('%s and %s are refused', async (...pair) => {
      expect(await refusals(...pair)).toEqual([expect.stringContaining(' oneAuthentication: ')]);
    });
  });
});
