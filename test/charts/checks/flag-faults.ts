import type { Fault } from './fault.ts';

const QUERIER: readonly [string, string] = ['Deployment', 'thanos-querier'];
const CONTAINER = ['spec', 'template', 'spec', 'containers', 0] as const;

/** Mistakes in the arguments of Thanos. */
export const FLAG_FAULTS: readonly Fault[] = [
  {
    check: 'flags',
    what: 'a flag that Thanos has removed',
    of: QUERIER,
    at: [...CONTAINER, 'args', 1],
    value: '--store=prometheus-operated:10901',
    says: /is given --store=\S+, which thanos query 0\.\d+ does not know/,
  },
  {
    check: 'flags',
    what: 'a deprecated flag',
    of: QUERIER,
    at: [...CONTAINER, 'args', 1],
    value: '--endpoint=dnssrv+_grpc._tcp.store',
    says: /is given --endpoint=\S+, which is refused: use --endpoint\.sd-config-file/,
  },
  {
    check: 'flags',
    what: 'a flag that is given twice',
    of: QUERIER,
    at: [...CONTAINER, 'args', 1],
    value: '--query.timeout=5s',
    says: /is given --query\.timeout twice/,
  },
  {
    check: 'flags',
    what: 'a switch with a value',
    of: QUERIER,
    at: [...CONTAINER, 'args', 1],
    value: '--query.auto-downsampling=true',
    says: /--query\.auto-downsampling=true, which thanos query 0\.\d+ does not know/,
  },
  {
    check: 'flags',
    what: 'a Thanos that no table knows',
    of: QUERIER,
    at: [...CONTAINER, 'image'],
    value: 'quay.io/thanos/thanos:v0.31.0',
    says: /runs a Thanos that no table knows/,
  },
];
