import { isSilenceId } from '../answers/silence-owner.ts';
import { readLabelNameSegment } from './label-name-segment.ts';
import {
  COUNT,
  DURATION_KIND,
  type ParameterKind,
  POSITIVE_COUNT,
  RESOLUTION,
  RULE_TYPE,
  SHORT_TEXT,
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
  /** One expression in `query`, checked and sent upstream, where no series is read. */
  | 'syntax'
  /** No PromQL is sent; the upstream answers for every tenant, and the answer is filtered. */
  | 'filtered'
  /** One expression in `query`, or none; what would become of it is said, and nothing is sent. */
  | 'explain'
  /** A page of the web UI, or a file of it. */
  | 'webUi'
  /** Answered by ourselves. */
  | 'local';

/** Which filter an answer goes through: see `filters.ts`. */
export type FilterName =
  | 'exemplars'
  | 'rules'
  | 'alerts'
  | 'metadata'
  | 'alertmanagerAlerts'
  | 'alertmanagerGroups'
  | 'silences'
  | 'silence';

/** A method of HTTP that some route takes. */
export type Method = 'GET' | 'POST' | 'DELETE';

/** Which of the upstreams answers: that of the queries unless a route says otherwise. */
export type UpstreamName = 'rules' | 'alertmanager';

/** One row of the closed route table. What is not in the table does not exist. */
export interface Route {
  /** Name of the route in metrics, logs and documents. */
  readonly name: RouteName;
  /** The path as the Prometheus API documents it. */
  readonly path: string;
  /** Methods a caller may use. */
  readonly methods: readonly Method[];
  readonly shape: RouteShape;
  /** The filter of its answer; without one the answer streams. */
  readonly filter?: FilterName;
  /** What the upstream answers with. @defaultValue JSON */
  readonly format?: 'exposition';
  /** @defaultValue the upstream of the queries */
  readonly upstream?: UpstreamName;
  /** The path upstream, where it is another. */
  readonly upstreamPath?: string;
  /** What must be switched on before the route exists. */
  readonly needs?: 'federate' | 'alertmanager';
  /** Methods that change something. They have a switch, and access attributes, of their own. */
  readonly writes?: readonly Method[];
  /** Parameters that travel on, beside `query` and `match[]`; all others are dropped. */
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** Parameters that are read here, for the filter, and never travel on. */
  readonly ownParameters?: Readonly<Record<string, ParameterKind>>;
  /** Parameters with any number of values that travel on. */
  readonly listParameters?: Readonly<Record<string, ParameterKind>>;
  /** Parameters without which the request is refused. */
  readonly required: readonly string[];
}

/** The names of all routes. */
export type RouteName =
  | 'query'
  | 'query_range'
  | 'query_exemplars'
  | 'format_query'
  | 'parse_query'
  | 'series'
  | 'labels'
  | 'label_values'
  | 'metadata'
  | 'rules'
  | 'alerts'
  | 'buildinfo'
  | 'explain'
  | 'federate'
  | 'alertmanager_status'
  | 'alertmanager_alerts'
  | 'alertmanager_groups'
  | 'silences'
  | 'silence'
  | 'ui_page'
  | 'ui_file'
  | 'stores'
  | 'flags';

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

const ALERT_STATES = { active: SWITCH, silenced: SWITCH, inhibited: SWITCH } as const;

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

const SILENCE_PREFIX = '/api/v2/silence/';

const SILENCE: Route = {
  name: 'silence',
  path: '/api/v2/silence/<id>',
  methods: ['GET', 'DELETE'],
  writes: ['DELETE'],
  shape: 'filtered',
  filter: 'silence',
  upstream: 'alertmanager',
  needs: 'alertmanager',
  parameters: {},
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
    name: 'query_exemplars',
    path: '/api/v1/query_exemplars',
    methods: ['GET', 'POST'],
    shape: 'query',
    filter: 'exemplars',
    parameters: { start: TIMESTAMP, end: TIMESTAMP },
    required: ['query'],
  },
  {
    name: 'format_query',
    path: '/api/v1/format_query',
    methods: ['GET', 'POST'],
    shape: 'syntax',
    parameters: {},
    required: ['query'],
  },
  {
    name: 'parse_query',
    path: '/api/v1/parse_query',
    methods: ['GET', 'POST'],
    shape: 'syntax',
    parameters: {},
    required: ['query'],
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
    name: 'metadata',
    path: '/api/v1/metadata',
    methods: ['GET'],
    shape: 'filtered',
    filter: 'metadata',
    upstreamPath: '/api/v1/targets/metadata',
    parameters: { metric: SHORT_TEXT },
    ownParameters: { limit: COUNT, limit_per_metric: COUNT },
    required: [],
  },
  {
    name: 'rules',
    path: '/api/v1/rules',
    methods: ['GET'],
    shape: 'matches',
    filter: 'rules',
    upstream: 'rules',
    parameters: { type: RULE_TYPE, exclude_alerts: SWITCH },
    ownParameters: { group_limit: POSITIVE_COUNT, group_next_token: SHORT_TEXT },
    listParameters: { 'rule_name[]': SHORT_TEXT, 'rule_group[]': SHORT_TEXT },
    required: [],
  },
  {
    name: 'alerts',
    path: '/api/v1/alerts',
    methods: ['GET'],
    shape: 'filtered',
    filter: 'alerts',
    upstream: 'rules',
    parameters: {},
    required: [],
  },
  {
    name: 'buildinfo',
    path: '/api/v1/status/buildinfo',
    methods: ['GET'],
    shape: 'local',
    parameters: {},
    required: [],
  },
  {
    name: 'explain',
    // Prometheus has its own operations below `/-/`, and none of this name.
    path: '/-/explain',
    methods: ['GET', 'POST'],
    shape: 'explain',
    parameters: {
      time: TIMESTAMP,
      start: TIMESTAMP,
      end: TIMESTAMP,
      step: DURATION_KIND,
      ...EVALUATION,
    },
    required: [],
  },
  {
    name: 'federate',
    path: '/federate',
    methods: ['GET'],
    shape: 'matches',
    format: 'exposition',
    needs: 'federate',
    parameters: {},
    required: [],
  },
  {
    name: 'alertmanager_status',
    path: '/api/v2/status',
    methods: ['GET'],
    shape: 'local',
    needs: 'alertmanager',
    parameters: {},
    required: [],
  },
  {
    name: 'alertmanager_alerts',
    path: '/api/v2/alerts',
    methods: ['GET'],
    shape: 'filtered',
    filter: 'alertmanagerAlerts',
    upstream: 'alertmanager',
    needs: 'alertmanager',
    parameters: { ...ALERT_STATES, unprocessed: SWITCH, receiver: SHORT_TEXT },
    listParameters: { filter: SHORT_TEXT },
    required: [],
  },
  {
    name: 'alertmanager_groups',
    path: '/api/v2/alerts/groups',
    methods: ['GET'],
    shape: 'filtered',
    filter: 'alertmanagerGroups',
    upstream: 'alertmanager',
    needs: 'alertmanager',
    parameters: { ...ALERT_STATES, muted: SWITCH, receiver: SHORT_TEXT },
    listParameters: { filter: SHORT_TEXT },
    required: [],
  },
  {
    name: 'silences',
    path: '/api/v2/silences',
    methods: ['GET', 'POST'],
    writes: ['POST'],
    shape: 'filtered',
    filter: 'silences',
    upstream: 'alertmanager',
    needs: 'alertmanager',
    parameters: {},
    listParameters: { filter: SHORT_TEXT },
    required: [],
  },
  SILENCE,
];

const BY_PATH: ReadonlyMap<string, Route> = new Map(
  ROUTES.filter((route) => !route.path.includes('<')).map((route) => [route.path, route]),
);

/** What an installation offers beside the queries. What is not configured does not exist. */
export interface Offer {
  readonly federate: boolean;
  readonly alertmanager: boolean;
  readonly silenceWrites: boolean;
  /** Whether somebody may read the whole cluster. @defaultValue false */
  readonly clusterWide?: boolean;
  /** Whether there is a web UI. @defaultValue false */
  readonly webUi?: boolean;
}

/** Nothing but what every installation offers. */
export const BASIC_OFFER: Offer = { federate: false, alertmanager: false, silenceWrites: false };

/** The methods with which an installation offers a route: none when the route does not exist there. */
export function offeredMethods(route: Route, offer: Offer): readonly Method[] {
  if (route.needs !== undefined && !offer[route.needs]) return [];
  if (offer.silenceWrites) return route.methods;
  return route.methods.filter((method) => route.writes?.includes(method) !== true);
}

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
  if (route !== undefined) return { route, upstreamPath: route.upstreamPath ?? route.path };
  if (path.startsWith(SILENCE_PREFIX)) {
    const isId = isSilenceId(path.slice(SILENCE_PREFIX.length));
    return isId ? { route: SILENCE, upstreamPath: path } : undefined;
  }
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
