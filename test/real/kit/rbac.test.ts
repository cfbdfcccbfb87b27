import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TENANTS } from '../../../charts/tenants.ts';
import { SEED_ATTRIBUTES } from '../../../frontend/config/query-frontend.ts';
import { exampleManifests } from '../../lib/support/platform.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { EXPECTED_NAMESPACES } from './dist-folder.ts';

interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

const FRONTEND = 'system:serviceaccount:monitoring:tenant-query-frontend';
const PROMETHEUS = 'system:serviceaccount:monitoring:prometheus-tenancy';
const READER = 'system:serviceaccount:team-a:metrics-reader';

await describeReal(
  'the rights that the manifests grant',
  ['etcd', 'kube-apiserver', 'kubectl'],
  () => {
    let cluster: TestCluster;

    beforeAll(async () => {
      cluster = await startKubeApiserver();
      for (const name of EXPECTED_NAMESPACES) await cluster.createNamespace(name);
      const kinds = /^(?:ServiceAccount|(?:Cluster)?Role(?:Binding)?)$/;
      await cluster.apply(
        exampleManifests()
          .filter(({ kind }) => kinds.test(kind))
          .map((it) => ({ ...it })),
      );
    });

    afterAll(() => cluster.stop());

    const mayI = async (
      user: string,
      groups: readonly string[],
      attributes: Attributes,
    ): Promise<unknown> => {
      const { body } = await cluster.request(
        'POST',
        '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        {
          spec: { user, groups, resourceAttributes: attributes },
        },
      );
      return readPath(body, 'status', 'allowed');
    };

    it('let a tenant read its own namespace by the question that the frontend asks, and no other', async () => {
      const allowed = [];
      for (const { namespace } of TENANTS) {
        if ((await mayI(READER, [], { ...SEED_ATTRIBUTES, namespace })) === true)
          allowed.push(namespace);
      }
      expect(allowed).toEqual(['team-a']);
      const group = ['team-a-developers'];
      expect(await mayI('ann', group, { ...SEED_ATTRIBUTES, namespace: 'team-a' })).toBe(true);
      expect(await mayI('ann', [], { ...SEED_ATTRIBUTES, namespace: 'team-a' })).toBe(false);
    });

    it.each<[string, string, Attributes, boolean]>([
      [
        'the frontend',
        FRONTEND,
        { verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' },
        true,
      ],
      [
        'the frontend',
        FRONTEND,
        { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
        true,
      ],
      ['the frontend', FRONTEND, { verb: 'list', resource: 'namespaces' }, false],
      [
        'the frontend',
        FRONTEND,
        { verb: 'get', resource: 'secrets', namespace: 'monitoring' },
        false,
      ],
      [
        'Prometheus',
        PROMETHEUS,
        { verb: 'watch', group: 'discovery.k8s.io', resource: 'endpointslices' },
        true,
      ],
      ['Prometheus', PROMETHEUS, { verb: 'get', resource: 'secrets', namespace: 'team-a' }, false],
      ['Prometheus', PROMETHEUS, { verb: 'list', resource: 'nodes' }, false],
      ['a reader', READER, { verb: 'get', resource: 'secrets', namespace: 'team-a' }, false],
      ['a reader', READER, { verb: 'get', resource: 'pods', namespace: 'team-a' }, false],
    ])('say of %s (%s) and %j: %p', async (_who, user, attributes, allowed) => {
      expect(await mayI(user, [], attributes)).toBe(allowed);
    });
  },
);
