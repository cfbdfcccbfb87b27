import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { at, listAt, type Manifest, textAt, textsAt } from '../../lib/support/manifests.ts';
import { exampleManifests } from '../../lib/support/platform.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { describeReal } from '../harness/skip.ts';
import { startThanos } from '../harness/thanos.ts';

const MANIFESTS = exampleManifests();

await describeReal('Thanos, started with the arguments of the manifests', ['thanos'], () => {
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await tempFolder('thanos-manifests');
  });

  afterAll(() => folder.remove());

  // Lays out what the pod mounts, and maps the arguments to it. The harness chooses the addresses.
  const argumentsOf = async (kind: string, name: string): Promise<string[]> => {
    const workload = MANIFESTS.find((it) => it.kind === kind && it.metadata.name === name);
    const pod = at(workload?.spec, 'template', 'spec');
    let args = listAt(pod, 'containers', 0, 'args').map(String).slice(1);
    for (const mount of listAt(pod, 'containers', 0, 'volumeMounts')) {
      const path = textAt(mount, 'mountPath');
      const target = join(folder.path, name, path);
      await mkdir(target, { recursive: true });
      for (const [file, text] of Object.entries(filesOf(pod, textAt(mount, 'name')))) {
        await writeFile(join(target, file), text);
      }
      args = args.map((arg) => arg.replace(path, target));
    }
    return args.filter((arg) => !/^--(?:http|grpc)-address=/.test(arg));
  };

  const filesOf = (pod: unknown, volumeName: string): Record<string, string> => {
    const volume = listAt(pod, 'volumes').find((it) => at(it, 'name') === volumeName);
    if (at(volume, 'secret') !== undefined) {
      const bucket = join(folder.path, 'bucket');
      const text = JSON.stringify({ type: 'FILESYSTEM', config: { directory: bucket } });
      return { [textAt(volume, 'secret', 'items', 0, 'path')]: text };
    }
    const configMap = MANIFESTS.find(
      (it: Manifest) =>
        it.kind === 'ConfigMap' && it.metadata.name === at(volume, 'configMap', 'name'),
    );
    return textsAt(configMap, 'data');
  };

  it.each([
    ['query', 'Deployment', 'thanos-querier'],
    ['store', 'StatefulSet', 'thanos-store-gateway'],
    ['compact', 'StatefulSet', 'thanos-compactor'],
  ] as const)('is ready as %s', async (component, kind, name) => {
    const thanos = await startThanos(component, await argumentsOf(kind, name));
    try {
      for (const path of ['/-/ready', '/-/healthy', '/metrics']) {
        expect((await sendRequest({ url: `${thanos.httpUrl}${path}` })).status).toBe(200);
      }
    } finally {
      await thanos.stop();
    }
  });
});
