import { join } from 'node:path';
import { freePort, tempFolder } from '../harness/places.ts';
import { readPath } from '../harness/read-path.ts';
import { OWN, podMonitor, SECRET_KEY, VICTIM } from './admission-case.ts';
import { create } from './admitted-cluster.ts';
import { type AttackGround, type AttackName, ATTACKS } from './attacks.ts';
import { expose, exposingServers } from './exposing-servers.ts';
import { type ScrapedCluster, startScrapedCluster } from './scraped-cluster.ts';

/** The interval of scrapes: nothing waits a whole one of the platform where no policy asks for it. */
export const HASTE = '200ms';

// More than the enforced limit of 32 MiB, and nothing to be stored.
const LARGE = '# nothing\n'.repeat(3_500_000);

// What the tenant claims to be.
const LIES = 'mine{namespace="team-b",job="x"} 1\n';

/** A cluster whose Prometheus scrapes a victim, in which an attacker has a pod. */
export interface AttackedCluster {
  readonly scraped: ScrapedCluster;
  readonly ground: AttackGround;
  /** The port at which the victim's pod answers. */
  readonly victimPort: number;
  /** A folder for files of the test. */
  readonly folder: string;
  /** Writes what an attack writes, and has Prometheus load what comes of it. */
  readonly attack: (name: AttackName, awaited?: string) => Promise<void>;
  /** Removes it. */
  readonly end: (name: AttackName) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts all of it. No policy is in force. */
export async function startAttackedCluster(): Promise<AttackedCluster> {
  const folder = await tempFolder('attacks');
  const servers = exposingServers();
  const scraped = await startScrapedCluster();
  const stop = async (): Promise<void> => {
    servers.stop();
    await scraped.stop();
    await folder.remove();
  };
  try {
    const { ground, victimPort } = await prepareGround(scraped, servers, folder.path);
    return {
      scraped,
      ground,
      victimPort,
      folder: folder.path,
      attack: async (name, awaited = `/team-a/${name.toLowerCase()}`) => {
        const { status, body } = await create(scraped.cluster, ATTACKS[name](ground));
        if (status !== 201) throw new Error(`${name}: ${String(readPath(body, 'message'))}`);
        await scraped.reload((config) => config.includes(awaited));
      },
      end: async (name) => {
        const { kind, metadata } = ATTACKS[name](ground);
        await scraped.cluster.deleteObject(String(kind), String(readPath(metadata, 'name')), OWN);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareGround(
  scraped: ScrapedCluster,
  servers: ReturnType<typeof exposingServers>,
  folder: string,
): Promise<{ readonly ground: AttackGround; readonly victimPort: number }> {
  const { cluster, prometheus } = scraped;
  const socket = join(folder, 'node.sock');
  const ground = { prometheusPort: prometheus.port, socket, interval: HASTE };
  const attackerPort = await freePort();
  const victimPort = await freePort();
  await servers.listen(victimPort, (_request, response) => expose(response, 'secret_total 42\n'));
  await servers.listen(socket, (_request, response) => expose(response, 'host_secret 7\n'));
  const match = encodeURIComponent(`{namespace="${VICTIM}"}`);
  const location = `${prometheus.url}/federate?match[]=${match}`;
  await servers.listen(attackerPort, ({ url = '' }, response) => {
    if (url.startsWith('/redirect')) response.writeHead(302, { location }).end();
    else expose(response, url.startsWith('/large') ? LARGE : LIES);
  });
  await scraped.addPod({ namespace: VICTIM, name: 'victim', port: victimPort });
  await scraped.addPod({
    namespace: OWN,
    name: 'attacker',
    port: attackerPort,
    annotations: { x__address__y: `127.0.0.1:${prometheus.port}` },
  });
  for (const namespace of [OWN, VICTIM]) {
    await create(cluster, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'credential', namespace },
      stringData: { value: `password-of-${namespace}` },
    });
  }
  const honest = podMonitor(
    { interval: HASTE, basicAuth: { username: SECRET_KEY, password: SECRET_KEY } },
    { selector: { matchLabels: { app: 'victim' } } },
  );
  await create(cluster, { ...honest, metadata: { name: 'victim', namespace: VICTIM } });
  await scraped.reload((config) => config.includes('podMonitor/team-b/victim/0'));
  await scraped.awaitSeries(`secret_total{namespace="${VICTIM}"}`);
  return { ground, victimPort };
}
