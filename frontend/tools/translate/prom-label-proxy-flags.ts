import { ROUTES } from '../../http/routes.ts';
import type { PromqlFeature } from '../../promql/options.ts';
import { becomes, dropped, onOff, type PeerSpec, repeated, text, warning } from './flag.ts';
import {
  UPSTREAM_AUTHORITY,
  UPSTREAM_CLIENT_CERTIFICATE,
  UPSTREAM_CLIENT_KEY,
  UPSTREAM_SERVER_NAME,
} from './upstream-outcomes.ts';

const HELP = dropped('it prints a help and ends, so it starts nothing');

/** The flags that switch on parts of PromQL, and the features of ours that they become. */
export const FEATURE_FLAGS: readonly { readonly name: string; readonly feature: PromqlFeature }[] =
  [
    { name: 'enable-promql-duration-expression-parsing', feature: 'promql-duration-expr' },
    { name: 'enable-promql-experimental-functions', feature: 'promql-experimental-functions' },
    { name: 'enable-promql-extended-range-selectors', feature: 'promql-extended-range-selectors' },
    { name: 'enable-promql-binop-fill-modifiers', feature: 'promql-binop-fill-modifiers' },
  ];

/** The flags of prom-label-proxy. */
export const PROM_LABEL_PROXY: PeerSpec = {
  name: 'prom-label-proxy',
  version: '0.14.0',
  dashes: '-',
  shorthands: {},
  flags: [
    text(
      'insecure-listen-address',
      becomes(
        ['listener.address', 'listener.port'],
        'only where no kube-rbac-proxy stands in front, and then as that program’s flag; otherwise nothing is left to listen there',
      ),
    ),
    text(
      'internal-listen-address',
      becomes(
        ['operations.address', 'operations.port'],
        'metrics have other names, see [metrics.md](metrics.md), and there are no profiles',
      ),
    ),
    text(
      'query-param',
      becomes(
        [],
        'the parameter is `namespace`; with another name there is a warning, without the flag see `-label`',
      ),
    ),
    text(
      'header-name',
      becomes([], 'the header is `X-Scope-OrgID`; with another name there is a warning'),
    ),
    text('upstream', becomes(['upstream.url'])),
    text('upstream-ca-cert', UPSTREAM_AUTHORITY),
    text('upstream-client-cert', UPSTREAM_CLIENT_CERTIFICATE),
    text('upstream-client-key', UPSTREAM_CLIENT_KEY),
    text('upstream-server-name', UPSTREAM_SERVER_NAME),
    text(
      'label',
      becomes(
        ['tenancyLabel'],
        'where it also names the parameter and is not `namespace`, with a warning',
      ),
    ),
    repeated(
      'label-value',
      warning(
        'each request names its namespaces, and no value is granted to all callers',
        'give each data source a URL that ends in `/namespaces/<namespace>/`',
      ),
    ),
    onOff('enable-label-apis', dropped('label names and values are always served, confined')),
    text(
      'unsafe-passthrough-paths',
      warning(
        'nothing reaches the upstream unconfined',
        'let those who need such a path ask the upstream itself, where their network may reach it',
      ),
    ),
    onOff(
      'insecure-skip-verify',
      warning(
        'the certificate of the upstream is always verified',
        'name its authority in upstream.tls.caFile',
      ),
    ),
    onOff(
      'error-on-replace',
      becomes(
        ['scoping.mode'],
        'without the flag a matcher for another namespace stays beside that of the scope, and finds no series',
      ),
    ),
    onOff(
      'regex-match',
      warning(
        'namespaces are names and never patterns',
        'name several: in the path between commas, as repeated parameters, or in X-Scope-OrgID between vertical bars',
      ),
    ),
    onOff(
      'header-uses-list-syntax',
      warning(
        'several namespaces in X-Scope-OrgID stand between vertical bars, not commas',
        'let callers send a|b',
      ),
    ),
    onOff(
      'rules-with-active-alerts',
      warning(
        'a rule is shown for its own label, never for those of its alerts',
        'give the rules of a tenant the label that carries it',
      ),
    ),
    onOff(
      'enable-label-matchers-for-rules-api',
      dropped(
        'the answer with the rules is always filtered, whatever the upstream made of a matcher',
      ),
    ),
    ...FEATURE_FLAGS.map(({ name, feature }) =>
      onOff(name, becomes([`scoping.features.${feature}`])),
    ),
    onOff('help', HELP),
    onOff('h', HELP),
  ],
};

/** The paths that prom-label-proxy can serve, as its documentation writes them. */
const PATHS: readonly string[] = [
  '/api/v1/query',
  '/api/v1/query_range',
  '/api/v1/query_exemplars',
  '/api/v1/series',
  '/api/v1/labels',
  '/api/v1/label/<name>/values',
  '/api/v1/rules',
  '/api/v1/alerts',
  '/federate',
  '/api/v2/alerts',
  '/api/v2/alerts/groups',
  '/api/v2/silences',
  '/api/v2/silence/<id>',
];

/** Those of the paths of prom-label-proxy that the query frontend does not serve. */
export const MISSING_PATHS: readonly string[] = PATHS.filter(
  (path) => !ROUTES.some((route) => route.path === path),
);

/** Those that it serves where something is switched on for them. */
export const OPTIONAL_PATHS: readonly string[] = PATHS.filter((path) =>
  ROUTES.some((route) => route.path === path && route.needs !== undefined),
);
