import { existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ApiObject, Chart, DependencyGraph, Yaml } from 'cdk8s';
import { SynthError } from '../lib/index.ts';
import { PART_OF } from '../lib/labels.ts';
import { noteWrittenFiles, readWrittenFiles, removeWrittenFiles } from './written-files.ts';

/** An object as it is written to a manifest. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
  };
}

/** A file of the output. */
export interface OutputFile {
  /** Where it goes, below the folder of the output. */
  readonly path: string;
  readonly text: string;
}

/** The objects of one chart. */
export interface ChartObjects {
  /** The name of the chart. */
  readonly chart: string;
  readonly objects: readonly ManifestObject[];
}

/**
 * The objects of charts of one app, in the order of their dependencies.
 *
 * @throws {Error} If a construct in the app is not valid.
 */
export function chartObjects(charts: readonly Chart[]): readonly ChartObjects[] {
  // It validates the whole app and infers dependencies for all charts, which costs as much for one
  // chart as for all: once is enough, where `App.synth` would do it for every tenant again.
  charts[0]?.toJson();
  return charts.map((chart) => ({
    chart: chart.node.path,
    objects: new DependencyGraph(chart.node)
      .topology()
      .filter((it) => ApiObject.isApiObject(it))
      .filter((it) => Chart.of(it) === chart)
      .map((it): ManifestObject => it.toJson()),
  }));
}

/** A file with these objects, one YAML document each. */
export function manifestFile(path: string, objects: readonly ManifestObject[]): OutputFile {
  return { path, text: Yaml.stringify(...objects) };
}

/**
 * Writes files below a folder, which is made where it is missing. What an earlier call wrote there and
 * this one does not is removed: as a template of a Helm chart, the file of a tenant who left would stay
 * installed. Files of others stay.
 *
 * @throws {SynthError} If two of them have one path. Nothing is written then: one would replace the other,
 *   and what it held would be missing in the cluster. Letters count as equal whatever their case, as on
 *   some file systems they are.
 */
export function writeFiles(folder: string, files: readonly OutputFile[]): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    const key = path.toLowerCase();
    if (paths.has(key)) {
      throw new SynthError(
        `file ${path}`,
        'two charts or objects are written to it, and one would be missing',
        'rename one of them',
      );
    }
    paths.add(key);
  }
  mkdirSync(folder, { recursive: true });
  const written = files.map(({ path }) => path);
  const before = readWrittenFiles(folder);
  // Both while neither is sure: a run that is stopped half-way leaves nothing that the next one misses.
  noteWrittenFiles(folder, [...before, ...written]);
  // First of all, for where case does not count, an old name can be that of a new file.
  removeWrittenFiles(
    folder,
    before.filter((path) => !written.includes(path)),
  );
  for (const { path, text } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  noteWrittenFiles(folder, written);
}

/** Removes files below a folder that an older version wrote without noting it. */
export function removeSuperseded(folder: string, paths: readonly string[]): void {
  for (const file of paths.map((path) => join(folder, path))) {
    // Every object of ours carries the name in a label; a file of that path may be another's.
    if (existsSync(file) && readFileSync(file, 'utf8').includes(PART_OF)) unlinkSync(file);
  }
}
