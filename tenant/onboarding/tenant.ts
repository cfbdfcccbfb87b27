import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PART_OF } from '../../lib/labels.ts';
import type { PodGroup } from '../../lib/pod-group.ts';
import { SynthError } from '../../lib/synth-error.ts';
import { parseTenantId, type TenantId } from '../tenant-id.ts';
import { addRuleEditors, addWriters } from './editors.ts';
import { GrafanaDataSource } from './grafana-data-source.ts';
import { type GrantedRole, grantRole } from './granted-role.ts';
import { addMetricsIngress } from './metrics-ingress.ts';
import { Namespace } from './namespace.ts';
import { OperatorDataSource } from './operator-data-source.ts';
import { claimOrganisation } from './organisation-claims.ts';
import { addQuota, type QuotaObjects, type TenantQuota } from './quota.ts';
import { type ReaderAttributes, readerRules, type SilenceAttributes } from './reader-rules.ts';
import { TenantSamples } from './samples.ts';
import { addSilencers } from './silencers.ts';
import { Subject } from './subject.ts';
import { Token } from './token.ts';

/** What a tenant needs to know of the query frontend. */
export interface TenantFrontend extends ReaderAttributes, SilenceAttributes {
  /** The URL under which a tenant queries its own namespace. */
  urlOf(tenant: TenantId): string;
  /**
   * The audience of tokens that are meant for it.
   * @default - that of the API server
   */
  readonly tokenAudience?: string | undefined;
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
   * Who may create, update and expire silences for the tenant's alerts. It gives no right to read.
   * @default - nobody
   */
  readonly silencers?: readonly Subject[];
  /**
   * Who may write series for the tenant: `create` on `namespace/metrics`, which the remote-write
   * gateway asks for. It gives no right to read. This version brings no gateway yet.
   * @default - nobody
   */
  readonly writers?: readonly Subject[];
  /**
   * Who may read and change the tenant's recording and alerting rules: `get`, `create`, `update` and
   * `delete` on `namespace/rules`, which the rules API asks for. This version brings no rules API yet.
   * @default - nobody
   */
  readonly ruleEditors?: readonly Subject[];
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
  readonly grafana?: GrafanaDataSource | OperatorDataSource | 'none';
  /**
   * How many objects the tenant may have.
   * @default - no quota
   */
  readonly quota?: TenantQuota;
  /**
   * Whether the tenant gets a monitor and rules to start from.
   * @default false
   */
  readonly samples?: boolean;
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
  /** The right to change silences, where somebody has it. */
  readonly silencers: GrantedRole | undefined;
  /** The right to write series, where somebody has it. */
  readonly writers: GrantedRole | undefined;
  /** The right to edit rules, where somebody has it. */
  readonly ruleEditors: GrantedRole | undefined;
  /** Name of the Secret that holds the token, where there is one. */
  readonly tokenSecretName: string | undefined;
  /** The provisioning file of the data source, where there is one. */
  readonly dataSource: k8s.KubeConfigMap | undefined;
  /** The data source as a resource of the Grafana operator, where there is one. */
  readonly operatorDataSource: ApiObject | undefined;
  /** The quota, where there is one. */
  readonly quota: QuotaObjects | undefined;
  /** The samples, where there are some. */
  readonly samples: TenantSamples | undefined;
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
    const reader = grantRole(this, '', {
      name: READER,
      tenant: this.id,
      rules: readerRules(`Tenant ${this.id}`, props.frontend),
      setting: 'readers',
      purpose: "read the tenant's series",
      subjects: [Subject.serviceAccount(READER), ...(props.readers ?? [])],
      labels,
    });
    this.role = reader.role;
    this.roleBinding = reader.roleBinding;
    this.silencers = addSilencers(this, {
      tenant: this.id,
      frontend: props.frontend,
      silencers: props.silencers ?? [],
      labels,
    });
    this.writers = addWriters(this, { tenant: this.id, subjects: props.writers ?? [], labels });
    this.ruleEditors = addRuleEditors(this, {
      tenant: this.id,
      subjects: props.ruleEditors ?? [],
      labels,
    });
    const token = props.token ?? Token.legacySecret();
    this.tokenSecretName = token.addTo(this, {
      serviceAccountName: READER,
      namespace: this.id,
      audience: props.frontend.tokenAudience,
      labels,
    });
    this.dataSource = this.#addDataSource(props, labels);
    this.operatorDataSource = this.#addOperatorDataSource(props, labels);
    const target = { namespace: this.id, labels };
    this.samples = props.samples === true ? new TenantSamples(this, 'samples', target) : undefined;
    // After what it counts: until a new quota was counted for the first time, it refuses everything.
    this.quota = props.quota === undefined ? undefined : addQuota(this, props.quota, target);
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
    if (props.grafana === 'none' || props.grafana instanceof OperatorDataSource) return undefined;
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

  #addOperatorDataSource(
    { frontend, grafana }: TenantProps,
    labels: Readonly<Record<string, string>>,
  ): ApiObject | undefined {
    if (!(grafana instanceof OperatorDataSource)) return undefined;
    return grafana.addTo(this, {
      namespace: this.id,
      url: frontend.urlOf(this.id),
      tokenSecretName: this.tokenSecretName,
      labels,
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
