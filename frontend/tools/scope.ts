import { createInterface } from 'node:readline';
import {
  DEFAULT_TENANCY_LABEL,
  parseTenancyLabel,
  type TenancyLabel,
} from '../../tenant/tenancy-label.ts';
import { parseTenantId, type TenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import { type CommandSpec, EXIT, type OptionValues } from '../command-line.ts';
import { describeProblem } from '../promql/describe-problem.ts';
import {
  DEFAULT_PROMQL_FEATURES,
  DEFAULT_SCOPE_OPTIONS,
  type PromqlFeatures,
  type TenantMatcherMode,
} from '../promql/options.ts';
import { parseQuery } from '../promql/parse.ts';
import type { PromqlProblem } from '../promql/problem.ts';
import { hasSelector, printSelectorless, scopeQuery } from '../promql/scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { ToolStreams } from './tool.ts';

const FEATURES = Object.keys(DEFAULT_PROMQL_FEATURES);

/** The tool that shows what scoping makes of queries. It reads no series and needs no token. */
export const SCOPE_SPEC: CommandSpec = {
  name: 'scope',
  summary: 'reads PromQL, one JSON string a line, and prints it scoped to namespaces',
  options: [
    {
      name: 'namespace',
      value: 'NS',
      isRepeatable: true,
      isRequired: true,
      description: 'A namespace that may be read; may be given several times.',
    },
    {
      name: 'label',
      value: 'LABEL',
      description: `The label that carries the tenant. Default: ${DEFAULT_TENANCY_LABEL}.`,
    },
    {
      name: 'mode',
      value: 'MODE',
      description:
        'What becomes of matchers on that label: intersect keeps them, error refuses what is outside. Default: intersect.',
    },
    {
      name: 'enable-feature',
      value: 'NAME',
      isRepeatable: true,
      description: `A part of PromQL that is off by default; may be given several times. One of ${FEATURES.join(', ')}.`,
    },
  ],
};

/**
 * Prints one line of JSON for each line of input: `{"ok":true,"query"}`, or
 * `{"ok":false,"code","message","position"}` for a refused one.
 *
 * @returns The exit code: 0 when every query was scoped, 1 when one was refused, 2 for wrong usage.
 */
export async function runScope(options: OptionValues, streams: ToolStreams): Promise<number> {
  const settings = readSettings(options);
  if (!settings.ok) {
    streams.errors.write(`scope: ${settings.rejection}\n`);
    return EXIT.usage;
  }
  let exitCode = EXIT.done;
  for await (const line of createInterface({ input: streams.input, crlfDelay: Infinity })) {
    const answer = scopeLine(line, settings.value);
    if (!answer.ok) exitCode = EXIT.refused;
    streams.output.write(`${JSON.stringify(answer)}\n`);
  }
  return exitCode;
}

interface Settings {
  readonly scope: TenantScope;
  readonly mode: TenantMatcherMode;
  readonly features: Partial<PromqlFeatures>;
}

type Answer =
  | { readonly ok: true; readonly query: string }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly position?: object;
    };

function scopeLine(line: string, settings: Settings): Answer {
  const text = readJsonString(line);
  if (text === undefined) {
    return { ok: false, code: 'line_malformed', message: 'the line is not a JSON string' };
  }
  const scoped = scopeText(text, settings);
  if (scoped.ok) return { ok: true, query: scoped.value };
  const { rejection } = scoped;
  return {
    ok: false,
    code: rejection.code,
    message: describeProblem(rejection),
    ...('position' in rejection && { position: rejection.position }),
  };
}

function scopeText(text: string, settings: Settings): Result<string, PromqlProblem> {
  const { scope, mode, features } = settings;
  const expr = parseQuery(text, {}, features);
  if (!expr.ok) return expr;
  const plain = hasSelector(expr.value) ? undefined : printSelectorless(expr.value);
  return plain === undefined ? scopeQuery(expr.value, scope, { mode }) : accept(plain);
}

function readJsonString(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function readSettings(options: OptionValues): Result<Settings, string> {
  const scope = readScope(options);
  if (!scope.ok) return scope;
  const mode = options.get('mode')?.[0] ?? DEFAULT_SCOPE_OPTIONS.mode;
  if (mode !== 'intersect' && mode !== 'error') {
    return refuse(`"${mode}" is no mode: intersect, error`);
  }
  const names = options.get('enable-feature') ?? [];
  const unknown = names.find((name) => !FEATURES.includes(name));
  if (unknown !== undefined) return refuse(`"${unknown}" is no feature: ${FEATURES.join(', ')}`);
  const features = Object.fromEntries(names.map((name) => [name, true]));
  return accept({ scope: scope.value, mode, features });
}

function readScope(options: OptionValues): Result<TenantScope, string> {
  const labelText = options.get('label')?.[0];
  const label: TenancyLabel | undefined =
    labelText === undefined ? DEFAULT_TENANCY_LABEL : parseTenancyLabel(labelText);
  if (label === undefined) return refuse(`"${labelText ?? ''}" cannot be a tenancy label`);
  const tenants: TenantId[] = [];
  for (const text of options.get('namespace') ?? []) {
    const tenant = parseTenantId(text);
    if (tenant === undefined) return refuse(`"${text}" is not an RFC 1123 label`);
    tenants.push(tenant);
  }
  return accept(TenantScope.grant(label, tenants));
}
