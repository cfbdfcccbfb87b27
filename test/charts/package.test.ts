import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { copyDocuments, copyReading, EXAMPLES } from '../../charts/package.ts';
import { brokenLinks, documentsIn } from '../support/document-links.ts';

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

describe('copyReading', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reading-'));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('leaves no link of the documents without what it leads to', () => {
    copyReading(folder);
    const documents = [
      ...documentsIn(folder),
      ...readdirSync(folder).filter((name) => name !== 'README.md' && name.endsWith('.md')),
    ];
    expect(documents.length).toBeGreaterThan(15);
    expect(documents.flatMap((file) => brokenLinks(folder, file))).toEqual([]);
    for (const file of EXAMPLES) rmSync(join(folder, file));
    expect(brokenLinks(folder, 'README.md')).toContain('README.md: charts/platform-chart.ts');
  });

  it('has the examples use the package', () => {
    copyReading(folder);
    const text = readFileSync(join(folder, 'charts/platform-chart.ts'), 'utf8');
    const imported = [...text.matchAll(/ from '(.*)';/g)].map(([, it]) => it);
    expect(imported).toEqual(['cdk8s', 'constructs', 'prometheus-tenancy-kit']);
  });
});
