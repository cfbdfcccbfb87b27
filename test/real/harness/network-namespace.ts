import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath } from './installed-part.ts';
import { PartUnavailable } from './part-unavailable.ts';
import { type OpenPassage, openPassage, type Passage } from './passage.ts';
import { freePort, tempFolder } from './places.ts';
import { runProgram, startServer } from './processes.ts';

/** A port in a network namespace at which a server of this machine answers. */
export interface NetworkExit {
  /** An address of the namespace. One that is not of the loopback exists there alone. */
  readonly address: string;
  readonly port: number;
  /** The port of 127.0.0.1 on this machine. */
  readonly to: number;
}

/** A command line that runs something in a network namespace. */
export interface NetworkCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * A network with addresses of its own, from which nothing else can be reached: no other address of this
 * machine, and no other machine. Files are those of this machine.
 */
export interface NetworkNamespace {
  /** The port of 127.0.0.1 on this machine behind which the same port of 127.0.0.1 in there is. */
  readonly entrance: number;
  /** Gives the command line that runs a program in it. The process is that of the program. */
  readonly command: (program: string, args: readonly string[]) => NetworkCommand;
  /** Ends it. What runs in it has to be stopped before. */
  readonly stop: () => Promise<void>;
}

/** What the program in the namespace says once all of it can be used. */
export const READY = 'all passages are open\n';

const LOCAL = '127.0.0.1';

// A user namespace of its own gives the right to make a network, so that nobody needs to be root.
const UNSHARE = ['--user', '--map-root-user', '--net', '--'];

/**
 * Gives the program that configures networks, once it was seen to do so in one of its own.
 *
 * @throws {@link PartUnavailable} If it is not installed, or the system allows no such network.
 */
export async function networkProgram(): Promise<string> {
  // Where only root has it on PATH.
  const ip = (await onPath('ip')) ?? (await existing('/usr/sbin/ip'));
  if (ip === undefined) throw unavailable('there is no `ip` on PATH');
  for (const program of ['unshare', 'nsenter']) {
    if ((await onPath(program)) === undefined) {
      throw unavailable(`there is no \`${program}\` on PATH`);
    }
  }
  const args = [...UNSHARE, ip, 'link', 'set', 'lo', 'up'];
  const { exitCode, stderr } = await runProgram('unshare', args);
  if (exitCode === 0) return ip;
  throw unavailable(`\`unshare ${args.join(' ')}\` says: ${stderr.trim()}`);
}

/** Makes a network with the addresses that its exits name. */
export async function startNetworkNamespace(
  exits: readonly NetworkExit[],
): Promise<NetworkNamespace> {
  const ip = await networkProgram();
  const folder = await tempFolder('network');
  const logFile = join(folder.path, 'network.log');
  const opened: OpenPassage[] = [];
  const entrance = await freePort();
  // A socket in the file system is the same one in every network.
  const ways = [...exits.map(outward), inward(entrance)].map((way, index) =>
    way(join(folder.path, `${index}.sock`)),
  );
  const stops = [folder.remove];
  const stop = async (): Promise<void> => {
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) await last();
  };
  try {
    stops.push(async () => {
      for (const { close } of opened) close();
    });
    for (const { here } of ways) opened.push(await openPassage(here));
    const addresses = new Set(exits.map(({ address }) => address).filter((it) => it !== LOCAL));
    const keeper = await startServer({
      program: 'unshare',
      args: [
        ...UNSHARE,
        process.execPath,
        join(import.meta.dirname, 'network-keeper.ts'),
        ip,
        JSON.stringify([...addresses].map((address) => `${address}/32`)),
        JSON.stringify(ways.map(({ there }) => there)),
      ],
      folder: folder.path,
      logFile,
      isReady: async () => (await readFile(logFile, 'utf8')).includes(READY),
    });
    stops.push(keeper.stop);
    const target = ['--target', String(keeper.pid), '--user', '--net', '--preserve-credentials'];
    return {
      entrance,
      command: (program, args) => ({
        program: 'nsenter',
        args: [...target, '--', program, ...args],
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The two halves of a way between this machine and the namespace, which meet in a socket. */
interface Way {
  readonly here: Passage;
  readonly there: Passage;
}

function outward({ address, port, to }: NetworkExit): (path: string) => Way {
  return (path) => ({
    here: { from: { path }, to: { host: LOCAL, port: to } },
    there: { from: { host: address, port }, to: { path } },
  });
}

function inward(port: number): (path: string) => Way {
  const place = { host: LOCAL, port };
  return (path) => ({ here: { from: place, to: { path } }, there: { from: { path }, to: place } });
}

function unavailable(reason: string): PartUnavailable {
  return new PartUnavailable({
    part: 'network-namespace',
    reason,
    hint: 'install iproute2 and util-linux, and allow user namespaces',
  });
}

async function existing(path: string): Promise<string | undefined> {
  return access(path).then(
    () => path,
    () => undefined,
  );
}
