import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OUTPUT_FORMS } from './output.ts';
import type { TenancyAppProps } from './tenancy-app.ts';
import { describeTenantsProblem, parseTenants } from './tenants-file.ts';
import { TENANTS } from './tenants.ts';

/** What the command line says about the app. */
export type SynthOptions = Omit<TenancyAppProps, 'runtime'>;

/** What there is to say on the command line. */
export const COMMAND_LINE_HELP = `usage: node charts/main.ts [options]

  --output FORM     files (default), folders, single or helm
  --namespace NAME  namespace of the platform (default: monitoring)
  --cluster NAME    name of the cluster (default: main)
  --certificates N  Issuer of cert-manager, in the namespace of the platform, for certificates between
                    Thanos components and on Prometheus' web port (default: none)
  --tenants FILE    list of tenants, as YAML or JSON (default: charts/tenants.ts)
  --outdir FOLDER   where to (default: dist)

As the app of cdk8s: cdk8s synth --app 'node charts/main.ts --output helm'
`;

/**
 * Reads the command line of the app, and the file of tenants that it names.
 *
 * @returns The settings, or what is wrong with them.
 * @throws {Error} If the file cannot be read.
 */
export function readSynthOptions(
  args: readonly string[],
):
  | { readonly ok: true; readonly value: SynthOptions }
  | { readonly ok: false; readonly problem: string } {
  const words = parseWords(args);
  if (typeof words === 'string') return { ok: false, problem: words };
  const { certificates: issuer, output, tenants: file, ...rest } = words;
  const others = { ...rest, ...(issuer !== undefined && { certificates: { name: issuer } }) };
  const form = OUTPUT_FORMS.find((it) => it === (output ?? 'files'));
  if (form === undefined) return { ok: false, problem: `--output knows no ${String(output)}` };
  if (file === undefined) return { ok: true, value: { ...others, output: form, tenants: TENANTS } };
  const read = parseTenants(readFileSync(file, 'utf8'));
  if (read.ok) return { ok: true, value: { ...others, output: form, tenants: read.tenants } };
  const problems = read.problems.map((it) => `${file}:${describeTenantsProblem(it)}`);
  return { ok: false, problem: problems.join('\n') };
}

function parseWords(args: readonly string[]): Partial<Record<string, string>> | string {
  const type = 'string';
  const options = {
    output: { type },
    namespace: { type },
    cluster: { type },
    certificates: { type },
    tenants: { type },
    outdir: { type },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // The one way in which it reports what it does not know.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
