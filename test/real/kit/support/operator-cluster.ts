import { operatorCrdFolder } from '../../harness/build-part.ts';
import {
  type ClusterOptions,
  startKubeApiserver,
  type TestCluster,
} from '../../harness/kubernetes.ts';

/** What is in the cluster before a test begins. */
export interface OperatorClusterProps extends ClusterOptions {
  /** Its namespaces, beside those that every cluster has. */
  readonly namespaces?: readonly string[];
  /** Labels of all of them. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Starts a cluster that knows the kinds of the prometheus-operator, which itself does not run. */
export async function startOperatorCluster(props: OperatorClusterProps = {}): Promise<TestCluster> {
  const { labels, namespaces = [], ...options } = props;
  const cluster = await startKubeApiserver(options);
  try {
    await cluster.installCrds(await operatorCrdFolder());
    for (const name of namespaces) await cluster.createNamespace(name, labels);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
