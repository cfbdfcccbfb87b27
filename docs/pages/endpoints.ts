import { SERVED_CLUSTER_WIDE } from '../../frontend/http/cluster-wide.ts';
import { CLASS_OF } from '../../frontend/http/endpoint-classes.ts';
import {
  type FilterName,
  type Route,
  ROUTES,
  type RouteShape,
  type UpstreamName,
} from '../../frontend/http/routes.ts';
import { WEB_UI_ROUTES } from '../../frontend/http/web-ui-routes.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Endpoints of the query frontend

The route table is closed: a path that is not in it, byte by byte, is 404. Each path may stand
behind \`/namespaces/<namespace>[,<namespace>...]\`. Behind \`/all-namespaces\` stand, where
\`access.clusterWide\` is on, those that say so below, for who may read the whole cluster; nothing is
changed there. The class of an endpoint says which of \`access.attributesByEndpoint\` it asks for. Parameters that a route does not know are dropped
and counted, never forwarded. Of \`partial_response\` only \`false\` travels on: \`true\` is dropped and
counted, and the upstream answers as it is set up to.`;

const FILTERED = `## Filtered answers

Some answers cannot be narrowed by the upstream, or not reliably. They are read as a whole, up to
\`limits.filteredBytes\`, and built anew from what belongs to the namespaces of the request. They are
read and printed in small steps, so that a large one does not keep other requests waiting.

| answer       | what is left of it                                                                       |
| ------------ | ---------------------------------------------------------------------------------------- |
| rules        | rules whose own tenancy label names a namespace of the request; a label that is a template names none. Groups without a rule left, and all file paths, are left out. Of a group, which may hold rules of several tenants, names and numbers stay; of a rule everything but errors that speak of more than the query. Pages (\`group_limit\`, \`group_next_token\`) are cut from what is left, so the tokens differ from those of the upstream |
| alerts       | alerts whose tenancy label names a namespace of the request, templated or not             |
| exemplars    | series whose tenancy label names a namespace of the request, although the query was scoped |
| metadata     | with \`endpoints.metadata: targets\`, what targets of the namespaces tell; otherwise nothing |
| Alertmanager | alerts by their tenancy label; the fingerprints of alerts that inhibit one become zeros    |
| silences     | those with a matcher that compares the tenancy label for equality with a namespace of the request. Silences without one, or with a pattern there, reach further and are not shown |

## Silences

With \`endpoints.silenceWrites\` a caller who is allowed to \`create\`, \`update\` or \`delete\` the
\`access.silenceAttributes\` of a namespace may do so with its silences. The body of
\`POST /api/v2/silences\` is \`application/json\`; it is read, checked and written anew.

- A silence must match the tenancy label once, by equality with a namespace of the request. Where the
  request names one namespace and the silence none, the matcher is added. Patterns and negations on
  the label are refused.
- Before a silence is changed or expired it is read: one that is not the caller's does not exist (404).`;

const WEB_UI = `## The web UI

With \`ui\` there are more paths, behind the prefix \`/namespaces/<namespace>[,<namespace>...]\` alone.
[The web UI](web-ui.md) says what they show, and to whom.`;

const SHAPES: Readonly<Record<RouteShape, string>> = {
  query: '`query` is parsed and every selector in it gets the matcher of the scope',
  matches: 'each `match[]` gets the matcher of the scope; without any, the scope is the selector',
  syntax: '`query` is parsed and printed anew; no series is read, so no namespace is needed',
  filtered: 'the scope is sent along where the upstream can narrow by it',
  explain: 'says what would become of `query` and who may read what; nothing is sent',
  webUi: 'a file of the upstream that holds no series, for callers who may read the namespaces',
  local: 'answered by the frontend itself',
};

const FILTERS: Readonly<Record<FilterName, string>> = {
  exemplars: 'series outside the scope are dropped from the answer',
  rules: 'rules and alerts outside the scope are dropped from the answer',
  alerts: 'alerts outside the scope are dropped from the answer',
  metadata: 'the answer is made from the metadata of targets in the scope, or empty',
  alertmanagerAlerts: 'alerts outside the scope are dropped from the answer',
  alertmanagerGroups: 'alerts outside the scope are dropped from the answer',
  silences: 'silences that act on more than the scope are dropped from the answer',
  silence: 'a silence that acts on more than the scope is 404',
};

const UPSTREAMS: Readonly<Record<UpstreamName, string>> = {
  rules: '`upstreams.rules`, or `upstream`',
  alertmanager: '`upstreams.alertmanager`',
};

const NEEDS: Readonly<Record<NonNullable<Route['needs']>, string>> = {
  federate: 'with `endpoints.federate`',
  alertmanager: 'with `upstreams.alertmanager`',
};

/** The route table. */
export const ENDPOINTS_PAGE: Page = {
  file: 'endpoints.md',
  markdown: () => {
    const head = [
      'path',
      'methods',
      'how it is confined',
      'asks',
      'class',
      'whole cluster',
      'parameters that travel on',
    ];
    return [
      INTRODUCTION,
      GENERATED_NOTE,
      table(
        head,
        ROUTES.map((route) => row(route)),
      ),
      FILTERED,
      WEB_UI,
      `${table(
        head,
        WEB_UI_ROUTES.map((route) => row(route)),
      )}\n`,
    ].join('\n\n');
  },
};

function row(route: Route): readonly string[] {
  const names = Object.keys({ ...route.parameters, ...route.listParameters });
  const confined = [
    ...(route.needs === undefined ? [] : [`only ${NEEDS[route.needs]}`]),
    SHAPES[route.shape],
    ...(route.filter === undefined ? [] : [FILTERS[route.filter]]),
  ];
  return [
    `\`${route.path}\``,
    route.methods.map((method) => methodOf(route, method)).join(', '),
    confined.join('; '),
    asksOf(route),
    CLASS_OF[route.name],
    SERVED_CLUSTER_WIDE[route.name] ? 'yes' : 'no',
    names.map((name) => `\`${name}\``).join(', ') || 'none',
  ];
}

function methodOf({ writes }: Route, method: Route['methods'][number]): string {
  return writes?.includes(method) === true ? `${method} (\`endpoints.silenceWrites\`)` : method;
}

function asksOf({ shape, upstream }: Route): string {
  if (shape === 'local' || shape === 'explain') return 'nobody';
  return upstream === undefined ? '`upstream`' : UPSTREAMS[upstream];
}
