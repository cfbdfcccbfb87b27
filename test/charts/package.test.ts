import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { copyDocuments } from '../../charts/package.ts';

const DOCUMENTS = fileURLToPath(new URL('../../docs', import.meta.url));

describe('copyDocuments', () => {
  it('copies every document, no code, and no folder that would be empty', () => {
    const folder = mkdtempSync(join(tmpdir(), 'documents-'));
    try {
      copyDocuments(DOCUMENTS, folder);
      const copied = readdirSync(folder, { recursive: true, withFileTypes: true });
      const pages = readdirSync(DOCUMENTS).filter((name) => name.endsWith('.md'));
      expect(copied.map(({ name }) => name)).toEqual(expect.arrayContaining(pages));
      expect(copied.filter(({ name }) => name.endsWith('.ts'))).toEqual([]);
      const empty = copied
        .filter((entry) => entry.isDirectory())
        .map(({ name, parentPath }) => join(parentPath, name))
        .filter((path) => readdirSync(path).length === 0);
      expect(empty).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
