import { accept, type Result } from '../../result.ts';
import { translateClientAuthority } from './client-authority.ts';
import { type Command, flagOf, type GivenFlag, refuseFlag } from './command.ts';
import { type Finding, type FlagProblem, note, warn } from './finding.ts';
import { isLoopback, type ListenAddress, parseListenAddress } from './listen-address.ts';
import type { Part, Settings } from './part.ts';

/** The commands that stand in one pod. At least one is there. */
export interface Commands {
  readonly kubeRbacProxy: Command | undefined;
  readonly promLabelProxy: Command | undefined;
}

/** The parts of the configuration that say where to listen. */
export interface TranslatedListeners {
  readonly listener: Settings;
  readonly operations: Settings | undefined;
  readonly findings: readonly Finding[];
}

/** Where the kit mounts the serving certificate. */
const KIT_CERTIFICATE = {
  certFile: '/etc/prometheus-tenancy-kit/tls/tls.crt',
  keyFile: '/etc/prometheus-tenancy-kit/tls/tls.key',
} as const;

const DEFAULT_OPERATIONS_PORT = 9_091;
const CERTIFICATE_REMEDY = `mount a certificate at ${KIT_CERTIFICATE.certFile}, or name yours in listener.tls`;

/** Translates where the programs listen. */
export function translateListeners(commands: Commands): Result<TranslatedListeners, FlagProblem> {
  const listener = translateListener(commands);
  if (!listener.ok) return listener;
  const operations = translateOperations(commands, listener.value.settings);
  if (!operations.ok) return operations;
  return accept({
    listener: listener.value.settings,
    operations: operations.value?.settings,
    findings: [...listener.value.findings, ...(operations.value?.findings ?? [])],
  });
}

function translateListener(commands: Commands): Result<Part, FlagProblem> {
  const { kubeRbacProxy: krp, promLabelProxy: plp } = commands;
  const secure = flagOf(krp, 'secure-listen-address');
  const insecure = flagOf(krp ?? plp, 'insecure-listen-address');
  const flag = secure ?? insecure;
  const address = readAddress(flag);
  if (!address.ok) return address;
  const certificate = readCertificate(krp);
  if (!certificate.ok) return certificate;
  const inner = krp === undefined ? undefined : flagOf(plp, 'insecure-listen-address');
  const clients = translateClientAuthority(krp);
  const findings: Finding[] = [...clients.findings];
  if (inner !== undefined) {
    findings.push(note(inner.subject, inner.value, 'dropped: one process does the work of both'));
  }
  if (secure === undefined && insecure !== undefined) {
    const isPlain = certificate.value === undefined && isLoopback(address.value?.host ?? '');
    if (isPlain) return accept({ settings: addressSettings(address.value), findings });
    const message = `tokens would cross the network in clear, so the listener speaks TLS: ${CERTIFICATE_REMEDY}, and let callers use https`;
    findings.push(warn(insecure.subject, insecure.value, message));
  } else {
    findings.push(...secureFindings(secure, insecure, certificate.value));
  }
  const tls = { ...(certificate.value ?? KIT_CERTIFICATE), ...clients.settings };
  return accept({ settings: { ...addressSettings(address.value), tls }, findings });
}

function secureFindings(
  secure: GivenFlag | undefined,
  insecure: GivenFlag | undefined,
  certificate: Settings | undefined,
): readonly Finding[] {
  if (secure === undefined) {
    const message = `was not given, so the default address is used, with TLS: ${CERTIFICATE_REMEDY}`;
    return [warn('--secure-listen-address', undefined, message)];
  }
  const findings: Finding[] = [];
  if (insecure !== undefined) {
    const message = 'there is one listener, and it is the one with TLS: let callers use that';
    findings.push(warn(insecure.subject, insecure.value, message));
  }
  if (certificate === undefined) {
    const message = `no certificate was given, and there are no self-signed ones: ${CERTIFICATE_REMEDY}`;
    findings.push(warn('--tls-cert-file', undefined, message));
  }
  return findings;
}

function readCertificate(krp: Command | undefined): Result<Settings | undefined, FlagProblem> {
  const certFile = flagOf(krp, 'tls-cert-file');
  const keyFile = flagOf(krp, 'tls-private-key-file');
  if (certFile === undefined && keyFile === undefined) return accept(undefined);
  if (certFile === undefined) return refuseFlag('--tls-cert-file', 'is missing beside the key');
  if (keyFile === undefined) {
    return refuseFlag('--tls-private-key-file', 'is missing beside the certificate');
  }
  return accept({ certFile: certFile.value, keyFile: keyFile.value });
}

function translateOperations(
  { kubeRbacProxy: krp, promLabelProxy: plp }: Commands,
  listener: Settings,
): Result<Part | undefined, FlagProblem> {
  const probes = flagOf(krp, 'proxy-endpoints-port');
  const internal = flagOf(plp, 'internal-listen-address');
  const address = readAddress(internal ?? (probes && { ...probes, value: `:${probes.value}` }));
  if (!address.ok) return address;
  const findings: Finding[] = [];
  if (internal !== undefined) {
    const message = 'the metrics have other names, see docs/metrics.md, and there are no profiles';
    findings.push(note(internal.subject, internal.value, message));
  }
  if (probes !== undefined) {
    const port = address.value?.port ?? DEFAULT_OPERATIONS_PORT;
    const message = `/healthz over TLS is gone: let probes ask /-/healthy and /-/ready on port ${port}, over plain HTTP`;
    findings.push(warn(probes.subject, probes.value, message));
  }
  if (address.value !== undefined) {
    // It stood on the host of the listener, which is what the default of both listeners is for.
    const host = internal === undefined ? listener['address'] : address.value.host;
    const settings = { ...(host !== undefined && { address: host }), port: address.value.port };
    return accept({ settings, findings });
  }
  if (listener['port'] !== DEFAULT_OPERATIONS_PORT) return accept(undefined);
  const port = DEFAULT_OPERATIONS_PORT + 1;
  const message = `metrics and probes have this port by default, and are on ${port} instead: scrape and probe them there`;
  return accept({
    settings: { port },
    findings: [warn('listener.port', String(DEFAULT_OPERATIONS_PORT), message)],
  });
}

function readAddress(flag: GivenFlag | undefined): Result<ListenAddress | undefined, FlagProblem> {
  if (flag === undefined) return accept(undefined);
  const address = parseListenAddress(flag.value);
  if (address !== undefined) return accept(address);
  return refuseFlag(flag.subject, 'must be a host and a port number, or a port number');
}

function addressSettings(address: ListenAddress | undefined): Settings {
  if (address === undefined) return {};
  const { host, port } = address;
  return { ...(host !== undefined && { address: host }), port };
}
