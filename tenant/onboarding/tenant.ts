import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PART_OF } from '../../lib/labels.ts';
import type { PodGroup } from '../../lib/pod-group.ts';
import { SynthError } from '../../lib/synth-error.ts';
import { parseTenantId, type TenantId } from '../tenant-id.ts';
import { GrafanaDataSource } from './grafana-data-source.ts';
import { addMetricsIngress } from './metrics-ingress.ts';
import { Namespace } from './namespace.ts';
import { claimOrganisation } from './organisation-claims.ts';
import { type ReaderAttributes, readerRules } from './reader-rules.ts';
import { Subject } from './subject.ts';
import { Token } from './token.ts';

/** What a tenant needs to know of the query frontend. */
export interface TenantFrontend extends ReaderAttributes {
  /** The URL under which a tenant queries its own namespace. */
  urlOf(tenant: TenantId): string;
}

/** What a tenant needs to know of the Prometheus that scrapes it. */
export interface TenantScraper {
  /** Its namespace. */
  readonly namespace: string;
  /** Its pods. */
  readonly pods: PodGroup;
}

/** Settings of a {@link Tenant}. */
export interface TenantProps {
  /** The namespace, which is also the tenant's name. */
  readonly namespace: string;
  /** Where the tenant queries. */
  readonly frontend: TenantFrontend;
  /** Who scrapes the tenant. */
  readonly scraper: TenantScraper;
  /**
   * Who may read the tenant's metrics beside its own ServiceAccount.
   * @default - nobody
   */
  readonly readers?: readonly Subject[];
  /**
   * Who owns the Namespace object. Whoever it is sets the label `prometheus-tenancy-kit/tenant`,
   * without which Prometheus does not scrape the tenant.
   * @default Namespace.foreign()
   */
  readonly namespaceObject?: Namespace;
  /**
   * How the ServiceAccount gets a token.
   * @default Token.legacySecret()
   */
  readonly token?: Token;
  /**
   * The data source of the tenant's Grafana: of the tenant's own instance, of an organisation of the
   * tenant's own, or with the users' own tokens by forwarded OAuth. Every viewer of an organisation can
   * query with every data source in it, so one that others are in as well is asked for by
   * `GrafanaDataSource.unsafeSharedOrganisation`.
   * @default GrafanaDataSource.ownInstance()
   */
  readonly grafana?: GrafanaDataSource | 'none';
}

const READER = 'metrics-reader';

/** What one tenant gets: a reader with the right to read and no other, a token, a data source. */
export class Tenant extends Construct {
  /** The namespace, which is also the tenant's name. */
  readonly id: TenantId;
  /** The Namespace object, where this construct makes one. */
  readonly namespaceObject: k8s.KubeNamespace | undefined;
  /** The ServiceAccount that may read. */
  readonly serviceAccount: k8s.KubeServiceAccount;
  /** The right to read: what the frontend asks for, and nothing else. */
  readonly role: k8s.KubeRole;
  /** Who has it. */
  readonly roleBinding: k8s.KubeRoleBinding;
  /** Name of the Secret that holds the token, where there is one. */
  readonly tokenSecretName: string | undefined;
  /** The provisioning file of the data source, where there is one. */
  readonly dataSource: k8s.KubeConfigMap | undefined;
  /** Keeps all but Prometheus from pods that ask for it. */
  readonly metricsIngress: k8s.KubeNetworkPolicy;

  constructor(scope: Construct, id: string, props: TenantProps) {
    super(scope, id);
    this.id = requireTenant(`Tenant ${this.node.path}`, props);
    const labels = {
      'app.kubernetes.io/part-of': PART_OF,
      'app.kubernetes.io/component': 'tenant',
    };
    this.namespaceObject = (props.namespaceObject ?? Namespace.foreign()).addTo(this, this.id);
    const metadata = { name: READER, namespace: this.id, labels };
    this.serviceAccount = new k8s.KubeServiceAccount(this, 'service-account', {
      metadata,
      automountServiceAccountToken: false,
    });
    this.role = new k8s.KubeRole(this, 'role', {
      metadata,
      rules: readerRules(props.frontend),
    });
    this.roleBinding = new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: READER },
      subjects: [Subject.serviceAccount(READER), ...(props.readers ?? [])].map((it) =>
        it.in(this.id),
      ),
    });
    const token = props.token ?? Token.legacySecret();
    this.tokenSecretName = token.addTo(this, {
      serviceAccountName: READER,
      namespace: this.id,
      labels,
    });
    this.dataSource = this.#addDataSource(props, labels);
    this.metricsIngress = addMetricsIngress(this, {
      namespace: this.id,
      prometheusNamespace: props.scraper.namespace,
      prometheusPods: props.scraper.pods,
      labels,
    });
  }

  #addDataSource(
    props: TenantProps,
    labels: Readonly<Record<string, string>>,
  ): k8s.KubeConfigMap | undefined {
    if (props.grafana === 'none') return undefined;
    const grafana = props.grafana ?? GrafanaDataSource.ownInstance();
    if (grafana.claim !== undefined) claimOrganisation(this.node.root, this.id, grafana.claim);
    const file = grafana.print({
      namespace: this.id,
      url: props.frontend.urlOf(this.id),
      hasToken: this.tokenSecretName !== undefined,
    });
    return new k8s.KubeConfigMap(this, 'grafana-data-source', {
      metadata: {
        name: 'grafana-data-source-metrics',
        namespace: this.id,
        labels: { ...labels, ...grafana.sidecarLabels },
      },
      data: { [`${this.id}-metrics.yaml`]: file },
    });
  }
}

function requireTenant(subject: string, props: TenantProps): TenantId {
  const id = parseTenantId(props.namespace);
  if (id === undefined) {
    throw new SynthError(
      `${subject} namespace`,
      `${JSON.stringify(props.namespace)} is not the name of a namespace`,
      'write lower-case letters, digits and dashes, at most 63',
    );
  }
  if (id === props.scraper.namespace) {
    throw new SynthError(
      `${subject} namespace`,
      'is the namespace of Prometheus, so the platform would be one of its own tenants',
      'give tenants namespaces of their own',
    );
  }
  return id;
}
