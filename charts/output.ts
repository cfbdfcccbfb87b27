import { PART_OF } from '../lib/labels.ts';
import type { ExpectedSettings } from './expectations.ts';
import { helmChartFile, helmTemplate } from './helm-chart.ts';
import { folderKustomization, kustomizationFiles } from './kustomization.ts';
import {
  chartPath,
  MANIFEST_EXTENSION,
  NAMESPACE_LABELS_CHART,
  namespacedPath,
  objectPath,
} from './layout.ts';
import { type ChartObjects, manifestFile, type OutputFile } from './manifest-files.ts';
import { namespaceComponent, type PlatformNames } from './namespace-component.ts';

/**
 * How manifests are laid out: `files` is one for each chart, with a kustomization over them; `folders` is a
 * folder for each chart, with a file for each object and a kustomization over those; `single` is one file
 * for all; `helm` is a Helm chart, whose templates are the same manifests and take no values.
 *
 * The labels of tenants' namespaces have a file of their own in each. Whoever deletes the others, or
 * uninstalls the Helm chart, must not delete the namespaces.
 */
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** Every {@link OutputForm}. */
export const OUTPUT_FORMS = ['files', 'folders', 'single', 'helm'] as const;

/** What the files of the output are like. */
export interface OutputSettings {
  readonly form: OutputForm;
  readonly platform: PlatformNames;
  /** What of the app decides on what has to be there besides. */
  readonly expected: ExpectedSettings;
}

/** Everything that is written for these charts. */
export function outputFiles(
  charts: readonly ChartObjects[],
  { expected, form, platform }: OutputSettings,
): readonly OutputFile[] {
  const labels = charts.filter(({ chart }) => chart === NAMESPACE_LABELS_CHART);
  const others = charts.filter(({ chart }) => chart !== NAMESPACE_LABELS_CHART);
  const objects = others.flatMap((it) => it.objects);
  const labelFiles = labels.map(chartFile);
  switch (form) {
    case 'files': {
      const files = others.map(chartFile);
      return [
        ...files,
        ...labelFiles,
        ...kustomizationFiles(
          files.map(({ path }) => path),
          expected,
        ),
        namespaceComponent(objects, platform),
      ];
    }
    case 'folders':
      return [
        ...others.flatMap(folderFiles),
        ...labelFiles,
        ...kustomizationFiles(
          others.map(({ chart }) => chart),
          expected,
        ),
        namespaceComponent(objects, platform),
      ];
    case 'single':
      return [manifestFile(`${PART_OF}${MANIFEST_EXTENSION}`, objects), ...labelFiles];
    case 'helm':
      return [helmChartFile(), ...others.map(chartFile).map(helmTemplate), ...labelFiles];
    default:
      return form satisfies never;
  }
}

function folderFiles({ chart, objects }: ChartObjects): readonly OutputFile[] {
  const paths = objects.map(objectPath);
  // Objects of one kind and name, in different namespaces, are told by these.
  const files = objects.map((it) => {
    const path = objectPath(it);
    const isShared = paths.filter((other) => other === path).length > 1;
    return manifestFile(isShared ? namespacedPath(it) : path, [it]);
  });
  return [...files, folderKustomization(files.map(({ path }) => path))].map(({ path, text }) => ({
    path: `${chart}/${path}`,
    text,
  }));
}

function chartFile({ chart, objects }: ChartObjects): OutputFile {
  return manifestFile(chartPath(chart), objects);
}
