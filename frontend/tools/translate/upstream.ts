import { matchRoute } from '../../http/routes.ts';
import { accept, type Result } from '../../result.ts';
import { flagOf, refuseFlag, valuesOf } from './command.ts';
import { type Finding, type FlagProblem, note, warn } from './finding.ts';
import { isLoopback, parseListenAddress } from './listen-address.ts';
import type { Commands } from './listeners.ts';
import type { Part } from './part.ts';
import { MISSING_PATHS, OPTIONAL_PATHS } from './prom-label-proxy-flags.ts';
import { translateUpstreamTls } from './upstream-tls.ts';

/** Translates who answers the queries, and says which paths are not served. */
export function translateUpstream(commands: Commands): Result<Part, FlagProblem> {
  const { kubeRbacProxy: krp, promLabelProxy: plp } = commands;
  const upstream = flagOf(plp ?? krp, 'upstream');
  if (upstream === undefined) {
    return refuseFlag(plp === undefined ? '--upstream' : '-upstream', 'is missing');
  }
  const tls = translateUpstreamTls(commands, upstream.value);
  return accept({
    settings: { url: upstream.value, ...tls.settings },
    findings: [...hopFindings(commands), ...pathFindings(commands), ...tls.findings],
  });
}

/** Whether a URL leads to an address that a program of the same pod listens on. */
export function leadsTo(url: string, listenAddress: string): boolean {
  const address = parseListenAddress(listenAddress);
  if (address === undefined || !URL.canParse(url)) return false;
  const { hostname, port, pathname, protocol } = new URL(url);
  const host = hostname.replaceAll(/[[\]]/g, '');
  const isSamePort = Number(port === '' ? '80' : port) === address.port;
  const isSameHost = isLoopback(host) || host === address.host;
  return protocol === 'http:' && pathname === '/' && isSamePort && isSameHost;
}

function hopFindings({ kubeRbacProxy: krp, promLabelProxy: plp }: Commands): readonly Finding[] {
  const hop = flagOf(krp, 'upstream');
  if (hop === undefined) return [];
  if (plp === undefined) {
    const message =
      'it is taken for the Prometheus or the Thanos querier: if it is a prom-label-proxy, translate that with it';
    return [warn(hop.subject, hop.value, message)];
  }
  if (leadsTo(hop.value, flagOf(plp, 'insecure-listen-address')?.value ?? '')) {
    return [note(hop.subject, hop.value, 'dropped: one process does the work of both')];
  }
  const message =
    'it does not lead to the prom-label-proxy of the input, whose upstream is taken nevertheless: make sure that the two belong together';
  return [warn(hop.subject, hop.value, message)];
}

function pathFindings({ kubeRbacProxy: krp, promLabelProxy: plp }: Commands): readonly Finding[] {
  const findings: Finding[] = [];
  const allowed = flagOf(krp, 'allow-paths');
  const paths = valuesOf(krp, 'allow-paths');
  const missing = paths.filter((path) => !/[*?[\\]/.test(path) && !isServed(path));
  if (allowed !== undefined && missing.length > 0) {
    const message = `of these paths ${missing.join(', ')} answers 404, unless docs/endpoints.md has it and it is switched on: let callers do without`;
    findings.push(warn(allowed.subject, paths.join(','), message));
  }
  if (plp === undefined) return findings;
  if (OPTIONAL_PATHS.length > 0) {
    const message = `paths of it that answer 404 until they are switched on, see docs/configuration.md: ${OPTIONAL_PATHS.join(', ')}`;
    findings.push(note(plp.peer.name, undefined, message));
  }
  if (MISSING_PATHS.length > 0) {
    const message = `paths of it that are not served here, and answer 404: ${MISSING_PATHS.join(', ')}`;
    findings.push(note(plp.peer.name, undefined, message));
  }
  return findings;
}

function isServed(path: string): boolean {
  const match = matchRoute(path);
  return match !== undefined && match.route.needs === undefined;
}
