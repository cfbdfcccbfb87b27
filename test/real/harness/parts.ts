/** A program the tests of this folder run for real. It is also the name of its executable file. */
export type PartName =
  | 'prometheus'
  | 'prometheus-kubernetes'
  | 'promtool'
  | 'etcd'
  | 'kube-apiserver'
  | 'kubectl'
  | 'kube-controller-manager'
  | 'thanos'
  | 'alertmanager'
  | 'prom-label-proxy'
  | 'versitygw'
  | 'prometheus-operator'
  | 'promql-oracle'
  | 'api-client'
  | 'kubeconform'
  | 'kube-score'
  | 'helm';

/** Where a part comes from, how it is built, and how one that is installed already is recognised. */
export interface Part {
  readonly name: PartName;
  /** The folder below `test/real/tools` with the Go module that pins the part. */
  readonly folder: string;
  /** The Go module the part belongs to. */
  readonly module: string;
  /** The version of that module. The folder's `go.mod` requires the same. */
  readonly version: string;
  /** The Go package that is the program. */
  readonly package: string;
  /** Go build tags. */
  readonly tags: readonly string[];
  /** A variable that the linker sets, as `path.name=value`. */
  readonly linked?: string;
  /** What the progress line says about the duration of the build. */
  readonly buildTime: string;
  /** How to ask a program found on PATH for its version, or absent when none there is looked for. */
  readonly installed?: InstalledPart;
}

/** How to recognise a program on PATH that may stand in for a built one. */
export interface InstalledPart {
  /** Arguments that make the program print its version. */
  readonly versionArgs: readonly string[];
  /** Finds the version, as its first group, in what was printed. */
  readonly versionPattern: RegExp;
  /** The oldest version that will do, as the program itself counts. */
  readonly atLeast: string;
}

/** The Go module whose files hold the custom resource definitions of the Prometheus operator. */
export const OPERATOR_MODULE: {
  readonly folder: string;
  readonly module: string;
  readonly version: string;
  readonly crdFolder: string;
} = {
  folder: 'prometheus-operator',
  module: 'github.com/prometheus-operator/prometheus-operator',
  version: 'v0.93.0',
  crdFolder: 'example/prometheus-operator-crd',
};

const PROMETHEUS = {
  folder: 'prometheus',
  module: 'github.com/prometheus/prometheus',
  version: 'v0.315.0',
  tags: ['netgo', 'remove_all_sd'],
} as const;

const KUBERNETES = {
  folder: 'kubernetes',
  module: 'k8s.io/kubernetes',
  version: 'v1.36.3',
  tags: [],
} as const;

const KUBERNETES_INSTALLED: InstalledPart = {
  versionArgs: ['--version'],
  versionPattern: /Kubernetes v(\d+\.\d+\.\d+)/,
  atLeast: '1.36.3',
};

/** All parts, by name. */
export const PARTS: { readonly [Name in PartName]: Part } = {
  prometheus: {
    ...PROMETHEUS,
    name: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    buildTime: 'about 2 minutes on 2 cores',
    // The Go module v0.315.0 is the release 3.15.0.
    installed: {
      versionArgs: ['--version'],
      versionPattern: /prometheus, version (\d+\.\d+\.\d+)/,
      atLeast: '3.15.0',
    },
  },
  'prometheus-kubernetes': {
    ...PROMETHEUS,
    name: 'prometheus-kubernetes',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    // The one discovery that the operator's configuration uses.
    tags: [...PROMETHEUS.tags, 'enable_kubernetes_sd'],
    buildTime: 'about 1 minute after prometheus',
  },
  promtool: {
    ...PROMETHEUS,
    name: 'promtool',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    buildTime: 'seconds after prometheus',
    installed: {
      versionArgs: ['--version'],
      versionPattern: /promtool, version (\d+\.\d+\.\d+)/,
      atLeast: '3.15.0',
    },
  },
  etcd: {
    name: 'etcd',
    folder: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.12',
    package: 'go.etcd.io/etcd/server/v3',
    tags: [],
    buildTime: 'about 30 seconds on 2 cores',
    installed: {
      versionArgs: ['--version'],
      versionPattern: /etcd Version: (\d+\.\d+\.\d+)/,
      atLeast: '3.6.12',
    },
  },
  'kube-apiserver': {
    ...KUBERNETES,
    name: 'kube-apiserver',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    // Without it the server says that it is of version 0.0.0, and the operator thinks it that old.
    linked: `k8s.io/component-base/version.gitVersion=${KUBERNETES.version}`,
    buildTime: 'about 3 minutes on 2 cores',
    installed: KUBERNETES_INSTALLED,
  },
  'kube-controller-manager': {
    ...KUBERNETES,
    name: 'kube-controller-manager',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    buildTime: 'about 1 minute after kube-apiserver',
    installed: KUBERNETES_INSTALLED,
  },
  kubectl: {
    ...KUBERNETES,
    name: 'kubectl',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    buildTime: 'about 30 seconds after kube-apiserver',
    installed: {
      versionArgs: ['version', '--client'],
      versionPattern: /Client Version: v(\d+\.\d+\.\d+)/,
      atLeast: '1.36.3',
    },
  },
  thanos: {
    name: 'thanos',
    folder: 'thanos',
    module: 'github.com/thanos-io/thanos',
    version: 'v0.42.4',
    package: 'github.com/thanos-io/thanos/cmd/thanos',
    // Without `slicelabels` the program starts and then panics on its first query.
    tags: ['netgo', 'slicelabels'],
    buildTime: 'about 2 minutes on 2 cores',
    installed: {
      versionArgs: ['--version'],
      versionPattern: /thanos, version (\d+\.\d+\.\d+)/,
      atLeast: '0.42.4',
    },
  },
  alertmanager: {
    name: 'alertmanager',
    folder: 'alertmanager',
    module: 'github.com/prometheus/alertmanager',
    // The newest whose module holds its web assets: later ones do not compile without them.
    version: 'v0.30.0',
    package: 'github.com/prometheus/alertmanager/cmd/alertmanager',
    tags: ['netgo'],
    buildTime: 'about 40 seconds after prometheus',
    installed: {
      versionArgs: ['--version'],
      versionPattern: /alertmanager, version (\d+\.\d+\.\d+)/,
      atLeast: '0.30.0',
    },
  },
  'prometheus-operator': {
    ...OPERATOR_MODULE,
    name: 'prometheus-operator',
    package: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
    tags: [],
    buildTime: 'about 2 minutes on 2 cores',
  },
  versitygw: {
    name: 'versitygw',
    folder: 'versitygw',
    module: 'github.com/versity/versitygw',
    version: 'v1.8.0',
    package: 'github.com/versity/versitygw/cmd/versitygw',
    tags: [],
    buildTime: 'about 1 minute on 2 cores',
  },
  'prom-label-proxy': {
    name: 'prom-label-proxy',
    folder: 'prom-label-proxy',
    module: 'github.com/prometheus-community/prom-label-proxy',
    version: 'v0.11.1',
    package: 'github.com/prometheus-community/prom-label-proxy',
    tags: [],
    buildTime: 'about 15 seconds on 2 cores',
  },
  'promql-oracle': {
    name: 'promql-oracle',
    folder: 'promql-oracle',
    module: PROMETHEUS.module,
    version: PROMETHEUS.version,
    package: '.',
    tags: [],
    buildTime: 'about 20 seconds on 2 cores',
  },
  'api-client': {
    name: 'api-client',
    folder: 'api-client',
    module: 'github.com/prometheus/client_golang',
    version: 'v1.24.1',
    package: '.',
    tags: [],
    buildTime: 'about 15 seconds on 2 cores',
  },
  kubeconform: {
    name: 'kubeconform',
    folder: 'kubeconform',
    module: 'github.com/yannh/kubeconform',
    version: 'v0.8.0',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    tags: [],
    buildTime: 'about 5 seconds on 2 cores',
  },
  'kube-score': {
    name: 'kube-score',
    folder: 'kube-score',
    module: 'github.com/zegl/kube-score',
    version: 'v1.20.0',
    package: 'github.com/zegl/kube-score/cmd/kube-score',
    tags: [],
    buildTime: 'about 30 seconds on 2 cores',
  },
  helm: {
    name: 'helm',
    folder: 'helm',
    module: 'helm.sh/helm/v3',
    version: 'v3.21.4',
    package: 'helm.sh/helm/v3/cmd/helm',
    tags: [],
    buildTime: 'about 1 minute after kube-apiserver',
  },
};

/** The names of all parts, in an order in which each build profits from the ones before it. */
export const PART_NAMES: readonly PartName[] = [
  'promql-oracle',
  'prometheus',
  'prometheus-kubernetes',
  'promtool',
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'thanos',
  'alertmanager',
  'prom-label-proxy',
  'versitygw',
  'prometheus-operator',
  'api-client',
  'kubeconform',
  'kube-score',
  'helm',
];

/** Says whether a word, such as one from the command line, names a part. */
export function isPartName(word: string): word is PartName {
  return Object.hasOwn(PARTS, word);
}
