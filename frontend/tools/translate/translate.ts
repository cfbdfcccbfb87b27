import { CONFIG_API_VERSION } from '../../config/api-version.ts';
import { describeConfigProblem, type ConfigProblem } from '../../config/document.ts';
import { parseQueryFrontendConfig } from '../../config/query-frontend.ts';
import { accept, refuse, type Result } from '../../result.ts';
import { translateAccess } from './access.ts';
import { type Command, isOn, readCommand, valuesOf } from './command.ts';
import { type Finding, type FlagProblem, note, warn } from './finding.ts';
import type { FlagSpec } from './flag.ts';
import { readKrpConfig } from './kube-rbac-proxy-config.ts';
import { KUBE_RBAC_PROXY } from './kube-rbac-proxy-flags.ts';
import { type Commands, translateListeners } from './listeners.ts';
import type { Settings } from './part.ts';
import { PROM_LABEL_PROXY } from './prom-label-proxy-flags.ts';
import { writeFlag } from './read-flags.ts';
import { translateTenancy } from './tenancy.ts';
import { translateUpstream } from './upstream.ts';

/** What is translated. At least one of the programs is there. */
export interface TranslateInput {
  /** The arguments of kube-rbac-proxy. */
  readonly kubeRbacProxy?: readonly string[] | undefined;
  /** The arguments of prom-label-proxy. */
  readonly promLabelProxy?: readonly string[] | undefined;
  /** The document in kube-rbac-proxy's configuration file; `undefined` where nobody has it. */
  readonly configFile?: { readonly document: unknown } | undefined;
}

/** A configuration of the query frontend, and what is to be said about it. */
export interface Translation {
  /** What {@link parseQueryFrontendConfig} accepts; settings with their defaults are left out. */
  readonly document: Settings;
  /** Warnings first. */
  readonly findings: readonly Finding[];
}

/**
 * Translates the command lines of the two programs into the configuration of the query frontend.
 *
 * What has no safe equal is left out, or set to what lets fewer callers read fewer series, and
 * named by a warning.
 */
export function translate(input: TranslateInput): Result<Translation, FlagProblem> {
  const krp = readCommand(KUBE_RBAC_PROXY, input.kubeRbacProxy);
  if (!krp.ok) return krp;
  const plp = readCommand(PROM_LABEL_PROXY, input.promLabelProxy);
  if (!plp.ok) return plp;
  const commands: Commands = { kubeRbacProxy: krp.value, promLabelProxy: plp.value };
  const config =
    input.configFile === undefined ? accept(undefined) : readKrpConfig(input.configFile.document);
  if (!config.ok) return config;
  const tenancy = translateTenancy(plp.value);
  if (!tenancy.ok) return tenancy;
  const listeners = translateListeners(commands);
  if (!listeners.ok) return listeners;
  const upstream = translateUpstream(commands);
  if (!upstream.ok) return upstream;
  const access = translateAccess(krp.value, config.value);
  if (!access.ok) return access;
  const { listener, operations } = listeners.value;
  const document = {
    apiVersion: CONFIG_API_VERSION,
    kind: 'QueryFrontend',
    ...tenancy.value.settings,
    listener,
    ...(operations !== undefined && { operations }),
    upstream: upstream.value.settings,
    access: access.value.settings,
  };
  const checked = parseQueryFrontendConfig(document);
  if (!checked.ok) return refuse(problemOf(commands, checked.rejection));
  const parts = [tenancy, listeners, upstream, access].flatMap((part) => part.value.findings);
  return accept({ document, findings: inOrder([...parts, ...tableFindings(commands, parts)]) });
}

/** The findings of the flags about which the tables say all there is. */
function tableFindings(commands: Commands, parts: readonly Finding[]): readonly Finding[] {
  const judged = new Set(parts.map((finding) => finding.subject));
  return [commands.kubeRbacProxy, commands.promLabelProxy].flatMap((command) =>
    command === undefined
      ? []
      : command.peer.flags
          .filter((spec) => command.given.has(spec.name))
          .filter((spec) => !judged.has(writeFlag(command.peer, spec.name)))
          .flatMap((spec) => findingOf(command, spec)),
  );
}

function findingOf(command: Command, spec: FlagSpec): readonly Finding[] {
  const subject = writeFlag(command.peer, spec.name);
  const value = isOn(command, spec.name) ? undefined : valuesOf(command, spec.name).join(',');
  const { outcome } = spec;
  switch (outcome.kind) {
    case 'setting':
      return [];
    case 'dropped':
      return [note(subject, value, `dropped: ${outcome.because}`)];
    case 'warning':
      return [warn(subject, value, `${outcome.because}; ${outcome.remedy}`)];
    default:
      return outcome satisfies never;
  }
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [
    ...findings.filter((finding) => finding.kind === 'warning'),
    ...findings.filter((finding) => finding.kind === 'note'),
  ];
}

// A value that our own parser refuses is named by the flag that it came from.
function problemOf(commands: Commands, problems: readonly ConfigProblem[]): FlagProblem {
  const [first] = problems;
  const path = (first?.path ?? '').replaceAll(/\.\d+/g, '');
  const flags = [commands.promLabelProxy, commands.kubeRbacProxy].flatMap((command) =>
    command === undefined
      ? []
      : command.peer.flags
          .filter((spec) => command.given.has(spec.name))
          .filter(({ outcome }) => outcome.kind === 'setting' && outcome.settings.includes(path))
          .map((spec) => writeFlag(command.peer, spec.name)),
  );
  const [subject] = flags;
  const problem = first === undefined ? 'is refused' : describeConfigProblem(first);
  return { subject: subject ?? 'the translation', message: `is not usable: ${problem}` };
}
