import { describe, expect, it } from '@jest/globals';
import { isReachable, type ManifestPolicy, type NetworkNode } from '../../lib/index.ts';

const namespaceLabels = { 'kubernetes.io/metadata.name': 'a' };
const client: NetworkNode = {
  name: 'client',
  address: '10.0.0.1',
  pod: { namespace: 'a', namespaceLabels, labels: { app: 'client' } },
};
const server: NetworkNode = {
  name: 'server',
  address: '10.0.0.2',
  pod: { namespace: 'a', namespaceLabels, labels: { app: 'server' }, ports: { web: 80 } },
};

function policy(spec: Partial<ManifestPolicy['spec']>, namespace = 'a'): ManifestPolicy {
  return { metadata: { name: 'p', namespace }, spec: { podSelector: {}, ...spec } };
}

function opens(policies: readonly ManifestPolicy[], port = 80): boolean {
  return isReachable(policies, { from: client, to: server, port });
}

const appServer = { matchLabels: { app: 'server' } };

describe('isReachable', () => {
  it.each<[string, readonly ManifestPolicy[], boolean]>([
    ['no policy opens everything', [], true],
    ['a policy without rules closes ingress', [policy({})], false],
    ['a policy of another namespace closes nothing', [policy({}, 'b')], true],
    [
      'a policy for other pods closes nothing',
      [policy({ podSelector: { matchLabels: { app: 'x' } } })],
      true,
    ],
    ['an empty rule opens', [policy({ policyTypes: ['Ingress'], ingress: [{}] })], true],
    ['an egress section closes egress', [policy({ ingress: [{}], egress: [] })], false],
    ['policies add up', [policy({}), policy({ ingress: [{}] })], true],
    [
      'a pod selector means the own namespace',
      [policy({ ingress: [{ from: [{ podSelector: {} }] }] }, 'a')],
      true,
    ],
    [
      'a namespace selector must match',
      [policy({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { x: 'y' } } }] }] })],
      false,
    ],
    [
      'a block takes the address',
      [policy({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }] })],
      true,
    ],
    [
      'an exception takes it out again',
      [
        policy({
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.1/32'] } }] }],
        }),
      ],
      false,
    ],
    ['a port must match', [policy({ ingress: [{ ports: [{ port: 81 }] }] })], false],
    [
      'a range of ports holds its ends',
      [policy({ ingress: [{ ports: [{ port: 70, endPort: 80 }] }] })],
      true,
    ],
    [
      'a named port is that of the server',
      [policy({ podSelector: appServer, ingress: [{ ports: [{ port: 'web' }] }] })],
      true,
    ],
    [
      'an unknown name matches nothing',
      [policy({ podSelector: appServer, ingress: [{ ports: [{ port: 'x' }] }] })],
      false,
    ],
    [
      'another protocol matches nothing',
      [policy({ ingress: [{ ports: [{ port: 80, protocol: 'UDP' }] }] })],
      false,
    ],
  ])('%s', (_rule, policies, expected) => {
    expect(opens(policies)).toBe(expected);
  });

  it.each<[string, readonly string[] | undefined, boolean]>([
    ['In', ['client'], true],
    ['In', ['other'], false],
    ['NotIn', ['client'], false],
    ['NotIn', ['other'], true],
    ['Exists', undefined, true],
    ['DoesNotExist', undefined, false],
  ])('reads the operator %s %p', (operator, values, expected) => {
    const expression =
      values === undefined ? { key: 'app', operator } : { key: 'app', operator, values };
    const from = [{ podSelector: { matchExpressions: [expression] } }];
    expect(opens([policy({ ingress: [{ from }] })])).toBe(expected);
  });

  it('does not guess an operator', () => {
    const podSelector = { matchExpressions: [{ key: 'app', operator: 'Like' }] };
    expect(() => opens([policy({ podSelector })])).toThrow(RangeError);
  });
});
