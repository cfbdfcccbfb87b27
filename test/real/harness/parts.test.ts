import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { toolFolder } from './build-part.ts';
import { CERT_MANAGER_MODULE } from './cert-manager.ts';
import { isAtLeast } from './installed-part.ts';
import { isPartName, PART_NAMES, PARTS } from './parts.ts';
import { FLOOR_PLATFORM, NEWEST_PLATFORM } from './platform-versions.ts';

describe('the table of parts', () => {
  it.each([
    ...Object.values(PARTS),
    ...Object.values(NEWEST_PLATFORM),
    ...Object.values(FLOOR_PLATFORM),
    CERT_MANAGER_MODULE,
  ])(
    'names the version that $folder/go.mod requires of $module',
    async ({ folder, module, version }) => {
      const goMod = await readFile(join(toolFolder(folder), 'go.mod'), 'utf8');
      expect(goMod.replaceAll(/\s+/g, ' ')).toContain(` ${module} ${version} `);
    },
  );

  it('lists each part once', () => {
    expect([...PART_NAMES].sort()).toEqual(Object.keys(PARTS).sort());
  });

  it('knows which words name a part', () => {
    expect(['etcd', 'toString', ''].map(isPartName)).toEqual([true, false, false]);
  });
});

describe('isAtLeast', () => {
  it.each([
    ['3.15.0', '3.15.0', true],
    ['3.15.1', '3.15.0', true],
    ['3.9.0', '3.15.0', false],
    ['10.0.0', '9.9.9', true],
    ['1.36', '1.36.3', false],
  ])('compares %s with %s as numbers', (version, least, expected) => {
    expect(isAtLeast(version, least)).toBe(expected);
  });
});
