import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

/** Where the samples go. */
export interface TenantSamplesProps {
  /** The tenant's namespace. */
  readonly namespace: string;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

const NAME = 'example';

/**
 * A monitor and rules for a tenant to start from, which the admission policies take.
 *
 * The monitor scrapes Services with the label `app.kubernetes.io/name: example` at their port `metrics`.
 * The rules are PrometheusRules as tenants write them; they count where an evaluator for tenants' rules
 * is set up, and the platform's own Prometheus is none.
 */
export class TenantSamples extends Construct {
  /** The sample of a ServiceMonitor. */
  readonly serviceMonitor: ApiObject;
  /** The sample of a PrometheusRule. */
  readonly prometheusRule: ApiObject;

  constructor(scope: Construct, id: string, { labels, namespace }: TenantSamplesProps) {
    super(scope, id);
    const metadata = { name: NAME, namespace, labels: { ...labels } };
    this.serviceMonitor = new ApiObject(this, 'service-monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata,
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
        // Otherwise the job is the name of the Service, which the rules do not know.
        jobLabel: 'app.kubernetes.io/name',
        // Required: a redirect could lead Prometheus to the series of others.
        endpoints: [{ port: 'metrics', interval: '30s', followRedirects: false }],
      },
    });
    this.prometheusRule = new ApiObject(this, 'prometheus-rule', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata,
      spec: { groups: [exampleGroup()] },
    });
  }
}

function exampleGroup(): Readonly<Record<string, unknown>> {
  return {
    name: NAME,
    interval: '1m',
    rules: [
      { record: 'job:up:sum', expr: `sum by (job) (up{job="${NAME}"})` },
      {
        alert: 'ExampleDown',
        expr: `job:up:sum{job="${NAME}"} == 0`,
        for: '5m',
        labels: { severity: 'warning' },
        annotations: { summary: 'No pod of {{ $labels.job }} answers scrapes.' },
      },
    ],
  };
}
