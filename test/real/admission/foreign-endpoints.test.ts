import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../harness/cluster-objects.ts';
import { mustRequest } from '../harness/kube-request.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN, VICTIM } from './admission-case.ts';
import { collectionOf, create, enforce, refusingRules } from './admitted-cluster.ts';
import {
  ATTACKER_APP,
  FOREIGN_ENDPOINT_PARTS,
  type ForeignEndpointsCluster,
  METRICS_PORT,
  selecting,
  serviceOf,
  startForeignEndpointsCluster,
  VICTIM_APP,
} from './foreign-endpoints-cluster.ts';
import { querySeries } from './scraped-cluster.ts';

// What the attacker must not have, and what it has of its own by the same monitor.
const STOLEN = `secret_total{namespace="${OWN}"}`;
const HONEST = `mine{namespace="${OWN}"}`;

const PORTS = [{ name: 'http', port: METRICS_PORT, protocol: 'TCP' }];
const FOREIGN = [{ addresses: [VICTIM_APP.address], conditions: { ready: true } }];

/** Beside what the controller writes for the Service of that name. */
const SLICE: Manifest = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'foreign',
    namespace: OWN,
    labels: { 'kubernetes.io/service-name': ATTACKER_APP.name },
  },
  addressType: 'IPv4',
  endpoints: FOREIGN,
  ports: PORTS,
};

/** A controller makes an EndpointSlice of them, where the Service of that name has no selector. */
const ENDPOINTS: Manifest = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'mirrored', namespace: OWN },
  subsets: [{ addresses: [{ ip: VICTIM_APP.address }], ports: PORTS }],
};

const WRITTEN = [
  ['EndpointSlice', SLICE],
  ['Endpoints', ENDPOINTS],
] as const;

await describeReal("another tenant's address", FOREIGN_ENDPOINT_PARTS, () => {
  let found: ForeignEndpointsCluster;

  const seriesOf = (expression: string): Promise<readonly unknown[]> =>
    querySeries(found.scraped.prometheus, expression);

  async function untilGone(expression: string): Promise<void> {
    await poll(async () => ((await seriesOf(expression)).length === 0 ? true : undefined), {
      what: `${expression} to be gone`,
    });
  }

  beforeAll(async () => {
    found = await startForeignEndpointsCluster();
    const { cluster } = found.scraped;
    const mirrored = serviceOf(ATTACKER_APP, 'mirrored', {});
    await mustRequest(cluster.request, 'POST', collectionOf(mirrored), mirrored);
    await found.scraped.reload((config) =>
      [ATTACKER_APP, VICTIM_APP].every(({ name, namespace }) =>
        config.includes(`serviceMonitor/${namespace}/${name}/0`),
      ),
    );
  }, 300_000);

  afterAll(() => found?.stop());

  describe('without a policy', () => {
    it("is scraped for the other tenant alone while each Service has its own pod's address", async () => {
      await found.scraped.awaitSeries(`secret_total{namespace="${VICTIM}"}`);
      await found.scraped.awaitSeries(HONEST);
      expect(await seriesOf(STOLEN)).toEqual([]);
      expect(await found.readAsAttacker('secret_total')).toEqual([]);
      expect(await found.readAsAttacker('mine')).toHaveLength(1);
    });

    it.each(WRITTEN)('gives its series to the writer of a foreign %s', async (kind, object) => {
      const { cluster } = found.scraped;
      const { status, body } = await create(cluster, object, found.asAttacker);
      expect([status, readPath(body, 'message')]).toEqual([201, undefined]);
      const [stolen] = await found.scraped.awaitSeries(STOLEN);
      expect(stolen?.metric).toMatchObject({
        namespace: OWN,
        instance: `${VICTIM_APP.address}:${METRICS_PORT}`,
      });
      expect(stolen?.value[1]).toBe('42');
      expect(await found.readAsAttacker('secret_total')).toEqual([
        expect.objectContaining({ metric: stolen?.metric, value: [expect.anything(), '42'] }),
      ]);
      await cluster.deleteObject(kind, String(readPath(object, 'metadata', 'name')), OWN);
      await untilGone(STOLEN);
    });
  });

  describe('with the policies', () => {
    beforeAll(() => enforce(found.scraped.cluster));

    it.each(WRITTEN)('is refused in a foreign %s', async (_kind, object) => {
      const answer = await create(found.scraped.cluster, object, found.asAttacker);
      expect(refusingRules(answer)).toEqual([expect.stringContaining('endpointAddresses: ')]);
    });

    it('is refused in what a controller wrote', async () => {
      const { request } = found.scraped.cluster;
      const path = collectionOf(SLICE);
      const selector = encodeURIComponent(`kubernetes.io/service-name=${ATTACKER_APP.name}`);
      const slices = await mustRequest(request, 'GET', `${path}?labelSelector=${selector}`);
      const name = String(readPath(slices, 'items', '0', 'metadata', 'name'));
      const answer = await request(
        'PATCH',
        `${path}/${name}`,
        { endpoints: FOREIGN },
        {
          ...found.asAttacker,
          contentType: 'application/merge-patch+json',
        },
      );
      expect(refusingRules(answer)).toEqual([expect.stringContaining('endpointAddresses: ')]);
    });

    it('stays out of reach, while controllers write the addresses of new Services', async () => {
      const service = serviceOf(ATTACKER_APP, 'later', selecting(ATTACKER_APP));
      const { status } = await create(found.scraped.cluster, service, found.asAttacker);
      expect(status).toBe(201);
      await found.scraped.awaitSeries(`mine{namespace="${OWN}",service="later"}`);
      expect(await seriesOf(STOLEN)).toEqual([]);
      expect(await found.readAsAttacker('secret_total')).toEqual([]);
    });
  });
});
