import { describe, expect, it } from '@jest/globals';
import { followRights } from '../../../frontend/adapters/kubernetes/follow-rights.ts';
import { Fault } from '../../../frontend/fault.ts';
import { eventually } from '../../http/harness/eventually.ts';

type Stream = Awaited<ReturnType<Parameters<typeof followRights>[0]['client']['openStream']>>;

/** An API server whose watches say one thing each, and then nothing until they are ended. */
function setUp(lines: Readonly<Record<string, object>>, refused?: string) {
  const forgotten: string[] = [];
  const told: string[] = [];
  const said = new Set<string>();
  const kindOf = (path: string): string => /\/([a-z]+)\?/.exec(path)?.[1] ?? '';
  const stop = followRights({
    client: {
      get: async (path) => {
        if (kindOf(path) === refused) throw new Fault('api_server_refused', 'no');
        return { metadata: { resourceVersion: '1' }, items: [] };
      },
      openStream: async (path, _accept, signal) => {
        const kind = kindOf(path);
        const metadata = { resourceVersion: '2', ...lines[kind] };
        const event = JSON.stringify({ type: 'MODIFIED', object: { metadata } });
        async function* stream(): AsyncGenerator<Uint8Array> {
          if (lines[kind] !== undefined && !said.has(kind)) {
            said.add(kind);
            yield Buffer.from(`${event}\n`);
          }
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
        }
        const response = Object.assign(stream(), { complete: true, destroy: () => undefined });
        return response as unknown as Stream;
      },
    },
    access: {
      forgetRights: (namespace) => forgotten.push(`rights of ${namespace ?? 'all'}`),
      forgetTokens: (account) =>
        forgotten.push(
          `tokens of ${account === undefined ? 'all' : `${account.namespace}/${account.name}`}`,
        ),
    },
    observer: { watchChanged: (watch, isFollowing) => told.push(`${watch} ${isFollowing}`) },
    log: (level, event) => told.push(`${level} ${event}`),
  });
  return { forgotten, told, stop };
}

const AT_START = [
  'rights of all',
  'rights of all',
  'rights of all',
  'rights of all',
  'tokens of all',
];

describe('followRights', () => {
  it('forgets everything when it begins, and says that it follows', async () => {
    const { forgotten, told, stop } = setUp({});
    await eventually(
      () => told.length,
      (it) => it === 3,
    );
    expect(forgotten.toSorted()).toEqual(AT_START);
    expect(told).toEqual(['rights false', 'rights true', 'info rights_followed']);
    stop();
  });

  it.each<[string, object, string]>([
    ['roles', { name: 'r', namespace: 'a' }, 'rights of a'],
    ['rolebindings', { name: 'b', namespace: 'a' }, 'rights of a'],
    ['rolebindings', { name: 'b' }, 'rights of all'],
    ['clusterroles', { name: 'c' }, 'rights of all'],
    ['clusterrolebindings', { name: 'd' }, 'rights of all'],
    ['serviceaccounts', { name: 's', namespace: 'a' }, 'tokens of a/s'],
  ])('forgets what one of the %s may have decided', async (kind, metadata, expected) => {
    const { forgotten, stop } = setUp({ [kind]: metadata });
    await eventually(
      () => forgotten.length,
      (it) => it === 6,
    );
    expect(forgotten.at(-1)).toBe(expected);
    stop();
  });

  it('does not say that it follows while one of the watches may not', async () => {
    const { forgotten, told, stop } = setUp({}, 'clusterroles');
    await eventually(
      () => forgotten.length,
      (it) => it === 4,
    );
    expect(told).toEqual(['rights false', 'warn rights_not_followed']);
    stop();
  });
});
