import { describe, expect, it } from '@jest/globals';
import { readObjects } from '../../../frontend/tools/audit/audited-objects.ts';

const item = (fields: object = {}): object => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { namespace: 'team-a', name: 'web' },
  ...fields,
});

const read = (...items: readonly unknown[]): ReturnType<typeof readObjects> =>
  readObjects(JSON.stringify({ kind: 'List', items }));

describe('readObjects', () => {
  it('finds the path of each object', () => {
    const agent = item({ apiVersion: 'monitoring.coreos.com/v1alpha1', kind: 'PrometheusAgent' });
    const result = read(item(), agent);
    expect(result.ok && result.value.map(({ path, title }) => [title, path])).toEqual([
      [
        'ServiceMonitor team-a/web',
        '/apis/monitoring.coreos.com/v1/namespaces/team-a/servicemonitors/web',
      ],
      [
        'PrometheusAgent team-a/web',
        '/apis/monitoring.coreos.com/v1alpha1/namespaces/team-a/prometheusagents/web',
      ],
    ]);
  });

  it('keeps a name inside its segment of the path', () => {
    const result = read(item({ metadata: { namespace: 'a/b', name: '../x?y' } }));
    expect(result.ok && result.value[0]?.path).toBe(
      '/apis/monitoring.coreos.com/v1/namespaces/a%2Fb/servicemonitors/..%2Fx%3Fy',
    );
  });

  it('takes an empty List', () => {
    expect(read()).toEqual({ ok: true, value: [] });
  });

  it.each<[string, unknown, string]>([
    ['a kind of another group', item({ apiVersion: 'example.com/v1' }), 'is none of'],
    ['a kind that is not audited', item({ kind: 'Pod' }), 'is none of'],
    ['a kind called like a method', item({ kind: 'constructor' }), 'is none of'],
    ['an object without a namespace', item({ metadata: { name: 'x' } }), 'no namespace'],
    ['something else', 'x', 'no kind'],
  ])('refuses %s', (_what, value, message) => {
    const result = read(value);
    expect(!result.ok && result.rejection).toContain(message);
  });

  it.each(['', 'x', '[]', 'null', '{"kind":"Pod"}', '{"kind":"List"}'])('refuses %j', (text) => {
    const result = readObjects(text);
    expect(!result.ok && result.rejection).toContain('no List');
  });
});
