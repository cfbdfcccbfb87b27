import { SynthError } from '../synth-error.ts';
import type { WebAccess } from './web-access.ts';

// The first that looks for a changed configuration when it is told to by a flag.
const AUTO_RELOAD = { major: 3, minor: 15 } as const;

/**
 * Refuses a Prometheus that does not know an argument which its settings bring: its pods would end at once.
 *
 * @param version - As the operator is told, such as `v3.15.0`. Nothing is said of one in another form.
 */
export function refuseTooOld(subject: string, version: string, webAccess: WebAccess): void {
  if (webAccess.certificates === undefined) return;
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || Number(major) > AUTO_RELOAD.major) return;
  if (Number(major) === AUTO_RELOAD.major && Number(minor) >= AUTO_RELOAD.minor) return;
  throw new SynthError(
    `${subject} prometheus.version`,
    `is ${version}, and client certificates on the web port need --config.auto-reload`,
    `take Prometheus ${AUTO_RELOAD.major}.${AUTO_RELOAD.minor} or newer, or WebAccess.unsafeNetworkPolicy()`,
  );
}
