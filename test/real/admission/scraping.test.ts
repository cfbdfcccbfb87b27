import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itBeyondFloor } from '../harness/beyond-floor.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { answersOk } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { promtool, startPrometheus } from '../harness/prometheus.ts';
import { awaitConfig, generatedConfig } from '../harness/prometheus-operator.ts';
import { readPath } from '../harness/read-path.ts';
import { AT_FLOOR } from '../harness/parts.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN, podMonitor, SECRET_KEY, VICTIM } from './admission-case.ts';
import { create, enforce, refusingRules, tryCreate } from './admitted-cluster.ts';
import { type AttackedCluster, HASTE, startAttackedCluster } from './attacked-cluster.ts';
import { type AttackName, ATTACKS } from './attacks.ts';
import { PROMETHEUS, querySeries } from './scraped-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus-kubernetes',
  'promtool',
] as const;

// The definitions of the oldest operator refuse a label without a name by themselves.
const isLetIn = (name: AttackName): boolean => !AT_FLOOR || name !== 'source';

await describeReal('scraping, as the operator configures it', PARTS, () => {
  let attacked: AttackedCluster;

  beforeAll(async () => {
    attacked = await startAttackedCluster();
  });

  afterAll(() => attacked.stop());

  describe('without a policy', () => {
    it.each<AttackName>(['redirect', 'address', 'path', 'labelmap', 'proxy'])(
      "copies another tenant's series by %s",
      async (name) => {
        await attacked.attack(name);
        const job = `${OWN}/${name}`;
        const [stolen] = await attacked.scraped.awaitSeries(
          `secret_total{namespace="${OWN}",job=~".*${job}"}`,
        );
        expect(stolen?.metric).toMatchObject({ exported_namespace: VICTIM });
        expect(stolen?.value[1]).toBe('42');
        await attacked.end(name);
      },
    );

    const itOnLaterPrometheus = itBeyondFloor('Prometheus 2.55 knows no label __unix_socket__');
    itOnLaterPrometheus('reads a socket of the pod', async () => {
      await attacked.attack('socket');
      const [stolen] = await attacked.scraped.awaitSeries('host_secret');
      expect(stolen?.metric).toMatchObject({ namespace: OWN });
      await attacked.end('socket');
    });

    it('scrapes twenty times a second', async () => {
      await attacked.attack('interval');
      const targets = await poll(
        async () => {
          const found = (await attacked.scraped.targets()).filter(
            (it) => readPath(it, 'scrapeInterval') === '50ms',
          );
          return found.length > 0 ? found : undefined;
        },
        { what: 'a target with that interval' },
      );
      expect(targets).toHaveLength(1);
      await attacked.end('interval');
    });

    it('reads an answer above the enforced limit', async () => {
      const { spec, ...limited } = ATTACKS.bodySize(attacked.ground);
      const { bodySizeLimit, ...modest } = spec as Manifest;
      expect(bodySizeLimit).toBe('8EB');
      const object = { ...limited, spec: modest, metadata: { name: 'modest', namespace: OWN } };
      await create(attacked.scraped.cluster, object);
      await attacked.attack('bodySize');
      await attacked.scraped.awaitSeries(`up{job="${OWN}/bodysize"} == 1`);
      await attacked.scraped.awaitSeries(`up{job="${OWN}/modest"} == 0`);
      await attacked.end('bodySize');
      await attacked.scraped.cluster.deleteObject('PodMonitor', 'modest', OWN);
    });

    it("writes series into another tenant's namespace by a ScrapeConfig", async () => {
      await attacked.attack('scrapeConfig');
      const [planted] = await attacked.scraped.awaitSeries('up{planted="yes"}');
      expect(planted?.metric).toMatchObject({ namespace: VICTIM });
      await attacked.end('scrapeConfig');
    });

    it("hands another tenant's password to a Prometheus of the tenant's own", async () => {
      await create(attacked.scraped.cluster, ATTACKS.prometheus(attacked.ground));
      const config = await awaitConfig(
        attacked.scraped.cluster,
        { namespace: OWN, name: 'thief' },
        (text) => text.includes('podMonitor/team-b/victim/0'),
      );
      expect(config).toContain('password-of-team-b');
      await attacked.end('prometheus');
    });

    const breaking: readonly [AttackName, string][] = [
      ['port', 'error parsing regexp'],
      ['years', 'duration out of range'],
      ['source', 'is not a valid label name'],
      ['merge', 'map merge requires map'],
    ];
    it.each(breaking.filter(([name]) => isLetIn(name)))(
      'takes a %s that makes the configuration of all invalid',
      async (name, complaint) => {
        await create(attacked.scraped.cluster, ATTACKS[name](attacked.ground));
        const config = await awaitConfig(attacked.scraped.cluster, PROMETHEUS, (text) =>
          text.includes(`/team-a/${name}/`),
        );
        const file = join(attacked.folder, 'broken.yaml');
        await writeFile(file, config);
        const { exitCode, stdout, stderr } = await promtool(['check', 'config', file]);
        expect(exitCode).toBe(1);
        expect(stdout + stderr).toContain(complaint);
        await attacked.end(name);
      },
    );

    it('leaves the job to the series of a target that has none', async () => {
      await attacked.attack('job');
      const [series] = await attacked.scraped.awaitSeries('mine{job="x"}');
      expect(series?.metric).toMatchObject({ namespace: OWN });
      await attacked.end('job');
    });

    it("scrapes another tenant's pod at the address of one that ended", async () => {
      await attacked.scraped.addPod({
        namespace: OWN,
        name: 'ended',
        port: attacked.victimPort,
        phase: 'Succeeded',
      });
      await attacked.attack('ended');
      const [stolen] = await attacked.scraped.awaitSeries(
        `secret_total{namespace="${OWN}",pod="ended"}`,
      );
      expect(stolen?.value[1]).toBe('42');
      await attacked.end('ended');
    });

    it('stops a Prometheus that serves the lifecycle API', async () => {
      const victim = await startPrometheus({ part: 'prometheus-kubernetes' });
      const attackOnIt = { ...attacked.ground, prometheusPort: victim.port };
      await create(attacked.scraped.cluster, ATTACKS.oauth2(attackOnIt));
      await attacked.scraped.reload((config) => config.includes('/team-a/oauth2'));
      await poll(
        async () =>
          answersOk(`${victim.url}/-/healthy`).then(
            () => undefined,
            () => true,
          ),
        { what: 'Prometheus to have quit' },
      );
      await attacked.end('oauth2');
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
      await create(attacked.scraped.cluster, {
        ...liar,
        metadata: { name: 'liar', namespace: OWN },
      });
      await attacked.scraped.reload((config) => config.includes('/team-a/liar'));
      const [series] = await attacked.scraped.awaitSeries('mine');
      expect(series?.metric).toMatchObject({ namespace: OWN });
      expect(await querySeries(attacked.scraped.prometheus, `mine{namespace="${VICTIM}"}`)).toEqual(
        [],
      );
      await attacked.scraped.cluster.deleteObject('PodMonitor', 'liar', OWN);
    });

    const itOnLaterOperator = itBeyondFloor('operator 0.85 does not: see two-credentials.test.ts');
    itOnLaterOperator(
      'leaves an object with two credentials out, which would make the configuration invalid',
      async () => {
        const credential = { basicAuth: { username: SECRET_KEY, password: SECRET_KEY } };
        const twice = podMonitor({ ...credential, authorization: { credentials: SECRET_KEY } });
        const once = podMonitor(credential);
        const both = { twice, once };
        for (const [name, monitor] of Object.entries(both)) {
          await create(attacked.scraped.cluster, {
            ...monitor,
            metadata: { name, namespace: OWN },
          });
        }
        const config = await awaitConfig(attacked.scraped.cluster, PROMETHEUS, (text) =>
          text.includes('/team-a/once'),
        );
        expect(config).not.toContain('/team-a/twice');
        for (const name of Object.keys(both)) {
          await attacked.scraped.cluster.deleteObject('PodMonitor', name, OWN);
        }
      },
    );

    it('gives a configuration that Prometheus accepts', async () => {
      const file = join(attacked.folder, 'sound.yaml');
      await writeFile(
        file,
        await generatedConfig(attacked.scraped.cluster, PROMETHEUS.namespace, PROMETHEUS.name),
      );
      const { exitCode, stderr } = await promtool(['check', 'config', file]);
      expect([exitCode, stderr]).toEqual([0, '']);
    });
  });

  describe('with the policies', () => {
    beforeAll(() => enforce(attacked.scraped.cluster));

    const attacks = (Object.keys(ATTACKS) as AttackName[]).filter(isLetIn);
    it.each(attacks)('is not misled by %s', async (name) => {
      const object = ATTACKS[name]({ ...attacked.ground, interval: '30s' });
      const refusals = refusingRules(await tryCreate(attacked.scraped.cluster, object));
      expect(refusals).toHaveLength(1);
      expect(refusals[0]).toMatch(/ denied request: [a-zA-Z0-9]+: /);
    });
  });
});
