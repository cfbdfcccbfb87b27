import * as v from 'valibot';
import { CONFIG_API_VERSION } from '../../frontend/config/api-version.ts';
import { QUERY_FRONTEND_SCHEMA } from '../../frontend/config/query-frontend.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Configuration of the query frontend

A YAML or JSON document (the bundles in manifests read JSON only). Unknown settings are refused, and
every problem is reported at once. Times are in milliseconds where the name ends in \`Ms\`, and in seconds
where it ends in \`Seconds\`; sizes are in bytes.

\`\`\`yaml
apiVersion: ${CONFIG_API_VERSION}
kind: QueryFrontend
listener:
  tls:
    certFile: /etc/query-frontend/tls/tls.crt
    keyFile: /etc/query-frontend/tls/tls.key
upstream:
  url: http://thanos-querier:10902
access:
  kind: kubernetes
  audiences: [prometheus-tenancy-kit]
\`\`\`

A change of the file is taken over while the program runs, within a few seconds or at once on SIGHUP, but
for what is below \`listener\` and \`operations\`: that needs a restart, and the log names it. A file that
is wrong, or names an API server or an upstream that does not answer, leaves the last good one in use.`;

interface Setting {
  readonly path: string;
  readonly fallback: string;
  readonly bounds: string;
  readonly description: string;
}

// The parts of a valibot schema that this page reads; its own types do not name them in general.
interface Schema {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly options?: readonly Schema[];
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly default?: unknown;
  readonly literal?: unknown;
}

/** Every setting, read from the schema that the program parses with. */
export const CONFIGURATION_PAGE: Page = {
  file: 'configuration.md',
  markdown: () => {
    return `${INTRODUCTION}\n\n${GENERATED_NOTE}\n\n${settingsTable('')}\n`;
  },
};

/** The table of the settings whose path begins with one of some beginnings. */
export function settingsTable(...beginnings: readonly string[]): string {
  const rows = settings('', QUERY_FRONTEND_SCHEMA as unknown as Schema)
    .filter(({ path }) => beginnings.some((beginning) => path.startsWith(beginning)))
    .map((setting) => [
      `\`${setting.path}\``,
      setting.fallback,
      setting.bounds,
      setting.description,
    ]);
  return table(['setting', 'default', 'bounds', 'meaning'], rows);
}

function settings(path: string, schema: Schema): readonly Setting[] {
  const inner = schema.type === 'optional' ? (schema.wrapped ?? schema) : schema;
  if (inner.type === 'strict_object') {
    return Object.entries(inner.entries ?? {}).flatMap(([name, entry]) =>
      settings(path === '' ? name : `${path}.${name}`, entry),
    );
  }
  if (inner.type === 'variant') {
    return (inner.options ?? []).flatMap((option) =>
      settings(path, option).map((setting) => ({
        ...setting,
        path: named(setting.path, path, option),
      })),
    );
  }
  if (inner.type === 'array' && inner.item?.type === 'strict_object') {
    return [leaf(path, schema, inner), ...settings(`${path}[]`, inner.item)];
  }
  return [leaf(path, schema, inner)];
}

// The members of one alternative are shown behind the kind that chooses it.
function named(path: string, base: string, option: Schema): string {
  const kind = String(option.entries?.['kind']?.literal);
  return path.replace(`${base}.`, `${base}(${kind}).`);
}

function leaf(path: string, schema: Schema, inner: Schema): Setting {
  const valibot = inner as unknown as v.GenericSchema;
  const bounds: unknown = v.getMetadata(valibot)['bounds'];
  const literal = inner.literal === undefined ? '' : `\`${JSON.stringify(inner.literal)}\``;
  return {
    path,
    fallback:
      schema.type === 'optional' && schema.default !== undefined
        ? `\`${JSON.stringify(schema.default)}\``
        : schema.type === 'optional'
          ? 'none'
          : 'required',
    bounds: typeof bounds === 'string' ? bounds : literal,
    description: v.getDescription(valibot) ?? '',
  };
}
