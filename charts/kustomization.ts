import { Yaml } from 'cdk8s';
import { PART_OF } from '../lib/labels.ts';
import { type ExpectedSettings, expectations } from './expectations.ts';
import { NAMESPACES_FOLDER } from './layout.ts';
import type { OutputFile } from './manifest-files.ts';
import { OPERATOR_FIELDS, OPERATOR_FIELDS_FILE } from './operator-fields.ts';

/**
 * What marks the namespaces of tenants. With the field manager that kubectl has by default, the label
 * would replace all others of an owner who uses the same one.
 */
export const MARK_NAMESPACES: readonly string[] = [
  'apply',
  '--server-side',
  `--field-manager=${PART_OF}`,
  '-f',
];

const KIND: readonly string[] = [
  'apiVersion: kustomize.config.k8s.io/v1beta1',
  'kind: Kustomization',
];

const HEADER: readonly string[] = [
  'Apply with: kubectl apply --server-side -k . (the policies in admission/ need an administrator)',
  'Then mark the namespaces of tenants; nothing but this label of them is ours:',
  `  kubectl ${MARK_NAMESPACES.join(' ')} ${NAMESPACES_FOLDER}/`,
  '',
  'Expects:',
];

/** The kustomization over the manifests of one folder, for one above it. */
export function folderKustomization(paths: readonly string[]): OutputFile {
  const lines = ['resources:', ...paths.toSorted().map((file) => `  - ${file}`)];
  return { path: 'kustomization.yaml', text: `${[...KIND, ...lines].join('\n')}\n` };
}

/**
 * The kustomization over manifests, with what teaches Kustomize the operator's resources.
 *
 * The labels of tenants' namespaces are left out: `kubectl delete -k` and a pruning apply delete what
 * a kustomization names, and a Namespace takes everything in it along.
 *
 * @param paths The manifests' files, or folders with a kustomization, below the folder of this one.
 * @param expected What of the app decides on what the header says must be there.
 */
export function kustomizationFiles(
  paths: readonly string[],
  expected: ExpectedSettings,
): readonly OutputFile[] {
  const resources = paths.filter((path) => !path.startsWith(`${NAMESPACES_FOLDER}/`)).toSorted();
  const lines = [
    ...[...HEADER, ...expectations(expected)].map((line) => `# ${line}`.trimEnd()),
    ...KIND,
    'configurations:',
    `  - ${OPERATOR_FIELDS_FILE}`,
    'resources:',
    ...resources.map((file) => `  - ${file}`),
  ];
  return [
    { path: 'kustomization.yaml', text: `${lines.join('\n')}\n` },
    { path: OPERATOR_FIELDS_FILE, text: Yaml.stringify(OPERATOR_FIELDS) },
  ];
}
