import { describe, expect, it } from '@jest/globals';
import { readStaticTokens } from '../../../frontend/adapters/files/static-tokens.ts';
import { readYamlDocument } from '../../../frontend/adapters/files/yaml-document.ts';
import { tempFolder } from '../temp-folder.ts';

const HEAD = { apiVersion: 'prometheus-tenancy-kit/v1alpha1', kind: 'StaticTokens' };
const ENTRY = { token: 'secret', username: 'jane', namespaces: ['a', 'b'] };
const READ = { ...ENTRY, clusterWide: false };

describe('readStaticTokens', () => {
  it('reads JSON', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('t.json', JSON.stringify({ ...HEAD, tokens: [ENTRY] }));
    expect(await readStaticTokens(file)).toEqual([READ]);
  });

  it('reads YAML with that reader', async () => {
    await using folder = await tempFolder();
    const text = `apiVersion: ${HEAD.apiVersion}\nkind: StaticTokens\ntokens:\n  - token: secret\n    username: jane\n    namespaces: [a, b]\n`;
    const file = await folder.write('t.yaml', text);
    expect(await readStaticTokens(file, readYamlDocument)).toEqual([READ]);
  });

  it.each<[string, object, string]>([
    ['another kind', { kind: 'Tokens', tokens: [] }, 'kind: '],
    ['another version', { apiVersion: 'v1', tokens: [] }, 'apiVersion: '],
    ['no tokens', {}, 'tokens: '],
    ['an unknown member', { tokens: [{ ...ENTRY, groups: [] }] }, 'tokens.0.groups: '],
    ['a token with a space', { tokens: [{ ...ENTRY, token: 'secret one' }] }, 'tokens.0.token: '],
    ['a token that is a number', { tokens: [{ ...ENTRY, token: 12_345 }] }, 'tokens.0.token: '],
    ['an empty token', { tokens: [{ ...ENTRY, token: '' }] }, 'tokens.0.token: '],
    ['one token twice', { tokens: [ENTRY, ENTRY] }, 'tokens: tokens repeat'],
    ['no namespace', { tokens: [{ ...ENTRY, namespaces: [] }] }, 'tokens.0.namespaces: '],
    ['a pattern', { tokens: [{ ...ENTRY, namespaces: ['.*'] }] }, 'tokens.0.namespaces.0: '],
    [
      'a name of the system',
      { tokens: [{ ...ENTRY, username: 'system:x' }] },
      'tokens.0.username: ',
    ],
  ])('refuses %s, says where, and quotes no token', async (_case, change, place) => {
    await using folder = await tempFolder();
    const file = await folder.write('t.json', JSON.stringify({ ...HEAD, ...change }));
    const fault = await readStaticTokens(file).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ code: 'static_tokens_malformed' });
    expect(String(fault)).toContain(`${file}: ${place}`);
    expect(String(fault)).not.toMatch(/secret|12345/);
  });
});
