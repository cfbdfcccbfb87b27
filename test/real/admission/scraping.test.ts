import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../harness/cluster-objects.ts';
import { answersOk } from '../harness/http-request.ts';
import { freePort, type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { promtool, startPrometheus } from '../harness/prometheus.ts';
import { awaitConfig, generatedConfig } from '../harness/prometheus-operator.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN, podMonitor, SECRET_KEY, serviceMonitor, VICTIM } from './admission-case.ts';
import { create, enforce, refusingRules, tryCreate } from './admitted-cluster.ts';
import { type AttackGround, type AttackName, ATTACKS } from './attacks.ts';
import { expose, exposingServers } from './exposing-servers.ts';
import {
  PROMETHEUS,
  querySeries,
  type ScrapedCluster,
  startScrapedCluster,
} from './scraped-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus-kubernetes',
  'promtool',
] as const;

// Nothing waits a whole interval of the platform where no policy asks for it.
const HASTE = '200ms';

// More than the enforced limit of 32 MiB, and nothing to be stored.
const LARGE = '# nothing\n'.repeat(3_500_000);

// What the tenant claims to be.
const LIES = 'mine{namespace="team-b",job="x"} 1\n';

await describeReal('scraping, as the operator configures it', PARTS, () => {
  let scraped: ScrapedCluster;
  let folder: TempFolder;
  let ground: AttackGround;
  const servers = exposingServers();

  beforeAll(async () => {
    folder = await tempFolder('attacks');
    scraped = await startScrapedCluster();
    const { cluster, prometheus } = scraped;
    const socket = join(folder.path, 'node.sock');
    ground = { prometheusPort: prometheus.port, socket, interval: HASTE };
    const [victimPort, attackerPort] = [await freePort(), await freePort()];
    await servers.listen(victimPort, (_request, response) => expose(response, 'secret_total 42\n'));
    await servers.listen(socket, (_request, response) => expose(response, 'host_secret 7\n'));
    const match = encodeURIComponent(`{namespace="${VICTIM}"}`);
    const location = `${prometheus.url}/federate?match[]=${match}`;
    await servers.listen(attackerPort, ({ url = '' }, response) => {
      if (url.startsWith('/redirect')) response.writeHead(302, { location }).end();
      else expose(response, url.startsWith('/large') ? LARGE : LIES);
    });
    await scraped.addPod({ namespace: VICTIM, name: 'victim', port: victimPort });
    await scraped.addPod({
      namespace: OWN,
      name: 'attacker',
      port: attackerPort,
      annotations: { x__address__y: `127.0.0.1:${prometheus.port}` },
    });
    for (const namespace of [OWN, VICTIM]) {
      await create(cluster, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'credential', namespace },
        stringData: { value: `password-of-${namespace}` },
      });
    }
    const honest = podMonitor(
      { interval: HASTE, basicAuth: { username: SECRET_KEY, password: SECRET_KEY } },
      { selector: { matchLabels: { app: 'victim' } } },
    );
    await create(cluster, { ...honest, metadata: { name: 'victim', namespace: VICTIM } });
    await scraped.reload((config) => config.includes('podMonitor/team-b/victim/0'));
    await scraped.awaitSeries(`secret_total{namespace="${VICTIM}"}`);
  });

  afterAll(async () => {
    servers.stop();
    await scraped.stop();
    await folder.remove();
  });

  const attack = async (
    name: AttackName,
    awaited = `/team-a/${name.toLowerCase()}`,
  ): Promise<void> => {
    const { status, body } = await create(scraped.cluster, ATTACKS[name](ground));
    expect([status, readPath(body, 'message')]).toEqual([201, undefined]);
    await scraped.reload((config) => config.includes(awaited));
  };

  const end = async (name: AttackName): Promise<void> => {
    const { kind, metadata } = ATTACKS[name](ground);
    await scraped.cluster.deleteObject(String(kind), String(readPath(metadata, 'name')), OWN);
  };

  describe('without a policy', () => {
    it.each<AttackName>(['redirect', 'address', 'path', 'labelmap', 'proxy'])(
      "copies another tenant's series by %s",
      async (name) => {
        await attack(name);
        const job = `${OWN}/${name}`;
        const [stolen] = await scraped.awaitSeries(
          `secret_total{namespace="${OWN}",job=~".*${job}"}`,
        );
        expect(stolen?.metric).toMatchObject({ exported_namespace: VICTIM });
        expect(stolen?.value[1]).toBe('42');
        await end(name);
      },
    );

    it('reads a socket of the pod', async () => {
      await attack('socket');
      const [stolen] = await scraped.awaitSeries('host_secret');
      expect(stolen?.metric).toMatchObject({ namespace: OWN });
      await end('socket');
    });

    it('scrapes twenty times a second', async () => {
      await attack('interval');
      const targets = await poll(
        async () => {
          const found = (await scraped.targets()).filter(
            (it) => readPath(it, 'scrapeInterval') === '50ms',
          );
          return found.length > 0 ? found : undefined;
        },
        { what: 'a target with that interval' },
      );
      expect(targets).toHaveLength(1);
      await end('interval');
    });

    it('reads an answer above the enforced limit', async () => {
      const { spec, ...limited } = ATTACKS.bodySize(ground);
      const { bodySizeLimit, ...modest } = spec as Manifest;
      expect(bodySizeLimit).toBe('8EB');
      const object = { ...limited, spec: modest, metadata: { name: 'modest', namespace: OWN } };
      await create(scraped.cluster, object);
      await attack('bodySize');
      await scraped.awaitSeries(`up{job="${OWN}/bodysize"} == 1`);
      await scraped.awaitSeries(`up{job="${OWN}/modest"} == 0`);
      await end('bodySize');
      await scraped.cluster.deleteObject('PodMonitor', 'modest', OWN);
    });

    it("writes series into another tenant's namespace by a ScrapeConfig", async () => {
      await attack('scrapeConfig');
      const [planted] = await scraped.awaitSeries('up{planted="yes"}');
      expect(planted?.metric).toMatchObject({ namespace: VICTIM });
      await end('scrapeConfig');
    });

    it("scrapes another tenant's pod by an EndpointSlice", async () => {
      const labels = { app: 'attacker' };
      await create(scraped.cluster, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'attacker', namespace: OWN, labels },
        spec: { ports: [{ name: 'http', port: 9100 }] },
      });
      const claim = { relabelings: [{ targetLabel: 'namespace', replacement: VICTIM }] };
      const monitor = serviceMonitor(claim, { selector: { matchLabels: labels } });
      await create(scraped.cluster, {
        ...monitor,
        metadata: { name: 'endpointslice', namespace: OWN },
      });
      await attack('endpointSlice');
      const found = await poll(
        async () =>
          (await scraped.targets()).find(
            (it) => readPath(it, 'scrapeUrl') === 'http://10.255.255.1:9100/metrics',
          ),
        { what: 'the target' },
      );
      expect(readPath(found, 'labels')).toMatchObject({ namespace: OWN });
      await end('endpointSlice');
      await scraped.cluster.deleteObject('ServiceMonitor', 'endpointslice', OWN);
    });

    it("hands another tenant's password to a Prometheus of the tenant's own", async () => {
      await create(scraped.cluster, ATTACKS.prometheus(ground));
      const config = await awaitConfig(scraped.cluster, { namespace: OWN, name: 'thief' }, (text) =>
        text.includes('podMonitor/team-b/victim/0'),
      );
      expect(config).toContain('password-of-team-b');
      await end('prometheus');
    });

    it('takes a port for a regular expression, so that nobody is scraped any more', async () => {
      await create(scraped.cluster, ATTACKS.port(ground));
      const config = await awaitConfig(scraped.cluster, PROMETHEUS, (text) =>
        text.includes('/team-a/port'),
      );
      const file = join(folder.path, 'broken.yaml');
      await writeFile(file, config);
      const { exitCode, stdout, stderr } = await promtool(['check', 'config', file]);
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain('error parsing regexp');
      await end('port');
    });

    it('stops a Prometheus that serves the lifecycle API', async () => {
      const victim = await startPrometheus({ part: 'prometheus-kubernetes' });
      const attackOnIt = { ...ground, prometheusPort: victim.port };
      await create(scraped.cluster, ATTACKS.oauth2(attackOnIt));
      await scraped.reload((config) => config.includes('/team-a/oauth2'));
      await poll(
        async () =>
          answersOk(`${victim.url}/-/healthy`).then(
            () => undefined,
            () => true,
          ),
        { what: 'Prometheus to have quit' },
      );
      await end('oauth2');
      await victim.stop();
    });
  });

  describe('with the enforcement of the operator alone', () => {
    it('keeps the namespace of the monitor, whatever a target and a relabelling claim', async () => {
      const liar = podMonitor(
        {
          interval: HASTE,
          honorLabels: true,
          relabelings: [{ targetLabel: 'namespace', replacement: VICTIM }],
          metricRelabelings: [{ targetLabel: 'namespace', replacement: VICTIM }],
        },
        { selector: { matchLabels: { app: 'attacker' } } },
      );
      await create(scraped.cluster, { ...liar, metadata: { name: 'liar', namespace: OWN } });
      await scraped.reload((config) => config.includes('/team-a/liar'));
      const [series] = await scraped.awaitSeries('mine');
      expect(series?.metric).toMatchObject({ namespace: OWN });
      expect(await querySeries(scraped.prometheus, `mine{namespace="${VICTIM}"}`)).toEqual([]);
      await scraped.cluster.deleteObject('PodMonitor', 'liar', OWN);
    });

    it('leaves an object with two credentials out, which would make the configuration invalid', async () => {
      const credential = { basicAuth: { username: SECRET_KEY, password: SECRET_KEY } };
      const twice = podMonitor({ ...credential, authorization: { credentials: SECRET_KEY } });
      const once = podMonitor(credential);
      const both = { twice, once };
      for (const [name, monitor] of Object.entries(both)) {
        await create(scraped.cluster, { ...monitor, metadata: { name, namespace: OWN } });
      }
      const config = await awaitConfig(scraped.cluster, PROMETHEUS, (text) =>
        text.includes('/team-a/once'),
      );
      expect(config).not.toContain('/team-a/twice');
      for (const name of Object.keys(both)) {
        await scraped.cluster.deleteObject('PodMonitor', name, OWN);
      }
    });

    it('gives a configuration that Prometheus accepts', async () => {
      const file = join(folder.path, 'sound.yaml');
      await writeFile(
        file,
        await generatedConfig(scraped.cluster, PROMETHEUS.namespace, PROMETHEUS.name),
      );
      const { exitCode, stderr } = await promtool(['check', 'config', file]);
      expect([exitCode, stderr]).toEqual([0, '']);
    });
  });

  describe('with the policies', () => {
    beforeAll(() => enforce(scraped.cluster));

    it.each(Object.keys(ATTACKS) as AttackName[])('is not misled by %s', async (name) => {
      const object = ATTACKS[name]({ ...ground, interval: '30s' });
      const refusals = refusingRules(await tryCreate(scraped.cluster, object));
      expect(refusals).toHaveLength(1);
      expect(refusals[0]).toMatch(/ denied request: [a-zA-Z0-9]+: /);
    });
  });
});
