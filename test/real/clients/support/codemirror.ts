import { createRequire } from 'node:module';
import type * as Autocomplete from '@codemirror/autocomplete' with { 'resolution-mode': 'require' };
import type * as State from '@codemirror/state' with { 'resolution-mode': 'require' };
import type * as Promql from '@prometheus-io/codemirror-promql' with {
  'resolution-mode': 'require',
};
import type * as Client from '@prometheus-io/codemirror-promql/dist/cjs/client/prometheus.js';
import type * as Types from '@prometheus-io/codemirror-promql/dist/cjs/types/matcher.js';
import type * as Grammar from '@prometheus-io/lezer-promql' with { 'resolution-mode': 'require' };

// The package runs in Node as CommonJS alone. What it stands on must be loaded the same way, or
// there are two copies of CodeMirror that do not know each other.
const require = createRequire(import.meta.url);

/** The HTTP client of the package. */
export const CLIENT: typeof Client = require('@prometheus-io/codemirror-promql/dist/cjs/client/prometheus.js');

/** The matchers that the client takes. */
export const MATCHERS: typeof Types = require('@prometheus-io/codemirror-promql/dist/cjs/types/matcher.js');

/** The names of the grammar's nodes, which stand for operators in matchers. */
export const GRAMMAR: typeof Grammar = require('@prometheus-io/lezer-promql');

const { PromQLExtension }: typeof Promql = require('@prometheus-io/codemirror-promql');
const { EditorState }: typeof State = require('@codemirror/state');
const { CompletionContext }: typeof Autocomplete = require('@codemirror/autocomplete');

/**
 * Gives the words that an editor offers, sorted, when somebody asks for them.
 *
 * @param text - What stands in the editor, with a `|` where the cursor is.
 * @param remote - Where the editor asks.
 */
export async function completionsOf(
  text: string,
  remote: Client.PrometheusConfig,
): Promise<readonly string[]> {
  const extension = new PromQLExtension().setComplete({ remote });
  const doc = text.replace('|', '');
  const state = EditorState.create({ doc, extensions: extension.asExtension() });
  const context = new CompletionContext(state, text.indexOf('|'), true);
  const result = await extension.getComplete().promQL(context);
  extension.destroy();
  return (result?.options ?? []).map(({ label }) => label).toSorted();
}
