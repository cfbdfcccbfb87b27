import type { PrefixedPath } from './cluster-wide.ts';
import type { Route, RouteMatch } from './routes.ts';
import { fileTypeOf } from './web-ui-file-types.ts';

/** The page that the upstream serves under every path of its UI. */
const PAGE_PATH = '/graph';

const READ_ONLY = { methods: ['GET'], parameters: {}, required: [] } as const;

const page = (path: string): Route => ({ name: 'ui_page', path, shape: 'webUi', ...READ_ONLY });
const local = (name: 'stores' | 'flags', path: string): Route => ({
  name,
  path,
  shape: 'local',
  ...READ_ONLY,
});

const STATIC_FILE: Route = {
  name: 'ui_file',
  path: '/static/<js|css|media>/<file>',
  shape: 'webUi',
  ...READ_ONLY,
};

/** What exists below the tenant prefix where the web UI is on, and nowhere else. */
export const WEB_UI_ROUTES: readonly Route[] = [
  page('/graph'),
  page('/alerts'),
  page('/rules'),
  { ...STATIC_FILE, path: '/favicon.ico' },
  STATIC_FILE,
  // The page asks for both as it starts. What the upstream would say names stores and their labels.
  local('stores', '/api/v1/stores'),
  local('flags', '/api/v1/status/flags'),
];

const BY_PATH: ReadonlyMap<string, Route> = new Map(
  WEB_UI_ROUTES.filter((route) => route !== STATIC_FILE).map((route) => [route.path, route]),
);

// One segment, without a dot at its beginning or two in a row.
const STATIC_PATH = /^\/static\/(?<folder>js|css|media)\/(?<file>[\w-]+(?:\.[\w-]+)+)$/;

const MAX_PATH = 200;

/** Finds the route of a path of the web UI, compared byte by byte, like every other route. */
export function matchWebUi({ path, tenants }: PrefixedPath): RouteMatch | undefined {
  if (tenants === undefined || path.length > MAX_PATH) return undefined;
  const route = BY_PATH.get(path);
  if (route?.name === 'ui_page') return { route, upstreamPath: PAGE_PATH };
  if (route !== undefined) return { route, upstreamPath: path };
  const { folder = '', file = '' } = STATIC_PATH.exec(path)?.groups ?? {};
  const type = fileTypeOf(file);
  if (type === undefined || type.folder !== folder) return undefined;
  return { route: STATIC_FILE, upstreamPath: path };
}
