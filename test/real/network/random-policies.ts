import fc from 'fast-check';
import type { ManifestPolicy, NetworkNode } from '../../../lib/index.ts';
import type { NetworkQuestion } from '../harness/network-oracle.ts';
import { connectionsBetween } from './connections.ts';

const KEYS = ['app', 'tier'] as const;
const VALUES = ['x', 'y', ''] as const;
const NAMESPACES = ['a', 'b'] as const;

type Selector = ManifestPolicy['spec']['podSelector'];

const value = fc.constantFrom(...VALUES);
const key = fc.constantFrom(...KEYS);

// Every pod has the label `app`, and some have `tier`. The other judge takes `NotIn` to ask that the label is
// there, which Kubernetes does not, so it is asked of a label that always is.
const expression = fc.oneof(
  fc.record({
    key,
    operator: fc.constant('In'),
    values: fc.uniqueArray(value, { minLength: 1 }),
  }),
  fc.record({
    key: fc.constant('app'),
    operator: fc.constant('NotIn'),
    values: fc.uniqueArray(value, { minLength: 1 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);

const selector: fc.Arbitrary<Selector> = fc.record(
  {
    // Not empty: the other judge takes a label that is not there for an empty one.
    matchLabels: fc.dictionary(key, fc.constantFrom('x', 'y')),
    matchExpressions: fc.array(expression, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const block = fc
  .record({
    cidr: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/30', '192.0.2.0/24'),
    except: fc.uniqueArray(fc.constantFrom('10.0.0.1/32', '10.0.0.2/31'), { maxLength: 2 }),
  })
  .map(({ cidr, except }) =>
    // The API server takes no exception from outside of the block.
    cidr === '192.0.2.0/24' ? { cidr } : { cidr, except },
  );

const peer = fc.oneof(
  block.map((ipBlock) => ({ ipBlock })),
  selector.map((podSelector) => ({ podSelector })),
  selector.map((namespaceSelector) => ({ namespaceSelector })),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
);

const protocol = fc.constantFrom('TCP', 'UDP');
const ports = fc.array(
  fc.oneof(
    fc.record({ protocol }),
    fc.record({ port: fc.constantFrom(80, 443, 'web', 'unknown') }),
    fc.record({ port: fc.constantFrom(80, 443, 'web'), protocol }),
    fc.record({ port: fc.constantFrom(53, 80, 443), endPort: fc.constantFrom(443, 9_100) }),
  ),
  { maxLength: 2 },
);

const peers = fc.array(peer, { maxLength: 2 });
const ingress = fc.record({ from: peers, ports }, { requiredKeys: [] });
const egress = fc.record({ to: peers, ports }, { requiredKeys: [] });

const policy: fc.Arbitrary<ManifestPolicy> = fc.record({
  metadata: fc.record({ name: fc.constant('p'), namespace: fc.constantFrom(...NAMESPACES) }),
  spec: fc.record(
    {
      podSelector: selector,
      // The API server writes the types where they are left out, so the other judge wants them written.
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: fc.array(ingress, { maxLength: 2 }),
      egress: fc.array(egress, { maxLength: 2 }),
    },
    { requiredKeys: ['podSelector', 'policyTypes'] },
  ),
});

const node = fc.record({
  app: value,
  tier: fc.option(value, { nil: undefined }),
  namespace: fc.constantFrom(...NAMESPACES),
  address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '192.0.2.1'),
  web: fc.constantFrom(80, 443),
});

const nodes = fc.array(node, { minLength: 2, maxLength: 4 }).map((some): readonly NetworkNode[] => [
  ...some.map(({ address, app, namespace, tier, web }, index) => ({
    name: `pod ${index}`,
    address,
    pod: {
      namespace,
      // A namespace has the same labels whichever pod is looked at.
      namespaceLabels: { app: namespace === 'a' ? 'x' : 'y' },
      labels: { app, ...(tier !== undefined && { tier }) },
      ports: { web },
    },
  })),
  { name: 'outside', address: '203.0.113.7' },
]);

const question: fc.Arbitrary<NetworkQuestion> = fc
  .record({ nodes, policies: fc.array(policy, { minLength: 1, maxLength: 4 }) })
  .map((it) => ({ policies: it.policies, connections: connectionsBetween(it.nodes) }));

/** Policies and connections of all sorts, the same ones for the same seed. */
export function randomQuestions(count: number, seed: number): readonly NetworkQuestion[] {
  return fc.sample(question, { numRuns: count, seed });
}
