import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, textsAt } from '../../../lib/support/manifests.ts';
import { promtool } from '../../harness/prometheus.ts';

/** A sample of a gauge. */
export interface UploadedSample {
  readonly metric: string;
  readonly value: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/**
 * Makes a block of one sample of the tenant `team-a`, as a sidecar uploads it.
 *
 * @param folder - Where the folder of blocks is made.
 * @returns That folder.
 */
export async function uploadedBlock(
  folder: string,
  { metric, time, value }: UploadedSample,
): Promise<string> {
  const blocks = join(folder, 'blocks');
  await mkdir(blocks);
  const source = join(folder, 'series.om');
  const lines = [`# TYPE ${metric} gauge`, `${metric}{namespace="team-a"} ${value} ${time}`];
  await writeFile(source, [...lines, '# EOF', ''].join('\n'));
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', source, blocks];
  const { exitCode, stderr } = await promtool(args);
  if (exitCode !== 0) throw new Error(stderr);
  const [block = ''] = await readdir(blocks);
  const meta = join(blocks, block, 'meta.json');
  const thanos = { labels: { cluster: 'main' }, downsample: { resolution: 0 }, source: 'sidecar' };
  const known = textsAt(JSON.parse(await readFile(meta, 'utf8')) as Json);
  await writeFile(meta, JSON.stringify({ ...known, thanos }));
  return blocks;
}
