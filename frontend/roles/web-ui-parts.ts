import type { QueryFrontendConfig } from '../config/query-frontend.ts';
import { Fault } from '../fault.ts';
import type { UpstreamFiles } from '../http/upstream.ts';

/** Opens what the files of a web UI come from. */
export type OpenWebUi = (options: {
  readonly upstream: QueryFrontendConfig['upstream'];
  readonly env: Readonly<Record<string, string | undefined>>;
}) => UpstreamFiles & { close(): void };

/** The web UI of one configuration. */
export interface WebUiParts {
  readonly files: UpstreamFiles;
  /** Closes every connection. */
  readonly close: () => void;
}

/**
 * Makes the web UI, where the configuration asks for one.
 *
 * @param openWebUi - Absent in programs that hold no web UI.
 * @param isSafe - Whether anything may be sent upstream.
 * @throws {Fault} `web_ui_missing` when this program holds none.
 */
export function createWebUi(
  { ui, upstream }: Pick<QueryFrontendConfig, 'ui' | 'upstream'>,
  {
    openWebUi,
    env,
  }: {
    readonly openWebUi?: OpenWebUi | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
  isSafe: () => boolean,
): WebUiParts | undefined {
  if (ui === undefined) return undefined;
  if (openWebUi === undefined) {
    throw new Fault(
      'web_ui_missing',
      'show the web UI, which only the bundle query-frontend-ui holds',
    );
  }
  const opened = openWebUi({ upstream, env });
  return {
    files: {
      fetch: async (path, signal) => {
        if (isSafe()) return opened.fetch(path, signal);
        throw new Fault('upstream_unsafe', 'ask an upstream whose stores mix tenants for a file');
      },
    },
    close: () => {
      opened.close();
    },
  };
}
