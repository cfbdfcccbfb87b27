import { type Route, ROUTES, type RouteShape } from '../../frontend/http/routes.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Endpoints of the query frontend

The route table is closed: a path that is not in it, byte by byte, is 404. Each path may stand
behind \`/namespaces/<namespace>[,<namespace>...]\`. Parameters that a route does not know are dropped
and counted, never forwarded.`;

const SHAPES: Readonly<Record<RouteShape, string>> = {
  query: '`query` is parsed and every selector in it gets the matcher of the scope',
  matches: 'each `match[]` gets the matcher of the scope; without any, the scope is the selector',
  local: 'answered by the frontend itself',
};

/** The route table. */
export const ENDPOINTS_PAGE: Page = {
  file: 'endpoints.md',
  markdown: () => {
    const head = ['path', 'methods', 'how it is confined', 'parameters that travel on'];
    return `${INTRODUCTION}\n\n${GENERATED_NOTE}\n\n${table(
      head,
      ROUTES.map((route) => row(route)),
    )}\n`;
  },
};

function row(route: Route): readonly string[] {
  const parameters = Object.keys(route.parameters).map((name) => `\`${name}\``);
  return [
    `\`${route.path}\``,
    route.methods.join(', '),
    SHAPES[route.shape],
    parameters.join(', ') || 'none',
  ];
}
