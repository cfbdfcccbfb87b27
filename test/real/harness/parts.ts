import { FLOOR_PLATFORM, NEWEST_PLATFORM, type PlatformVersions } from './platform-versions.ts';

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
  | 'prometheus-operator-floor'
  | 'prometheus-config-reloader'
  | 'promql-oracle'
  | 'api-client'
  | 'kubeconform'
  | 'kube-score'
  | 'network-oracle'
  | 'helm';

/** The Prometheus operator, in one of its versions. */
export type OperatorPart = 'prometheus-operator' | 'prometheus-operator-floor';

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
  /** Set for a part that is built as it was released, and not by the module in `folder`. */
  readonly release?: PartRelease;
}

/**
 * A part that is built in its own module, with the `go.mod` and `go.sum` that it was published with.
 */
export interface PartRelease {
  /** Modules that can no longer be had, each as `module=module@version`. */
  readonly replaced: readonly string[];
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

/**
 * Whether the platform around the kit is of the oldest versions that it is made for: with `floor` in the
 * environment variable `TENANCY_KIT_PLATFORM`, which is read here alone.
 */
export const AT_FLOOR: boolean = isFloor(process.env['TENANCY_KIT_PLATFORM'] ?? '');

/** The versions of the platform that the tests run on. */
export const PLATFORM: PlatformVersions = AT_FLOOR ? FLOOR_PLATFORM : NEWEST_PLATFORM;
const { kubernetes: KUBERNETES, operator: OPERATOR, prometheus: PROMETHEUS } = PLATFORM;

const KUBERNETES_INSTALLED: InstalledPart = {
  versionArgs: ['--version'],
  versionPattern: /Kubernetes v(\d+\.\d+\.\d+)/,
  atLeast: KUBERNETES.reported,
};

/** All parts, by name. */
export const PARTS: { readonly [Name in PartName]: Part } = {
  prometheus: {
    ...PROMETHEUS,
    name: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    buildTime: 'about 2 minutes on 2 cores',
    installed: {
      versionArgs: ['--version'],
      versionPattern: /prometheus, version (\d+\.\d+\.\d+)/,
      atLeast: PROMETHEUS.reported,
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
      atLeast: PROMETHEUS.reported,
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
      atLeast: KUBERNETES.reported,
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
    ...OPERATOR,
    name: 'prometheus-operator',
    package: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
    buildTime: 'about 2 minutes on 2 cores',
  },
  'prometheus-operator-floor': {
    ...FLOOR_PLATFORM.operator,
    name: 'prometheus-operator-floor',
    package: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
    buildTime: 'about 2 minutes on 2 cores',
  },
  'prometheus-config-reloader': {
    ...NEWEST_PLATFORM.operator,
    name: 'prometheus-config-reloader',
    folder: 'prometheus-config-reloader',
    package: 'github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader',
    buildTime: 'about 1 minute after prometheus-operator',
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
    module: NEWEST_PLATFORM.prometheus.module,
    version: NEWEST_PLATFORM.prometheus.version,
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
  'network-oracle': {
    name: 'network-oracle',
    folder: 'network-oracle',
    module: 'github.com/mattfenwick/cyclonus',
    version: 'v0.5.6',
    package: '.',
    tags: [],
    buildTime: 'about 10 seconds after kube-apiserver',
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
  'prometheus-operator-floor',
  'prometheus-config-reloader',
  'api-client',
  'kubeconform',
  'kube-score',
  'network-oracle',
  'helm',
];

/** Says whether a word, such as one from the command line, names a part. */
export function isPartName(word: string): word is PartName {
  return Object.hasOwn(PARTS, word);
}

function isFloor(word: string): boolean {
  if (word === '' || word === 'floor') return word !== '';
  throw new RangeError(
    `TENANCY_KIT_PLATFORM is ${JSON.stringify(word)}; leave it out, or write floor`,
  );
}
