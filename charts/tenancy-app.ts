import { App, Chart } from 'cdk8s';
import type { RuntimeBundle } from '../lib/query-frontend/runtime-bundle.ts';
import type { TenantAdmissionPoliciesProps } from '../lib/index.ts';
import { AdmissionChart } from './admission-chart.ts';
import type { ExpectedSettings } from './expectations.ts';
import { ADMISSION_CHART, NAMESPACE_LABELS_CHART, SUPERSEDED_FILES } from './layout.ts';
import { chartObjects, removeSuperseded, writeFiles } from './manifest-files.ts';
import { outputFiles, type OutputForm } from './output.ts';
import { PlatformChart, type PlatformChartProps } from './platform-chart.ts';
import { TenantChart } from './tenant-chart.ts';
import type { TenantEntry } from './tenants.ts';

/** Settings of a {@link TenancyApp}. */
export interface TenancyAppProps {
  /** The code of the query frontend. */
  readonly runtime: RuntimeBundle;
  /** The tenants. */
  readonly tenants: readonly TenantEntry[];
  /**
   * Where manifests go.
   * @default - what `cdk8s synth` asks for, otherwise `dist`
   */
  readonly outdir?: string;
  /**
   * How the manifests are laid out.
   * @default 'files'
   */
  readonly output?: OutputForm;
  /** @default 'monitoring' */
  readonly namespace?: string;
  /** @default 'main' */
  readonly cluster?: string;
  /**
   * Who answers what is no query, and which endpoints the query frontend has, such as silences.
   * @default - rules and alerts come from the queriers, and there are no silences
   */
  readonly frontend?: PlatformChartProps['frontend'];
  /**
   * The Prometheus that watches the platform.
   * @default WatchingPrometheus.own()
   */
  readonly watchedBy?: PlatformChartProps['watchedBy'];
  /**
   * Where the Prometheus operator runs, to have it watched as well.
   * @default - it is not watched
   */
  readonly operator?: PlatformChartProps['operator'];
  /**
   * Who makes the certificates between Thanos components and of Prometheus' web port.
   * @default - nobody: gRPC between Thanos components is plain, and the web port takes the certificates in
   *   the Secrets `prometheus-web-tls` and `prometheus-web-client-tls`, which you make
   */
  readonly certificates?: PlatformChartProps['certificates'];
  /**
   * The audience of the API server, for which tenants' tokens are meant. The default is wrong on EKS, GKE
   * and AKS.
   * @default 'https://kubernetes.default.svc.cluster.local'
   */
  readonly clusterIssuer?: PlatformChartProps['clusterIssuer'];
  /**
   * What the admission policies refuse.
   * @default - the defaults of each setting
   */
  readonly admission?: Omit<TenantAdmissionPoliciesProps, 'tenancyLabel'>;
}

/**
 * The whole installation: one file for the platform, one for each tenant, and one for the labels of
 * the tenants' namespaces.
 *
 * The last lies in a folder of its own. `kubectl delete --filename dist` deletes what the files there
 * name, and a Namespace takes everything in it along; folders below are left out unless it is told
 * to descend.
 *
 * So do the admission policies, which only an administrator of the cluster may apply.
 *
 * By default that is a file a chart, so a tenant is one file. `folders` has a file for each object, in a
 * folder a chart.
 */
export class TenancyApp extends App {
  /** What all tenants share. */
  readonly platform: PlatformChart;
  /** What each tenant gets, in the order they are listed. */
  readonly tenants: readonly TenantChart[];
  /** What tenants may not write. */
  readonly admission: AdmissionChart;
  /** How the manifests are laid out. */
  readonly output: OutputForm;
  readonly #expected: ExpectedSettings;
  /** The labels of the tenants' namespaces, to be applied on their own. */
  readonly namespaceLabels: Chart;

  constructor(props: TenancyAppProps) {
    super(props.outdir === undefined ? {} : { outdir: props.outdir });
    this.output = props.output ?? 'files';
    this.#expected = props;
    this.platform = new PlatformChart(this, 'platform', {
      namespace: props.namespace ?? 'monitoring',
      cluster: props.cluster ?? 'main',
      runtime: props.runtime,
      ...(props.certificates !== undefined && { certificates: props.certificates }),
      ...(props.clusterIssuer !== undefined && { clusterIssuer: props.clusterIssuer }),
      ...(props.frontend !== undefined && { frontend: props.frontend }),
      ...(props.watchedBy !== undefined && { watchedBy: props.watchedBy }),
      ...(props.operator !== undefined && { operator: props.operator }),
    });
    this.admission = new AdmissionChart(this, ADMISSION_CHART, {
      ...props.admission,
      platform: this.platform,
      tenants: props.tenants,
    });
    this.namespaceLabels = new Chart(this, NAMESPACE_LABELS_CHART, {
      disableResourceNameHashes: true,
    });
    this.tenants = props.tenants.map(
      (tenant) =>
        new TenantChart(this, `tenant-${tenant.namespace}`, {
          tenant,
          platform: this.platform,
          namespaceLabels: this.namespaceLabels,
        }),
    );
  }

  /**
   * Writes the manifests, and removes those that an earlier run wrote into the same folder and this one
   * does not.
   *
   * @throws {SynthError} If two charts would be written to one file.
   */
  override synth(): void {
    const files = outputFiles(chartObjects(this.charts), {
      form: this.output,
      platform: this.platform.prometheus,
      expected: this.#expected,
    });
    removeSuperseded(this.outdir, SUPERSEDED_FILES);
    writeFiles(this.outdir, files);
  }
}
