import { readFileSync } from 'node:fs';
import { Yaml } from 'cdk8s';
import { PART_OF } from '../lib/labels.ts';
import type { OutputFile } from './manifest-files.ts';

/** Folder of a Helm chart's templates. */
export const TEMPLATES_FOLDER = 'templates';

/** What Helm has to know about the chart. Its version is that of the kit. */
export function helmChartFile(): OutputFile {
  return {
    path: 'Chart.yaml',
    text: Yaml.stringify({
      apiVersion: 'v2',
      name: PART_OF,
      version: kitVersion(),
      type: 'application',
      description: 'Prometheus and Thanos, shared between the namespaces of tenants.',
    }),
  };
}

/**
 * Makes a template that Helm renders to the very text of a manifest.
 *
 * Helm reads `{{` as the beginning of an action wherever it stands, in the code of the runtime and in the
 * texts of alerts, too.
 */
export function helmTemplate({ path, text }: OutputFile): OutputFile {
  return { path: `${TEMPLATES_FOLDER}/${path}`, text: text.replaceAll('{{', '{{ "{{" }}') };
}

function kitVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new TypeError('package.json names no version');
}
