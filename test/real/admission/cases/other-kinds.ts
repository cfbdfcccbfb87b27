import type { Manifest } from '../../harness/cluster-objects.ts';
import { accepted, type AdmissionCase, monitoring, OWN, refused } from '../admission-case.ts';

const rules = (rule: Manifest, group: Manifest = {}): Manifest =>
  monitoring('PrometheusRule', {
    groups: [{ name: 'g', ...group, rules: [{ alert: 'A', expr: 'up == 0', ...rule }] }],
  });

const says = (text: string): Manifest => rules({ annotations: { summary: text } });

const probe = (spec: Manifest = {}): Manifest =>
  monitoring('Probe', {
    followRedirects: false,
    prober: { url: 'blackbox.monitoring:9115' },
    targets: { staticConfig: { static: ['https://example.com'] } },
    ...spec,
  });

const slice = (address: string): Manifest => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'tried', namespace: OWN, labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [address] }],
  ports: [{ name: 'http', port: 9090, protocol: 'TCP' }],
});

const endpoints: Manifest = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'tried', namespace: OWN },
  subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 9090 }] }],
};

/** What is said of all other kinds. */
export const OTHER_CASES: readonly AdmissionCase[] = [
  ...accepted({
    'a plain PrometheusRule': rules({ labels: { severity: 'page' } }),
    'a PrometheusRule that names its own namespace': rules({ labels: { namespace: OWN } }),
    'a PrometheusRule of no groups': monitoring('PrometheusRule', {}),
    'a PrometheusRule of a recording rule': monitoring('PrometheusRule', {
      groups: [
        {
          name: 'g',
          interval: '1m',
          partial_response_strategy: 'abort',
          rules: [{ record: 'a:b', expr: 'up' }],
        },
      ],
    }),
    'an annotation with the value': says('{{ $labels.pod }} is at {{ $value | humanize }}'),
    'an annotation that speaks of a query': says('The query {{ $labels.query }} is slow, block it'),
    'an annotation that quotes a query': says('{{ printf "query %s" $labels.pod }}'),
    'an annotation that goes through the labels': says(
      '{{ range $k, $v := $labels }}{{ $k }}{{ end }}',
    ),
    'an annotation with a replacement': says('{{ reReplaceAll "a" "b" $labels.pod }}'),
    'an annotation with a narrow format': says('{{ printf "%5.2f" $value }}'),
    'an annotation with a percentage of no template': says('more than 100% of 1000'),
    'a plain Service': {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'tried', namespace: OWN },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] },
    },
  }),
  ...refused('ruleLabels', {
    'an alert that names another namespace': rules({ labels: { namespace: 'team-b' } }),
    'a group that names another namespace': rules({}, { labels: { namespace: 'team-b' } }),
  }),
  ...refused('partialResponse', {
    'a group that takes partial responses': rules({}, { partial_response_strategy: 'Warn' }),
  }),
  ...refused('ruleInterval', {
    'a group that is evaluated each second': rules({}, { interval: '1s' }),
    'a group that is evaluated each millisecond': rules({}, { interval: '0w1ms' }),
    'a group with more years than can be counted': rules({}, { interval: '300y' }),
  }),
  ...refused('templateQuery', {
    'an annotation with a query': says('{{ query "up" }}'),
    'an annotation with a query without spaces': says('{{query "up"}}'),
    'an annotation with a query at the end of a pipe': says('{{ "up" | query | first | value }}'),
    'an annotation with a query in brackets': says('{{ with (query `up`) }}{{ . }}{{ end }}'),
    'an annotation with a query behind braces in quotes': says(
      '{{ printf "}}" }}{{ "}} up" | query }}',
    ),
    'an annotation with a query behind braces in back quotes': says('{{ `}}` | query }}'),
    'an annotation with a query on the next line': says('{{ "up" |\nquery }}'),
    'an annotation with a query that is trimmed': says('{{- "up"|query -}}'),
    'a label with a query': rules({ labels: { secret: '{{ query "up" }}' } }),
    'a label of a group with a query': rules({}, { labels: { secret: '{{ query "up" }}' } }),
    'an annotation that defines a template': says('{{ define "a" }}x{{ end }}'),
    'an annotation that uses a template': says('{{ template "a" }}'),
    'an annotation with a block': says('{{ block "a" . }}x{{ end }}'),
    'an annotation with tmpl': says('{{ tmpl "a" . }}'),
  }),
  ...refused('templateRange', {
    'an annotation that counts': says('{{ range 9000000000000 }}{{ end }}'),
    'an annotation that counts without spaces': says('{{range $i := 30000000}}x{{end}}'),
    'an annotation that counts beside the labels': says(
      '{{ range $labels }}{{ end }}{{ range 30000000 }}x{{ end }}',
    ),
  }),
  ...refused('templateReplace', {
    'an annotation with a nested replacement': says(
      '{{ reReplaceAll "" "xxxxxxxx" (reReplaceAll "" "xxxxxxxx" "a") }}',
    ),
  }),
  ...refused('templateWidth', {
    'an annotation of a wide format': says('{{ printf "%1000000d" 1 }}'),
    'an annotation of a precise format': says('{{ printf "%.1000000f" 1.0 }}'),
    'an annotation of a computed width': says('{{ printf "%*d" 1000000 1 }}'),
  }),
  ...refused('scrapeConfig', {
    'a ScrapeConfig': monitoring(
      'ScrapeConfig',
      { staticConfigs: [{ targets: ['a:1'], labels: { namespace: 'team-b' } }] },
      'v1alpha1',
    ),
  }),
  ...refused('prober', { 'a Probe': probe() }),
  ...refused('instance', {
    'a Prometheus': monitoring('Prometheus', {}),
    'a PrometheusAgent': monitoring('PrometheusAgent', {}, 'v1alpha1'),
    'a ThanosRuler': monitoring('ThanosRuler', {}),
    'an Alertmanager': monitoring('Alertmanager', {}),
  }),
  ...refused('endpointAddresses', {
    'an EndpointSlice': slice('10.1.2.3'),
    Endpoints: endpoints,
  }),
];
