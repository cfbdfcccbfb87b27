import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { WRITABLE_LABEL } from '../../../lib/admission/relabel-rules.ts';
import { moduleFolder } from '../harness/build-part.ts';
import { AT_FLOOR, PARTS } from '../harness/parts.ts';
import { describeReal } from '../harness/skip.ts';
import { STEERING_LABELS } from './cases/relabelling.ts';

// What is a beginning of names. `__tmp_` is the one that Prometheus promises to leave alone.
const PREFIXES: readonly string[] = ['__', '__meta_', '__param_', '__tmp_'];

// Where relabelled labels are read: targets, what is scraped, and the alerts that are sent.
const FOLDERS: readonly string[] = [
  'config',
  'model/labels',
  'model/relabel',
  'notifier',
  'scrape',
  'discovery/targetgroup',
];

await describeReal(
  'the labels with two underscores in the sources of Prometheus',
  ['prometheus'],
  () => {
    let found: readonly string[] = [];

    beforeAll(async () => {
      const { folder, module } = PARTS.prometheus;
      const prometheus = await moduleFolder('prometheus', folder, module);
      const common = await moduleFolder('prometheus', folder, 'github.com/prometheus/common');
      const folders = [...FOLDERS.map((it) => join(prometheus, it)), join(common, 'model')];
      found = [...new Set(folders.flatMap(labelsBelow))].toSorted();
    });

    it('are found, those of the first versions among them', () => {
      // Prometheus 2.55 does not know the last.
      const first = ['__address__', '__param_', ...(AT_FLOOR ? [] : ['__unix_socket__'])];
      expect(found).toEqual(expect.arrayContaining(first));
    });

    it('are each tried on the API server, so that a new one is noticed', () => {
      const known = [...STEERING_LABELS, ...PREFIXES];
      expect(found.filter((label) => !known.includes(label))).toEqual([]);
    });

    it('are none that relabelling may write, but for scratch labels', () => {
      const writable = new RegExp(WRITABLE_LABEL);
      const written = found.filter((label) => writable.test(`${label}x`) || writable.test(label));
      expect(written).toEqual(['__tmp_']);
    });
  },
);

function labelsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith('.go') && !it.name.endsWith('_test.go'))
    .map((it) => readFileSync(join(it.parentPath, it.name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/"(__[a-z_]*)"/g)].map(([, label = '']) => label));
}
