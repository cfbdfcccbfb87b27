import type { WebUiConfig } from '../../frontend/config/web-ui.ts';
import { SynthError } from '../synth-error.ts';
import { RuntimeBundle, type RuntimeRole } from './runtime-bundle.ts';
import { RuntimeCode } from './runtime-code.ts';

/** The web UI that tenants see in a browser. */
export interface WebUiSettings {
  /** Whose it is: that of the Thanos querier behind the frontend. */
  readonly kind: WebUiConfig['kind'];
}

/** The bundle that a frontend needs, which holds the proxy library only where there is a web UI. */
function roleFor(ui: WebUiSettings | undefined): RuntimeRole {
  return ui === undefined ? 'query-frontend' : 'query-frontend-ui';
}

/**
 * The code of a frontend with these settings.
 *
 * @throws SynthError If the given code holds no web UI and one is asked for.
 */
export function resolveCode(
  subject: string,
  { code, ui }: { readonly code?: RuntimeCode; readonly ui?: WebUiSettings },
): RuntimeCode {
  const role = roleFor(ui);
  if (code === undefined) return RuntimeCode.configMap(RuntimeBundle.packaged(role));
  if (ui === undefined || code.role !== roleFor(undefined)) return code;
  throw new SynthError(
    `${subject} ui`,
    `the bundle ${code.role} holds no web UI`,
    `pass the code of the bundle ${role}, or leave code out`,
  );
}
