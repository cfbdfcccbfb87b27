/** A Go module that gives parts of the platform which the kit is installed into. */
export interface PlatformModule {
  /** The folder below `test/real/tools` with the Go module that pins it. */
  readonly folder: string;
  readonly module: string;
  readonly version: string;
  /** The version that the programs report. */
  readonly reported: string;
  /** Go build tags. */
  readonly tags: readonly string[];
}

/** The platform around the kit in one set of versions. */
export interface PlatformVersions {
  readonly kubernetes: PlatformModule;
  readonly prometheus: PlatformModule;
  readonly operator: PlatformModule;
}

const KUBERNETES = { module: 'k8s.io/kubernetes', tags: [] } as const;
const PROMETHEUS = { module: 'github.com/prometheus/prometheus' } as const;
const OPERATOR = {
  module: 'github.com/prometheus-operator/prometheus-operator',
  tags: [],
} as const;

/** The folder of the operator's module with its custom resource definitions. */
export const OPERATOR_CRD_FOLDER = 'example/prometheus-operator-crd';

/** What the tests run on unless they are told otherwise. */
export const NEWEST_PLATFORM: PlatformVersions = {
  kubernetes: { ...KUBERNETES, folder: 'kubernetes', version: 'v1.36.3', reported: '1.36.3' },
  prometheus: {
    ...PROMETHEUS,
    folder: 'prometheus',
    version: 'v0.315.0',
    reported: '3.15.0',
    tags: ['netgo', 'remove_all_sd'],
  },
  operator: { ...OPERATOR, folder: 'prometheus-operator', version: 'v0.93.0', reported: '0.93.0' },
};

/** The oldest versions that the kit is made for. */
export const FLOOR_PLATFORM: PlatformVersions = {
  kubernetes: { ...KUBERNETES, folder: 'kubernetes-floor', version: 'v1.30.0', reported: '1.30.0' },
  prometheus: {
    ...PROMETHEUS,
    folder: 'prometheus-floor',
    version: 'v0.55.0',
    reported: '2.55.0',
    // It has no tags that leave discoveries out.
    tags: ['netgo'],
  },
  operator: {
    ...OPERATOR,
    folder: 'prometheus-operator-floor',
    version: 'v0.85.0',
    reported: '0.85.0',
  },
};
