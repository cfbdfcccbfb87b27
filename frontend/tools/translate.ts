import type { Readable } from 'node:stream';
import { MAX_DOCUMENT_BYTES } from '../adapters/files/document.ts';
import { readTextFile, readTextStream } from '../adapters/files/text-file.ts';
import { parseYamlDocuments, printYamlDocument } from '../adapters/files/yaml-document.ts';
import { type CommandSpec, EXIT, type OptionValues } from '../command-line.ts';
import { Fault } from '../fault.ts';
import type { ToolStreams } from './tool.ts';
import { choosePrograms } from './translate/choose-programs.ts';
import { flagOf, readCommand } from './translate/command.ts';
import { printFinding } from './translate/finding.ts';
import { findPrograms, type FoundProgram } from './translate/find-programs.ts';
import { KUBE_RBAC_PROXY } from './translate/kube-rbac-proxy-flags.ts';
import { translate, type TranslateInput } from './translate/translate.ts';

const STANDARD_INPUT = 'standard input';

/** The tool that prints our configuration for the proxies that came before us. */
export const TRANSLATE_SPEC: CommandSpec = {
  name: 'translate',
  summary:
    'reads the arguments of kube-rbac-proxy and prom-label-proxy, and prints a configuration of the query frontend',
  options: [
    {
      name: 'file',
      value: 'FILE',
      description:
        'Manifests or argument lists, YAML or JSON, such as of `kubectl kustomize`. Default: standard input.',
    },
    {
      name: 'config-file',
      value: 'FILE',
      description:
        'The file that --config-file of kube-rbac-proxy names. Not needed where the input holds its ConfigMap.',
    },
    {
      name: 'container',
      value: 'NAME',
      description: 'The container of kube-rbac-proxy, where the input holds several.',
    },
  ],
};

/**
 * Prints the configuration on the output, and one line on the error stream for each flag that has
 * no equal.
 *
 * @returns The exit code: 0 when everything has a safe equal; 1 when something has none, and the
 *   configuration makes the safe choice, or when a flag is refused, and there is no configuration;
 *   2 for wrong usage or an input that cannot be read.
 */
export async function runTranslate(options: OptionValues, streams: ToolStreams): Promise<number> {
  const complain = (message: string, exitCode: number): number => {
    streams.errors.write(`translate: ${message}\n`);
    return exitCode;
  };
  try {
    const found = findPrograms(await readInput(options.get('file')?.[0], streams.input));
    if (!found.ok) return complain(found.rejection, EXIT.usage);
    const chosen = choosePrograms(found.value, options.get('container')?.[0]);
    if (!chosen.ok) return complain(chosen.rejection, EXIT.usage);
    const { kubeRbacProxy, promLabelProxy, findings } = chosen.value;
    const translation = translate({
      kubeRbacProxy: kubeRbacProxy?.args,
      promLabelProxy: promLabelProxy?.args,
      configFile: await readConfigFile(options.get('config-file')?.[0], kubeRbacProxy),
    });
    if (!translation.ok) {
      const { subject, message } = translation.rejection;
      return complain(`${subject}: ${message}`, EXIT.refused);
    }
    const all = [...findings, ...translation.value.findings];
    for (const finding of all) streams.errors.write(`${printFinding(finding)}\n`);
    streams.output.write(printYamlDocument(translation.value.document));
    return all.some(({ kind }) => kind === 'warning') ? EXIT.refused : EXIT.done;
  } catch (error) {
    if (error instanceof Fault) return complain(error.message, EXIT.usage);
    throw error;
  }
}

async function readInput(file: string | undefined, input: Readable): Promise<readonly unknown[]> {
  return file === undefined
    ? parseYamlDocuments(
        STANDARD_INPUT,
        await readTextStream(STANDARD_INPUT, input, MAX_DOCUMENT_BYTES),
      )
    : parseYamlDocuments(file, await readTextFile(file, MAX_DOCUMENT_BYTES));
}

// The option counts more than the ConfigMap that stands beside the Deployment.
async function readConfigFile(
  file: string | undefined,
  program: FoundProgram | undefined,
): Promise<TranslateInput['configFile']> {
  if (file !== undefined) {
    return onlyDocument(file, await readTextFile(file, MAX_DOCUMENT_BYTES));
  }
  const command = readCommand(KUBE_RBAC_PROXY, program?.args);
  const path = command.ok ? flagOf(command.value, 'config-file')?.value : undefined;
  const text = path === undefined ? undefined : program?.mountedText(path);
  return path === undefined || text === undefined ? undefined : onlyDocument(path, text);
}

function onlyDocument(path: string, text: string): { readonly document: unknown } {
  const [document, second] = parseYamlDocuments(path, text);
  if (second === undefined) return { document };
  throw new Fault('document_malformed', `${path}: expected a single document`);
}
