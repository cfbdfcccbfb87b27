import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAlertmanager } from '../harness/alertmanager.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { itBeyondFloor } from '../harness/beyond-floor.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { mustRequest } from '../harness/kube-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheusOperator } from '../harness/prometheus-operator.ts';
import { readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { monitoring, OWN, SECRET_KEY, VICTIM } from './admission-case.ts';
import { create, enforce, PLATFORM, refusingRules, tryCreate } from './admitted-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'alertmanager',
] as const;

const GENERATED = `/api/v1/namespaces/${PLATFORM}/secrets/alertmanager-main-generated`;

const receiving = (receiver: Manifest): Manifest => ({
  route: { receiver: 'r' },
  receivers: [{ name: 'r', ...receiver }],
});

const routed = (route: Manifest): Manifest => ({
  route: { receiver: 'r', routes: [{ receiver: 'r', ...route }] },
  receivers: [{ name: 'r' }],
});

const muted = (...muteTimeIntervals: readonly Manifest[]): Manifest => ({
  ...receiving({}),
  muteTimeIntervals,
});

/** What the operator hands to Alertmanager, which then takes nothing at all. */
const INVALID = [
  [
    'receiverKey',
    receiving({
      pagerdutyConfigs: [{ routingKey: SECRET_KEY, details: [{ key: '<<', value: 'x' }] }],
    }),
    'map merge requires map',
  ],
  ['alertLabel', routed({ matchers: [{ name: '=', value: 'x' }] }), 'bad matcher format'],
  ['alertLabel', routed({ groupBy: [''] }), 'invalid label name'],
  ['alertLabel', routed({ matchers: [{ value: 'x' }] }), 'bad matcher format'],
  [
    'matcherRegex',
    routed({ matchers: [{ name: 'x', value: '(', regex: true }] }),
    'missing closing )',
  ],
  [
    'matcherRegex',
    {
      ...receiving({}),
      inhibitRules: [{ sourceMatch: [{ name: 'x', value: '(', matchType: '=~' }] }],
    },
    'missing closing )',
  ],
  [
    'timePeriod',
    muted({ name: 'a', timeIntervals: [{}] }, { name: 'a', timeIntervals: [{}] }),
    'is not unique',
  ],
  ['timePeriod', muted({ name: 'night' }), 'missing name in mute time interval'],
  [
    'receiverIncomplete',
    receiving({ opsgenieConfigs: [{ message: 'x' }] }),
    'no global OpsGenie API Key',
  ],
  [
    'receiverIncomplete',
    receiving({ webexConfigs: [{ roomID: 'x' }] }),
    'missing webex_configs.http_config.authorization',
  ],
  [
    'receiverIncomplete',
    receiving({
      wechatConfigs: [{ apiSecret: SECRET_KEY, corpID: 'x', messageType: 'image' }],
    }),
    'does not match valid options',
  ],
] as const;

/** What keeps the operator from writing anything. */
const UNWRITTEN = [
  ['routeInterval', routed({ groupWait: '300y' })],
  ['routeInterval', routed({ groupInterval: '1m1h' })],
  [
    'receiverIncomplete',
    receiving({ emailConfigs: [{ to: 'a@example.com', from: 'b@example.com' }] }),
  ],
  ['receiverIncomplete', receiving({ msteamsv2Configs: [{ title: 'x' }] })],
  [
    'receiverTime',
    receiving({ webhookConfigs: [{ url: 'https://hooks.example.com/x', timeout: '300y' }] }),
  ],
] as const;

await describeReal('one configuration of Alertmanager for all tenants', PARTS, () => {
  let cluster: TestCluster;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    stops.push(cluster.stop);
    await cluster.installCrds(await operatorCrdFolder());
    for (const name of [PLATFORM, OWN, VICTIM]) await cluster.createNamespace(name);
    stops.push((await startPrometheusOperator(cluster)).stop);
    const secret = { name: SECRET_KEY['name'], namespace: OWN };
    await create(cluster, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret,
      stringData: { value: 'x' },
    });
    await create(cluster, {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Alertmanager',
      metadata: { name: 'main', namespace: PLATFORM },
      spec: { alertmanagerConfigSelector: {}, alertmanagerConfigNamespaceSelector: {} },
    });
    await awaitConfig((config) => config.includes('receivers'));
  });

  afterAll(async () => {
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) await last();
  });

  const awaitConfig = (isAwaited: (config: string) => boolean): Promise<string> =>
    poll(
      async () => {
        const packed = readString(
          await mustRequest(cluster.request, 'GET', GENERATED),
          'data',
          'alertmanager.yaml.gz',
        );
        const config = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
        return isAwaited(config) ? config : undefined;
      },
      { what: 'the configuration of Alertmanager' },
    );

  const write = async (name: string, namespace: string, spec: Manifest): Promise<void> => {
    const object = monitoring('AlertmanagerConfig', spec, 'v1alpha1');
    const { status } = await create(cluster, { ...object, metadata: { name, namespace } });
    expect(status).toBe(201);
  };

  const honest = receiving({ webhookConfigs: [{ url: 'https://hooks.example.com/honest' }] });

  describe('without a policy', () => {
    it.each(INVALID)('is not taken because of %s', async (_rule, spec, complaint) => {
      await write('bad', OWN, spec);
      const config = await awaitConfig((text) => text.includes(`${OWN}/bad/`));
      await expect(startAlertmanager(config)).rejects.toThrow(complaint);
      await cluster.deleteObject('AlertmanagerConfig', 'bad', OWN);
      const mended = await awaitConfig((text) => !text.includes(`${OWN}/bad/`));
      await (await startAlertmanager(mended)).stop();
    });

    const itKnown = itBeyondFloor('its operator gives up on other objects');

    itKnown.each(UNWRITTEN)('is not written because of %s', async (_rule, spec) => {
      await write('bad', OWN, spec);
      await write('honest', VICTIM, honest);
      const waited = awaitConfig((text) => text.includes(`${VICTIM}/honest/`));
      const isWritten = await Promise.race([
        waited.then(() => true),
        new Promise<boolean>((resolve) => {
          setTimeout(() => {
            resolve(false);
          }, 5_000);
        }),
      ]);
      expect(isWritten).toBe(false);
      await cluster.deleteObject('AlertmanagerConfig', 'bad', OWN);
      await waited;
      await cluster.deleteObject('AlertmanagerConfig', 'honest', VICTIM);
      await awaitConfig((text) => !text.includes(`${VICTIM}/honest/`));
    });
  });

  describe('with the policies', () => {
    beforeAll(() => enforce(cluster));

    const all = [...INVALID.map(([rule, spec]) => [rule, spec] as const), ...UNWRITTEN];

    it.each(all)('is kept from %s', async (rule, spec) => {
      const answer = await tryCreate(cluster, monitoring('AlertmanagerConfig', spec, 'v1alpha1'));
      expect(refusingRules(answer)).toEqual([expect.stringContaining(`${rule}: `)]);
    });
  });
});
