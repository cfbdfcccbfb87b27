import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../promql/random.ts';
import { PROJECT } from '../../support/source-files.ts';
import { answersOk } from '../harness/http-request.ts';
import { freePort, tempFolder } from '../harness/places.ts';
import { startServer } from '../harness/processes.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { generateOpenMetrics, linesOf } from './open-metrics.ts';
import { generateRemoteSeries, writeRemotely } from './remote-series.ts';
import { OTHER, type Owner, OWN, OWNERS } from './tenants.ts';

const SEED = 20_240_228;
const API_VERSION = 'prometheus-tenancy-kit/v1alpha1';

/** A server that takes PromQL: where, and what to send along. */
export interface Answerer {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who is asked on behalf of some tenants, and what is compared. */
export interface Comparison {
  /** The query frontend over the shared server. */
  readonly scoped: Answerer;
  /** A Prometheus server with the series of these tenants and no others. */
  readonly alone: Answerer;
  /** The shared server itself, with everybody's series. */
  readonly shared: Answerer;
}

/** Everything that runs. */
export interface Installation {
  readonly one: Comparison;
  readonly two: Comparison;
  readonly stop: () => Promise<void>;
}

/** Starts three Prometheus servers over one set of series, and the query frontend over the first. */
export async function startInstallation(): Promise<Installation> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopPart of stops.splice(0).toReversed()) await stopPart();
  };
  try {
    const openMetrics = generateOpenMetrics(new Random(SEED));
    const remoteSeries = generateRemoteSeries(new Random(SEED));
    const serve = async (owners: readonly Owner[]): Promise<Answerer> => {
      const prometheus = await startPrometheus({
        openMetrics: owners === OWNERS ? openMetrics : linesOf(openMetrics, owners),
        flags: ['--web.enable-remote-write-receiver'],
      });
      stops.push(prometheus.stop);
      const kept = remoteSeries.filter(({ owner }) => owners.includes(owner));
      await writeRemotely(prometheus.url, kept);
      return { url: prometheus.url, headers: {} };
    };
    const shared = await serve(OWNERS);
    const aloneOne = await serve([OWN]);
    const aloneTwo = await serve([OWN, OTHER]);
    const frontend = await startFrontend(shared.url);
    stops.push(frontend.stop);
    return {
      one: { scoped: frontend.answererOf([OWN]), alone: aloneOne, shared },
      two: { scoped: frontend.answererOf([OWN, OTHER]), alone: aloneTwo, shared },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface RunningFrontend {
  readonly answererOf: (tenants: readonly string[]) => Answerer;
  readonly stop: () => Promise<void>;
}

async function startFrontend(upstreamUrl: string): Promise<RunningFrontend> {
  const folder = await tempFolder('meaning-frontend');
  const grants = [[OWN], [OWN, OTHER]].map((namespaces) => ({
    token: randomBytes(24).toString('base64url'),
    username: `${namespaces.join('-')}-reader`,
    namespaces,
  }));
  const [port, operationsPort] = [await freePort(), await freePort()];
  const tokensFile = join(folder.path, 'tokens.json');
  const configFile = join(folder.path, 'config.json');
  const tokens = { apiVersion: API_VERSION, kind: 'StaticTokens', tokens: grants };
  await writeFile(tokensFile, JSON.stringify(tokens), { mode: 0o600 });
  const config = {
    apiVersion: API_VERSION,
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port },
    operations: { address: '127.0.0.1', port: operationsPort },
    upstream: { url: upstreamUrl },
    access: { kind: 'staticTokens', file: tokensFile },
  };
  await writeFile(configFile, JSON.stringify(config));
  try {
    const server = await startServer({
      program: process.execPath,
      args: [join(PROJECT, 'frontend/main.ts'), 'query-frontend', '--config', configFile],
      folder: folder.path,
      logFile: join(folder.path, 'frontend.log'),
      isReady: () => answersOk(`http://127.0.0.1:${operationsPort}/-/ready`),
    });
    return {
      answererOf: (tenants) => ({
        url: `http://127.0.0.1:${port}/namespaces/${tenants.join(',')}`,
        headers: { Authorization: `Bearer ${tokenFor(grants, tenants)}` },
      }),
      stop: async () => {
        await server.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function tokenFor(
  grants: readonly { readonly token: string; readonly namespaces: readonly string[] }[],
  tenants: readonly string[],
): string {
  return grants.find(({ namespaces }) => namespaces.join() === tenants.join())?.token ?? '';
}
