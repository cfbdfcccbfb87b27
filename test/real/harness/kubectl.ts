import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { type ProgramResult, runProgram } from './processes.ts';

/** Runs kubectl to its end. A refusal is a result with another exit code than 0. */
export type Kubectl = (
  args: readonly string[],
  options?: { readonly stdin?: string },
) => Promise<ProgramResult>;

/** Who kubectl is and what it talks to. */
export interface KubeconfigOptions {
  /** Where the configuration and kubectl's caches go. */
  readonly folder: string;
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
}

/** Writes a kubeconfig file and gives its path. */
export async function writeKubeconfig(options: KubeconfigOptions): Promise<string> {
  const file = join(options.folder, 'kubeconfig.json');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server: options.url, 'certificate-authority': options.caFile } },
    ],
    users: [{ name: 'admin', user: { token: options.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** Gives a kubectl that uses this kubeconfig file and leaves the caller's home folder alone. */
export async function prepareKubectl(kubeconfigFile: string, folder: string): Promise<Kubectl> {
  const program = await partBinary('kubectl');
  const env = { HOME: folder, KUBECONFIG: kubeconfigFile, KUBECACHEDIR: join(folder, 'kubectl') };
  return (args, { stdin = '' } = {}) => runProgram(program, args, { stdin, env, folder });
}

/** Runs kubectl and expects it to succeed. @throws {Error} With what it printed, if it fails. */
export async function mustKubectl(
  kubectl: Kubectl,
  args: readonly string[],
  stdin?: string,
): Promise<ProgramResult> {
  const result = await kubectl(args, stdin === undefined ? {} : { stdin });
  if (result.exitCode !== 0) {
    throw new Error(`kubectl ${args.join(' ')}: ${result.stderr}${result.stdout}`);
  }
  return result;
}
