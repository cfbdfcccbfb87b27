import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { type RunningServer, startServer } from './processes.ts';

/** What a controller manager is started with. */
export interface ControllerManagerOptions {
  /** Where its log goes. */
  readonly folder: string;
  readonly kubeconfigFile: string;
  /** The key with which it signs the tokens that it puts in Secrets. */
  readonly privateKeyFile: string;
  /** Whether each controller acts as a ServiceAccount of its own, not as the holder of the kubeconfig. */
  readonly hasAccounts: boolean;
  /** Says whether it has begun to act. */
  readonly isReady: () => Promise<boolean>;
}

/**
 * Starts a controller manager: it fills legacy token Secrets, aggregates ClusterRoles, makes the
 * ServiceAccount `default` in each namespace, collects garbage, and turns workloads into Pods,
 * which stay pending.
 */
export async function startControllerManager(
  options: ControllerManagerOptions,
): Promise<RunningServer> {
  return startServer({
    program: await partBinary('kube-controller-manager'),
    args: [
      `--kubeconfig=${options.kubeconfigFile}`,
      `--service-account-private-key-file=${options.privateKeyFile}`,
      '--leader-elect=false',
      // It answers nobody, so it needs no port: what it does is how one sees that it is ready.
      '--secure-port=0',
      `--use-service-account-credentials=${options.hasAccounts}`,
    ],
    folder: options.folder,
    logFile: join(options.folder, 'kube-controller-manager.log'),
    isReady: options.isReady,
  });
}
