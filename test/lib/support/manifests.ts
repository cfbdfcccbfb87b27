import { App, Chart } from 'cdk8s';
import type { RuntimeBundle } from '../../../lib/index.ts';

/** An object as it is written to a manifest, or a part of one. */
export type Json = unknown;

/** One object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Json;
}

/** Stands in for the code of the runtime, where the test is not about it. */
export const PLACEHOLDER: RuntimeBundle = {
  role: 'query-frontend',
  files: [
    { name: 'query-frontend.mjs', code: 'process.exitCode = 1;\n' },
    { name: 'query-frontend-shared.mjs', code: 'export const shared = 1;\n' },
  ],
};

/** An empty chart in the namespace of the platform. */
export function platformChart(): Chart {
  return new Chart(new App(), 'platform', {
    namespace: 'monitoring',
    disableResourceNameHashes: true,
  });
}

/** The objects of a chart, validated as `cdk8s synth` does. */
export function manifestsOf(...charts: readonly Chart[]): Manifest[] {
  return charts.flatMap((chart) => chart.toJson() as Manifest[]);
}

/** The one object of a kind and a name. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(
    (it) => it.kind === kind && (name === undefined || it.metadata.name === name),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${found.length} objects are a ${kind} ${name ?? ''}`);
  }
  return first;
}

/** Reads a member of a nested value; a member that is not there is `undefined`. */
export function at(value: Json, ...path: readonly (string | number)[]): Json {
  return path.reduce<Json>((it, key) => {
    if (typeof it !== 'object' || it === null) return undefined;
    return (it as Readonly<Record<string, Json>>)[key];
  }, value);
}

/** Reads a list; one that is not there is empty. */
export function listAt(value: Json, ...path: readonly (string | number)[]): readonly Json[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** Reads a map of texts; one that is not there is empty. */
export function textsAt(
  value: Json,
  ...path: readonly (string | number)[]
): Record<string, string> {
  const map = at(value, ...path);
  return typeof map === 'object' && map !== null ? (map as Record<string, string>) : {};
}

/** Reads a text; anything else throws. */
export function textAt(value: Json, ...path: readonly (string | number)[]): string {
  const text = at(value, ...path);
  if (typeof text !== 'string') throw new Error(`${path.join('.')} is no text`);
  return text;
}
