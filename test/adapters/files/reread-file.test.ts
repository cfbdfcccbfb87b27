import { rm } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { REREAD_AFTER_MS, RereadFile } from '../../../frontend/adapters/files/reread-file.ts';
import { FakeClock } from '../../access/fakes.ts';
import { tempFolder } from '../temp-folder.ts';

describe('RereadFile', () => {
  it('reads again when the content is old, and not before', async () => {
    await using folder = await tempFolder();
    const clock = new FakeClock();
    const file = new RereadFile(await folder.write('token', ' one\n'), clock);
    expect(await file.read()).toBe('one');
    await folder.write('token', 'two');
    clock.advance(REREAD_AFTER_MS - 1);
    expect(await file.read()).toBe('one');
    clock.advance(1);
    expect(await file.read()).toBe('two');
  });

  it('reads again at once when told that the content was refused', async () => {
    await using folder = await tempFolder();
    const file = new RereadFile(await folder.write('token', 'one'), new FakeClock());
    await file.read();
    await folder.write('token', 'two');
    file.expire();
    expect(await file.read()).toBe('two');
  });

  it.each(['gone', 'empty'])('keeps what it has while the file is %s', async (state) => {
    await using folder = await tempFolder();
    const clock = new FakeClock();
    const path = await folder.write('token', 'one');
    const file = new RereadFile(path, clock);
    await file.read();
    if (state === 'gone') await rm(path);
    else await folder.write('token', '');
    clock.advance(REREAD_AFTER_MS);
    expect(await file.read()).toBe('one');
  });

  it.each([
    ['absent', 'file_unreadable'],
    ['empty', 'file_empty'],
  ])('fails when the file was never there: %s', async (name, code) => {
    await using folder = await tempFolder();
    await folder.write('empty', '\n');
    const file = new RereadFile(`${folder.path}/${name}`, new FakeClock());
    await expect(file.read()).rejects.toMatchObject({ code });
  });
});
