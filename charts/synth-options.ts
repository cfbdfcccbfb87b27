import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MAX_TENANT_ID_LENGTH, parseTenantId } from '../tenant/tenant-id.ts';
import { DEFAULT_CLUSTER_ISSUER } from '../lib/query-frontend/tenant-query-frontend-props.ts';
import { OUTPUT_FORMS } from './output.ts';
import type { TenancyAppProps } from './tenancy-app.ts';
import { describeTenantsProblem, parseTenants } from './tenants-file.ts';
import { TENANTS } from './tenants.ts';

/** What the command line says about the app. */
export type SynthOptions = Omit<TenancyAppProps, 'runtime'>;

/** What the command line asks for. */
export type SynthCommand =
  | { readonly ok: true; readonly value: SynthOptions }
  | { readonly ok: true; readonly help: string }
  | { readonly ok: false; readonly problem: string };

/** An option of the command line. */
interface SynthOption {
  /** What stands for its value in the help. */
  readonly argument: string;
  readonly purpose: readonly string[];
  readonly byDefault: string;
  /** What a value must be, where more is asked of it than to be there. */
  readonly must?: { readonly be: string; readonly holds: (value: string) => boolean };
}

const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const OPTIONS = {
  output: {
    argument: 'FORM',
    purpose: [OUTPUT_FORMS.join(', ')],
    byDefault: 'files',
    must: {
      be: `one of ${OUTPUT_FORMS.join(', ')}`,
      holds: (value) => OUTPUT_FORMS.some((it) => it === value),
    },
  },
  namespace: {
    argument: 'NAME',
    purpose: ['namespace of the platform'],
    byDefault: 'monitoring',
    must: {
      be: `the name of a namespace: a-z, 0-9 and -, at most ${MAX_TENANT_ID_LENGTH}`,
      holds: (value) => parseTenantId(value) !== undefined,
    },
  },
  cluster: { argument: 'NAME', purpose: ['name of the cluster'], byDefault: 'main' },
  'cluster-issuer': {
    argument: 'URL',
    purpose: ['audience of the API server; on EKS, GKE and AKS it is', 'another than the default'],
    byDefault: DEFAULT_CLUSTER_ISSUER,
    must: {
      be: 'an audience, such as the URL of an issuer, without spaces',
      holds: (value) => !/\s/.test(value),
    },
  },
  certificates: {
    argument: 'ISSUER',
    purpose: [
      'Issuer of cert-manager, in the namespace of the platform,',
      'for certificates between Thanos components and on',
      "Prometheus' web port; it must sign for nobody else",
    ],
    byDefault: 'none',
    must: {
      be: 'the name of an Issuer: a-z, 0-9, - and .',
      holds: (value) => OBJECT_NAME.test(value),
    },
  },
  tenants: {
    argument: 'FILE',
    purpose: ['list of tenants, as YAML or JSON'],
    byDefault: 'charts/tenants.ts',
  },
  outdir: {
    argument: 'FOLDER',
    purpose: ['where to; what an earlier run wrote there and this one', 'does not is removed'],
    byDefault: 'dist',
  },
} as const satisfies Readonly<Record<string, SynthOption>>;

type OptionName = keyof typeof OPTIONS;

const ENTRIES: readonly (readonly [string, SynthOption])[] = Object.entries(OPTIONS);

const PROGRAM = 'node charts/main.ts';

/** What there is to say on the command line. */
export function commandLineHelp(): string {
  const rows = [
    ...ENTRIES.map(([name, { argument, byDefault, purpose }]) => ({
      flag: `--${name} ${argument}`,
      lines: [...purpose, `(default: ${byDefault})`],
    })),
    { flag: '--help, -h', lines: ['prints this'] },
  ];
  const width = Math.max(...rows.map(({ flag }) => flag.length));
  const lines = rows.flatMap((row) =>
    row.lines.map((line, index) => `  ${(index === 0 ? row.flag : '').padEnd(width)}  ${line}`),
  );
  return `usage: ${PROGRAM} [options]

${lines.join('\n')}

As the app of cdk8s: cdk8s synth --app '${PROGRAM} --output helm'
`;
}

/** Reads the command line of the app, and the file of tenants that it names. */
export function readSynthOptions(args: readonly string[]): SynthCommand {
  if (args.includes('--help') || args.includes('-h')) return { ok: true, help: commandLineHelp() };
  const words = parseWords(args);
  if (typeof words === 'string') {
    return { ok: false, problem: `${words}; ${PROGRAM} --help lists the options` };
  }
  const problem = ENTRIES.map(([name, option]) => valueProblem(name, option, words)).find(
    (it) => it !== undefined,
  );
  if (problem !== undefined) return { ok: false, problem };
  const { certificates, 'cluster-issuer': clusterIssuer, output, tenants: file, ...rest } = words;
  const form = OUTPUT_FORMS.find((it) => it === output);
  const others = {
    ...rest,
    ...(certificates !== undefined && { certificates: { name: certificates } }),
    ...(clusterIssuer !== undefined && { clusterIssuer }),
    ...(form !== undefined && { output: form }),
  };
  if (file === undefined) return { ok: true, value: { ...others, tenants: TENANTS } };
  const text = readText(file);
  if (!text.ok) return { ok: false, problem: `--tenants ${file}: cannot be read (${text.code})` };
  const read = parseTenants(text.text);
  if (read.ok) return { ok: true, value: { ...others, tenants: read.tenants } };
  const problems = read.problems.map((it) => `${file}:${describeTenantsProblem(it)}`);
  return { ok: false, problem: problems.join('\n') };
}

type Words = Readonly<Partial<Record<OptionName, string>>>;

function valueProblem(
  name: string,
  { argument, must }: SynthOption,
  words: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const value = words[name];
  if (value === undefined) return undefined;
  if (value === '') return `--${name} is empty; leave it out, or give it a ${argument}`;
  if (must === undefined || must.holds(value)) return undefined;
  return `--${name} ${JSON.stringify(value)}: must be ${must.be}`;
}

function parseWords(args: readonly string[]): Words | string {
  const type = 'string';
  const options = {
    output: { type },
    namespace: { type },
    cluster: { type },
    'cluster-issuer': { type },
    certificates: { type },
    tenants: { type },
    outdir: { type },
  } as const satisfies Readonly<Record<OptionName, unknown>>;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // The one way in which it reports what it does not know.
    const { code, message } = codeAndMessage(error);
    if (code.startsWith('ERR_PARSE_ARGS')) return message;
    throw error;
  }
}

function readText(
  file: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly code: string } {
  try {
    return { ok: true, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const { code } = codeAndMessage(error);
    if (code === '') throw error;
    return { ok: false, code };
  }
}

/** What an error of Node says of itself; the code is empty where it is no such error. */
function codeAndMessage(error: unknown): { readonly code: string; readonly message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  return {
    code: 'code' in error ? String(error.code) : '',
    message: 'message' in error ? (String(error.message).split('\n')[0] ?? '') : '',
  };
}
