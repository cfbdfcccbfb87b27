import { type ClusterObjects, prepareClusterObjects } from './cluster-objects.ts';
import { type ClusterTokens, prepareClusterTokens } from './cluster-tokens.ts';
import { startEtcd } from './etcd.ts';
import { ADMIN_TOKEN, AUDIENCE, ISSUER, prepareKubeApiserver } from './kube-apiserver.ts';
import { startControllerManager } from './kube-controller-manager.ts';
import { type KubeRequest, prepareKubeRequest } from './kube-request.ts';
import { type Kubectl, prepareKubectl, writeKubeconfig } from './kubectl.ts';
import { tempFolder } from './places.ts';

/** What a cluster is started with. */
export interface ClusterOptions {
  /**
   * Whether a controller manager runs, too; with `accounts` as in clusters, where each controller has a
   * ServiceAccount of its own.
   *
   * @defaultValue false
   */
  readonly controllerManager?: boolean | 'accounts';
  /** Further command line flags of the API server. */
  readonly apiserverFlags?: readonly string[];
}

/** An API server with its etcd: all of Kubernetes but for nodes, so that no Pod ever runs. */
export interface TestCluster extends ClusterObjects, ClusterTokens {
  /** The API server's address, without a slash at the end. */
  readonly url: string;
  /** The certificates, as PEM, that vouch for it. */
  readonly caFile: string;
  /** A token whose holder may do everything. */
  readonly adminToken: string;
  readonly kubeconfigFile: string;
  /** The issuer and the default audience of ServiceAccounts' tokens. */
  readonly issuer: string;
  readonly audience: string;
  readonly kubectl: Kubectl;
  readonly request: KubeRequest;
  /** Stops the API server and keeps its data. */
  readonly stopApiserver: () => Promise<void>;
  /** Starts the API server again, at the same address. */
  readonly startApiserver: () => Promise<void>;
  /** Stops everything and removes the data. */
  readonly stop: () => Promise<void>;
}

/** Starts a cluster of its own on free ports of 127.0.0.1. */
export async function startKubeApiserver(options: ClusterOptions = {}): Promise<TestCluster> {
  const folder = await tempFolder('kubernetes');
  const stops: (() => Promise<void>)[] = [folder.remove];
  const stop = async (): Promise<void> => {
    // What was started last is stopped first.
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) {
      await last();
    }
  };
  try {
    const etcd = await startEtcd(folder.path);
    stops.push(etcd.stop);
    const apiserver = await prepareKubeApiserver({
      folder: folder.path,
      etcdUrl: etcd.clientUrl,
      flags: options.apiserverFlags ?? [],
    });
    stops.push(apiserver.stop);
    await apiserver.start();
    const { url, caFile, tokenSigner } = apiserver;
    const kubeconfigFile = await writeKubeconfig({
      folder: folder.path,
      url,
      caFile,
      token: ADMIN_TOKEN,
    });
    const request = prepareKubeRequest(url, caFile);
    const kubectl = await prepareKubectl(kubeconfigFile, folder.path);
    const { controllerManager = false } = options;
    if (controllerManager !== false) {
      const manager = await startControllerManager({
        folder: folder.path,
        kubeconfigFile,
        privateKeyFile: tokenSigner.privateKeyFile,
        hasAccounts: controllerManager === 'accounts',
        isReady: () => hasDefaultServiceAccount(request),
      });
      stops.push(manager.stop);
    }
    return {
      url,
      caFile,
      adminToken: ADMIN_TOKEN,
      kubeconfigFile,
      issuer: ISSUER,
      audience: AUDIENCE,
      kubectl,
      request,
      ...prepareClusterObjects(request, kubectl),
      ...prepareClusterTokens(request, tokenSigner),
      stopApiserver: apiserver.stop,
      startApiserver: apiserver.start,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function hasDefaultServiceAccount(request: KubeRequest): Promise<boolean> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  return (await request('GET', path)).status === 200;
}
