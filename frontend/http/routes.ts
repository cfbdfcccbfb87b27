import { readLabelNameSegment } from './label-name-segment.ts';
import {
  COUNT,
  DURATION_KIND,
  type ParameterKind,
  RESOLUTION,
  STATS,
  SWITCH,
  SWITCH_OFF,
  TIMESTAMP,
} from './parameter-kinds.ts';

/** What a route does with the caller's PromQL. */
export type RouteShape =
  /** One expression in `query`, scoped and sent upstream. */
  | 'query'
  /** Any number of selectors in `match[]`, scoped and sent upstream. */
  | 'matches'
  /** Answered by ourselves. */
  | 'local';

/** One row of the closed route table. What is not in the table does not exist. */
export interface Route {
  /** Name of the route in metrics, logs and documents. */
  readonly name: RouteName;
  /** The path as the Prometheus API documents it. */
  readonly path: string;
  /** Methods a caller may use. */
  readonly methods: readonly ('GET' | 'POST')[];
  readonly shape: RouteShape;
  /** Parameters that travel on, beside `query` and `match[]`; all others are dropped. */
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** Parameters without which the request is refused. */
  readonly required: readonly string[];
}

/** The names of all routes. */
export type RouteName =
  'query' | 'query_range' | 'series' | 'labels' | 'label_values' | 'buildinfo';

const EVALUATION = {
  timeout: DURATION_KIND,
  limit: COUNT,
  lookback_delta: DURATION_KIND,
  stats: STATS,
  dedup: SWITCH,
  max_source_resolution: RESOLUTION,
  partial_response: SWITCH_OFF,
} as const;

const METADATA = {
  start: TIMESTAMP,
  end: TIMESTAMP,
  limit: COUNT,
  dedup: SWITCH,
  partial_response: SWITCH_OFF,
} as const;

const LABEL_VALUES_PREFIX = '/api/v1/label/';
const LABEL_VALUES_SUFFIX = '/values';

const LABEL_VALUES: Route = {
  name: 'label_values',
  path: '/api/v1/label/<name>/values',
  // Grafana sends an empty POST where the data source is set to POST; it becomes a GET.
  methods: ['GET', 'POST'],
  shape: 'matches',
  parameters: METADATA,
  required: [],
};

/** Every route there is. */
export const ROUTES: readonly Route[] = [
  {
    name: 'query',
    path: '/api/v1/query',
    methods: ['GET', 'POST'],
    shape: 'query',
    parameters: { time: TIMESTAMP, ...EVALUATION },
    required: ['query'],
  },
  {
    name: 'query_range',
    path: '/api/v1/query_range',
    methods: ['GET', 'POST'],
    shape: 'query',
    parameters: { start: TIMESTAMP, end: TIMESTAMP, step: DURATION_KIND, ...EVALUATION },
    required: ['query', 'start', 'end', 'step'],
  },
  {
    name: 'series',
    path: '/api/v1/series',
    methods: ['GET', 'POST'],
    shape: 'matches',
    parameters: METADATA,
    required: [],
  },
  {
    name: 'labels',
    path: '/api/v1/labels',
    methods: ['GET', 'POST'],
    shape: 'matches',
    parameters: METADATA,
    required: [],
  },
  LABEL_VALUES,
  {
    name: 'buildinfo',
    path: '/api/v1/status/buildinfo',
    methods: ['GET'],
    shape: 'local',
    parameters: {},
    required: [],
  },
];

const BY_PATH: ReadonlyMap<string, Route> = new Map(
  ROUTES.filter((route) => route !== LABEL_VALUES).map((route) => [route.path, route]),
);

/** A route that a request matched, and the path that goes upstream, built from the table. */
export interface RouteMatch {
  readonly route: Route;
  readonly upstreamPath: string;
}

/**
 * Finds the route of a path, compared byte by byte as it stands in the request line: any other
 * spelling of a path (escapes, dot segments, doubled or trailing slashes) is another path.
 */
export function matchRoute(path: string): RouteMatch | undefined {
  const route = BY_PATH.get(path);
  if (route !== undefined) return { route, upstreamPath: route.path };
  if (!path.startsWith(LABEL_VALUES_PREFIX) || !path.endsWith(LABEL_VALUES_SUFFIX))
    return undefined;
  const segment = path.slice(LABEL_VALUES_PREFIX.length, -LABEL_VALUES_SUFFIX.length);
  const name = readLabelNameSegment(segment);
  if (name === undefined) return undefined;
  return {
    route: LABEL_VALUES,
    upstreamPath: `${LABEL_VALUES_PREFIX}${name}${LABEL_VALUES_SUFFIX}`,
  };
}
