import { describe, expect, it } from '@jest/globals';
import { MAX_DOCUMENT_BYTES, readJsonDocument } from '../../../frontend/adapters/files/document.ts';
import { readYamlDocument } from '../../../frontend/adapters/files/yaml-document.ts';
import { tempFolder } from '../temp-folder.ts';

const READERS = [
  ['JSON', readJsonDocument],
  ['YAML', readYamlDocument],
] as const;

describe.each(READERS)('a %s document', (_form, read) => {
  it('is read whole', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', '{"a": [1, "ü", true, null]}\n');
    expect(await read(file)).toEqual({ a: [1, 'ü', true, null] });
  });

  it('names a file that is not there', async () => {
    await using folder = await tempFolder();
    await expect(read(`${folder.path}/absent`)).rejects.toMatchObject({
      code: 'file_unreadable',
      message: `${folder.path}/absent cannot be read`,
    });
  });

  it('has an end', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', ' '.repeat(MAX_DOCUMENT_BYTES + 1));
    await expect(read(file)).rejects.toMatchObject({ code: 'file_too_large' });
    await expect(read('/dev/zero')).rejects.toMatchObject({ code: 'file_too_large' });
  });

  it('is UTF-8', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', Uint8Array.of(0x22, 0xff, 0x22));
    await expect(read(file)).rejects.toMatchObject({ code: 'file_not_utf8' });
  });

  it('names a member once', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', '{\n  "a": 1,\n  "a": 2\n}');
    await expect(read(file)).rejects.toMatchObject({
      code: 'document_malformed',
      message: expect.stringMatching(`^${file}:3:3: `),
    });
  });

  it('is not quoted by what is said about it', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', '{"token": "secret" "secret"');
    await expect(read(file)).rejects.not.toMatchObject({
      message: expect.stringContaining('secret'),
    });
  });
});

describe('readJsonDocument', () => {
  it.each<[string, string, string]>([
    ['', '1:1', 'expected a JSON value'],
    ['a: 1', '1:1', 'expected a JSON value'],
    ['{"a": 1,\n "b" 2}', '2:6', 'expected a colon'],
    ['{"a": 1\n "b": 2}', '2:2', 'expected a comma or a closing brace'],
    ['{"a": 1,}', '1:9', 'expected the name of a member in quotes'],
    ["{'a': 1}", '1:2', 'expected the name of a member in quotes'],
    ['[1,\n\n2', '3:2', 'expected a comma or a closing bracket'],
    ['[1,]', '1:4', 'expected a JSON value'],
    ['[01]', '1:3', 'expected a comma or a closing bracket'],
    ['["a]', '1:5', 'expected a closing quote'],
    ['["\\x"]', '1:3', 'expected a valid escape'],
    ['["\\u12"]', '1:3', 'expected a valid escape'],
    ['["a\tb"]', '1:4', 'expected an escape in place of a control character'],
    ['{} {}', '1:4', 'expected the end of the document'],
    ['NaN', '1:1', 'expected a JSON value'],
    ['{"a": 1, "\\u0061": 2}', '1:10', 'this object names the same member twice'],
    ['['.repeat(100), '1:66', 'nested too deeply'],
  ])('says what is wrong with %j, and where', async (text, place, message) => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', text);
    await expect(readJsonDocument(file)).rejects.toMatchObject({
      code: 'document_malformed',
      message: `${file}:${place}: ${message}`,
    });
  });

  it.each([
    'null',
    '-1.5e+3',
    '"\\u00e9\\n"',
    ' [ ] ',
    '{ }',
    '[{"a": {"a": []}}, 0]',
    '\uFEFFtrue',
  ])('reads %j as JSON.parse does', async (text) => {
    await using folder = await tempFolder();
    const file = await folder.write('a.json', text);
    expect(await readJsonDocument(file)).toEqual(JSON.parse(text.replace('\uFEFF', '')));
  });
});

describe('readYamlDocument', () => {
  it('reads YAML', async () => {
    await using folder = await tempFolder();
    const file = await folder.write('a.yaml', '# list\na:\n  - 1\n  - x\n');
    expect(await readYamlDocument(file)).toEqual({ a: [1, 'x'] });
  });

  it.each<[string, string, string]>([
    ['nothing', '', '1:1'],
    ['two documents', 'a: 1\n---\nb: 2\n', '2:1'],
    ['a bad indent', 'a:\n  b: 1\n c: 2\n', '3:1'],
    ['a tab for an indent', 'a:\n\tb: 1\n', '2:1'],
    ['an unknown tag', 'a: !secret x\n', '1:4'],
    ['an alias of nothing', 'a: *x\n', '1:1'],
  ])('refuses %s, and says where', async (_case, text, place) => {
    await using folder = await tempFolder();
    const file = await folder.write('a.yaml', text);
    await expect(readYamlDocument(file)).rejects.toMatchObject({
      code: 'document_malformed',
      message: expect.stringMatching(`^${file}:${place}: `),
    });
  });

  it('refuses aliases that grow without end', async () => {
    await using folder = await tempFolder();
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) {
      const again = Array.from({ length: 8 }, () => `*a${level - 1}`).join(', ');
      lines.push(`a${level}: &a${level} [${again}]`);
    }
    const file = await folder.write('a.yaml', lines.join('\n'));
    await expect(readYamlDocument(file)).rejects.toMatchObject({ code: 'document_malformed' });
  });
});
