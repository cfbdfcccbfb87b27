import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, YamlOutputType } from 'cdk8s';
import type { RuntimeBundle } from '../lib/query-frontend/runtime-bundle.ts';
import { PlatformChart } from './platform-chart.ts';
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
  /** @default 'monitoring' */
  readonly namespace?: string;
  /** @default 'main' */
  readonly cluster?: string;
}

/** Name of the chart that holds the labels of tenants' namespaces. */
export const NAMESPACE_LABELS_CHART = 'namespace-labels';

/** Folder, below that of the other manifests, of those that name Namespaces. */
export const NAMESPACES_FOLDER = 'namespaces';

/** Extension of the manifests. */
export const MANIFEST_EXTENSION = '.yaml';

/**
 * The whole installation: one file for the platform, one for each tenant, and one for the labels of
 * the tenants' namespaces.
 *
 * The last lies in a folder of its own. `kubectl delete --filename dist` deletes what the files there
 * name, and a Namespace takes everything in it along; folders below are left out unless it is told
 * to descend.
 *
 * A file a chart, because the other layouts name files by kind and name alone and so overwrite one
 * of two objects that differ only by namespace.
 */
export class TenancyApp extends App {
  /** What all tenants share. */
  readonly platform: PlatformChart;
  /** What each tenant gets, in the order they are listed. */
  readonly tenants: readonly TenantChart[];
  /** The labels of the tenants' namespaces, to be applied on their own. */
  readonly namespaceLabels: Chart;

  constructor(props: TenancyAppProps) {
    super({
      yamlOutputType: YamlOutputType.FILE_PER_CHART,
      outputFileExtension: MANIFEST_EXTENSION,
      ...(props.outdir === undefined ? {} : { outdir: props.outdir }),
    });
    this.platform = new PlatformChart(this, 'platform', {
      namespace: props.namespace ?? 'monitoring',
      cluster: props.cluster ?? 'main',
      runtime: props.runtime,
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

  /** Writes the manifests. */
  override synth(): void {
    super.synth();
    const file = `${NAMESPACE_LABELS_CHART}${MANIFEST_EXTENSION}`;
    mkdirSync(join(this.outdir, NAMESPACES_FOLDER), { recursive: true });
    renameSync(join(this.outdir, file), join(this.outdir, NAMESPACES_FOLDER, file));
  }
}
