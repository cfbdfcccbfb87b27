import * as v from 'valibot';

/** Whose web UI is shown. Its files come from the upstream of the queries. */
export interface WebUiConfig {
  readonly kind: 'thanos';
}

/** The setting `ui`. */
export const webUi: v.GenericSchema<WebUiConfig | undefined, WebUiConfig | undefined> = v.optional(
  v.pipe(
    v.strictObject({
      kind: v.pipe(
        v.literal('thanos'),
        v.description(
          'Shows the query page of the Thanos querier that is the upstream, below `/namespaces/<namespace>/graph`. Without `ui` there is no page. See [the web UI](web-ui.md).',
        ),
      ),
    }),
    v.description('The web UI of the upstream, for browsers behind a proxy that signs people in.'),
  ),
);
