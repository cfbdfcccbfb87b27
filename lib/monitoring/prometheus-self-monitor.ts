import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PART_OF } from '../labels.ts';
import { PLATFORM_SCRAPE_CLASS } from '../prometheus/reserved-names.ts';
import type { WebAccess } from '../prometheus/web-access.ts';
import { PLATFORM_SCRAPE_LABELS } from './platform-scrape-labels.ts';

/** Settings of {@link PrometheusSelfMonitor}. */
export interface PrometheusSelfMonitorProps {
  /** The Prometheus that scrapes itself. */
  readonly prometheus: {
    /** Name of the Prometheus resource. */
    readonly name: string;
    /** Who may speak to its web port. */
    readonly webAccess: WebAccess;
  };
}

/** The component that its scrape configuration is labelled with. */
export const PROMETHEUS_SERVER = 'prometheus-server';

/**
 * Has each replica of Prometheus scrape its own web port, on the loopback of its pod.
 *
 * The port answers with the series of all tenants, so no network policy opens it, not even to another
 * replica. Where it asks for a certificate, this one scrape shows that of the sidecar.
 */
export class PrometheusSelfMonitor extends Construct {
  /** The scrape configuration. */
  readonly scrapeConfig: ApiObject;

  constructor(scope: Construct, id: string, { prometheus }: PrometheusSelfMonitorProps) {
    super(scope, id);
    const name = `${PROMETHEUS_SERVER}-${prometheus.name}`;
    this.scrapeConfig = new ApiObject(this, 'scrape-config', {
      apiVersion: 'monitoring.coreos.com/v1alpha1',
      kind: 'ScrapeConfig',
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/part-of': PART_OF,
          'app.kubernetes.io/component': PROMETHEUS_SERVER,
          ...PLATFORM_SCRAPE_LABELS,
        },
      },
      spec: {
        jobName: name,
        scrapeClass: PLATFORM_SCRAPE_CLASS,
        staticConfigs: [{ targets: ['127.0.0.1:9090'] }],
        ...certificateFields(prometheus.webAccess),
        // Each replica is at the same address. The reloader of the operator fills in the pod's name.
        // Without a relabelling the operator would not set the tenancy label, either.
        relabelings: ['instance', 'pod'].map((targetLabel) => ({
          action: 'replace',
          targetLabel,
          replacement: '$(POD_NAME)',
        })),
      },
    });
  }
}

function certificateFields({ certificates }: WebAccess): Readonly<Record<string, unknown>> {
  if (certificates === undefined) return {};
  const key = (name: string): object => ({ name: certificates.clientSecret, key: name });
  return {
    scheme: 'HTTPS',
    tlsConfig: {
      ca: { secret: key('ca.crt') },
      cert: { secret: key('tls.crt') },
      keySecret: key('tls.key'),
      serverName: 'localhost',
    },
  };
}
