import {
  parseYamlDocuments,
  printYamlDocument,
} from '../../frontend/adapters/files/yaml-document.ts';
import { printFinding } from '../../frontend/tools/translate/finding.ts';
import type { FlagSpec, Outcome, PeerSpec } from '../../frontend/tools/translate/flag.ts';
import { CONFIG_KEYS } from '../../frontend/tools/translate/kube-rbac-proxy-config.ts';
import { KUBE_RBAC_PROXY } from '../../frontend/tools/translate/kube-rbac-proxy-flags.ts';
import {
  MISSING_PATHS,
  OPTIONAL_PATHS,
  PROM_LABEL_PROXY,
} from '../../frontend/tools/translate/prom-label-proxy-flags.ts';
import { translate } from '../../frontend/tools/translate/translate.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Coming from kube-rbac-proxy and prom-label-proxy

The query frontend does in one process what the two do in a row: it finds out who is calling, asks
the API server which namespaces they may read, and confines their PromQL to those. This page says
what each flag of the two becomes, and what callers notice.`;

const TOOL = `## Translate a configuration

\`translate\` reads the two command lines and prints the configuration of the query frontend:

\`\`\`sh
kubectl kustomize ./querier-frontend | npx prometheus-tenancy-kit translate > query-frontend.yaml
\`\`\`

It finds the containers by their command, image or name, in manifests of any kind, and the file of
\`--config-file\` in the ConfigMap that the container mounts; a file that is elsewhere is named by the
option \`--config-file\`. Instead of manifests it also takes argument lists: a YAML list of arguments,
one document for each program, or the members \`kube-rbac-proxy\` and \`prom-label-proxy\` with a list
each.

The configuration goes to the output, after our own parser has accepted it. What there is to say goes
to the error stream, a line each. A \`warning\` names something that has no safe equal: the
configuration then makes the choice that lets fewer callers read fewer series, and the line says what
to do. A \`note\` needs nothing. No configuration that is printed has a setting whose name begins with
\`unsafe\`.

| exit code | meaning                                                                              |
| --------- | ------------------------------------------------------------------------------------ |
| 0         | everything has a safe equal                                                          |
| 1         | there are warnings; or a flag is unknown or unusable, and no configuration is printed |
| 2         | wrong usage, or an input that cannot be read                                         |

Such as this pair:`;

const EXAMPLE = `kube-rbac-proxy:
  - --secure-listen-address=0.0.0.0:8443
  - --upstream=http://127.0.0.1:8080/
  - --config-file=/etc/proxy/config.yaml
  - --tls-cert-file=/etc/proxy/tls/tls.crt
  - --tls-private-key-file=/etc/proxy/tls/tls.key
  - --auth-token-audiences=metrics
  - --ignore-paths=/healthz
prom-label-proxy:
  - -insecure-listen-address=127.0.0.1:8080
  - -upstream=http://thanos-querier:10902
  - -label=namespace
  - -error-on-replace
`;

const EXAMPLE_FILE = `authorization:
  rewrites:
    byQueryParameter:
      name: namespace
  resourceAttributes:
    apiGroup: metrics.k8s.io
    resource: pods
    namespace: '{{ .Value }}'
`;

const STEPS = `## Move over

1. Translate, read every warning, and check the result:
   \`prometheus-tenancy-kit query-frontend --config query-frontend.yaml --check-config\`.
2. Run the query frontend beside the old pair, under a Service of its own. Its ServiceAccount needs
   what that of kube-rbac-proxy has: \`create\` on tokenreviews and subjectaccessreviews.
3. Point one data source to it. Tenants' tokens, Roles and RoleBindings stay as they are.
4. Move the others, or the selector of the Service. With the kit, \`legacyAlias\` adds the Service
   \`thanos-querier-frontend\` on port 9090.
5. Take the old pair away, and with it what admits it to the querier. Going back is pointing the
   data sources to the old Service.

With the kit there is no configuration file to carry over: \`tenancyLabel\`, \`audiences\`,
\`attributes\`, \`certificate\` and \`credentials\`, which holds the authority of client certificates, are
settings of \`TenantQueryFrontend\`.`;

const CHANGES = `## What callers notice

- **POST needs no right of its own.** Every read asks for one verb, \`get\` unless configured
  otherwise. A Role that allows only \`create\`, for data sources that send POST, needs \`get\` too.
- **A matcher for another namespace finds nothing.** The matcher of the scope is added to what the
  caller wrote, on queries and on \`match[]\` alike; it replaces nothing. With \`scoping.mode\` set to
  \`error\` it is 400, and so is any other matcher on that label than the names that were asked for:
  patterns and negations that \`-error-on-replace\` lets through when they fit.
- **A filter of alerts or silences stays.** Prom-label-proxy drops one on the tenancy label.
- **Mistakes are told.** Empty names among several, a request without a query, a query in the URL and
  in the form, a form on GET: each is 400 instead of an answer to something else, or one without a body.
- **A silence of another namespace does not exist**, so changing it is 404 instead of 403.
- **The namespaces come from one place.** The path \`/namespaces/<namespace>[,<namespace>...]/\`, the
  parameter \`namespace\`, or the header \`X-Scope-OrgID\`; where a request uses two kinds, they must
  agree. Without any, a ServiceAccount reads its own namespace.
- **Several namespaces** in one request are all reviewed, and one refusal refuses the request.
- **Verdicts are remembered for at most 30 s** unless configured otherwise: a binding that is taken
  away stops working sooner, and the API server sees more reviews.
- **An API server that does not answer** is 503 with Retry-After, never 401.
- **Errors** are the envelope of the Prometheus API with a stable code, see [errors.md](errors.md).
- **Unknown parameters are dropped**, unknown paths are 404, and no header or body of a caller goes
  to the upstream.
- **Probes and metrics** have a listener of their own: \`/-/healthy\`, \`/-/ready\` and \`/metrics\`.

The requests of prom-label-proxy's own tests are tried on both: \`test/real/peers\` sends some 240 of
them to prom-label-proxy and to the query frontend before the same Prometheus and Alertmanager. Each is
answered alike, or stands there with the reason why not.`;

/** What each flag of the programs that came before us becomes. */
export const MIGRATION_PAGE: Page = {
  file: 'migration.md',
  markdown: () =>
    [
      INTRODUCTION,
      GENERATED_NOTE,
      TOOL,
      example(),
      STEPS,
      CHANGES,
      paths(),
      '## Flags\n\nWarnings are given where a flag has another value than its own default. A flag without a setting\nor a warning is not needed.',
      flags(KUBE_RBAC_PROXY),
      `### Configuration file of kube-rbac-proxy\n\nThe presets \`seed\`, \`seedPodsMetrics\` and \`openshift\` of \`access.attributes\` are recognised.\n\n${keys()}`,
      flags(PROM_LABEL_PROXY),
    ].join('\n\n'),
};

function example(): string {
  const [lists] = parseYamlDocuments('example', EXAMPLE) as readonly Record<string, string[]>[];
  const translation = translate({
    kubeRbacProxy: lists?.['kube-rbac-proxy'],
    promLabelProxy: lists?.['prom-label-proxy'],
    configFile: { document: parseYamlDocuments('example', EXAMPLE_FILE)[0] },
  });
  if (!translation.ok) throw new TypeError(translation.rejection.message);
  const { document, findings } = translation.value;
  const lines = findings.map((finding) => printFinding(finding));
  return [
    block('yaml', EXAMPLE),
    'with this file:',
    block('yaml', EXAMPLE_FILE),
    'becomes',
    block('yaml', printYamlDocument(document)),
    'and these lines on the error stream:',
    block('text', `${lines.join('\n')}\n`),
  ].join('\n\n');
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\`\`\``;
}

function paths(): string {
  const sentences = [
    'The paths that are served are in [endpoints.md](endpoints.md).',
    ...(OPTIONAL_PATHS.length > 0
      ? [
          `Of those of prom-label-proxy these answer 404 until they are switched on, see [configuration.md](configuration.md): ${quoted(OPTIONAL_PATHS)}.`,
        ]
      : []),
    ...(MISSING_PATHS.length > 0
      ? [`These are not served, and answer 404: ${quoted(MISSING_PATHS)}.`]
      : []),
  ];
  return `## Paths\n\n${sentences.join('\n')}`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(', ');
}

function flags(peer: PeerSpec): string {
  const head = ['flag', 'its default', 'becomes', 'remark'];
  const rows = peer.flags.map((flag) => [
    `\`${peer.dashes}${flag.name}\``,
    fallback(flag),
    ...cells(flag.outcome),
  ]);
  return `### ${peer.name}\n\nAll flags up to version ${peer.version}.\n\n${table(head, rows)}`;
}

function keys(): string {
  const rows = CONFIG_KEYS.map(({ path, outcome }) => [`\`${path}\``, ...cells(outcome)]);
  return table(['key', 'becomes', 'remark'], rows);
}

function fallback(flag: FlagSpec): string {
  if (flag.takes === 'switch') return 'off';
  return flag.fallback === '' ? 'none' : `\`${flag.fallback}\``;
}

function cells(outcome: Outcome): readonly [string, string] {
  switch (outcome.kind) {
    case 'setting':
      return [quoted(outcome.settings) || 'checked', outcome.remark];
    case 'dropped':
      return ['not needed', outcome.because];
    case 'warning':
      return ['**warning**', `${outcome.because}; ${outcome.remedy}`];
    default:
      return outcome satisfies never;
  }
}
