import type { ThanosVersion } from '../version.ts';

/** What is known of the flags of one component, in the newest version. */
export interface FlagTable {
  /** Flags that take a value. */
  readonly values: readonly string[];
  /** Flags that are on or off; `--no-` before the name switches one off. */
  readonly switches: readonly string[];
  /** Those of `values` that may be given more than once. */
  readonly repeatable: readonly string[];
  /**
   * More flags that take a value, which the documents name and the help does not.
   * @default - none
   */
  readonly hidden?: readonly string[];
  /** Flags that exist and must not be used, and what to use instead. */
  readonly refused: Readonly<Record<string, string>>;
  /** Flags that older versions do not have, and the version in which they came. */
  readonly since: Readonly<Record<string, ThanosVersion>>;
}

/** Values that every component takes. */
export const PROGRAM_VALUES: readonly string[] = [
  'log.level',
  'log.format',
  'tracing.config-file',
  'auto-gomemlimit.ratio',
  'http-address',
  'http-grace-period',
  'http.config',
];

/** Switches that every component has. */
export const PROGRAM_SWITCHES: readonly string[] = ['enable-auto-gomemlimit'];

// A configuration given as an argument shows on the page of the arguments and in the process list.
/** What no component is given. */
export const PROGRAM_REFUSED: Readonly<Record<string, string>> = {
  'tracing.config': 'use --tracing.config-file',
};

/** Values of every component that answers gRPC. */
export const GRPC_SERVER_VALUES: readonly string[] = [
  'grpc-address',
  'grpc-server-tls-cert',
  'grpc-server-tls-key',
  'grpc-server-tls-client-ca',
  'grpc-server-tls-min-version',
  'grpc-server-tls-ciphers',
  'grpc-server-tls-curves',
  'grpc-server-max-connection-age',
  'grpc-grace-period',
];

/** Those of them that may be repeated. */
export const GRPC_SERVER_REPEATABLE: readonly string[] = [
  'grpc-server-tls-ciphers',
  'grpc-server-tls-curves',
];

/** Those of them that are younger than the oldest version. */
export const GRPC_SERVER_SINCE: Readonly<Record<string, ThanosVersion>> = {
  'grpc-server-tls-ciphers': '0.42',
  'grpc-server-tls-curves': '0.42',
};

/** Values of every component with pages for people. */
export const WEB_PREFIX_VALUES: readonly string[] = ['web.external-prefix', 'web.prefix-header'];
