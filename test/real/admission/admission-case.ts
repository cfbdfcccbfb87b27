import type { Manifest } from '../harness/cluster-objects.ts';

/** One object, and what the API server says to it. */
export interface AdmissionCase {
  /** What is special about the object. */
  readonly name: string;
  readonly object: Manifest;
  /** The rule that refuses it, or `undefined` where it is accepted. */
  readonly refusedBy: string | undefined;
}

/** The namespace of the tenant that writes. */
export const OWN = 'team-a';

/** That of the tenant that is to be read. */
export const VICTIM = 'team-b';

/** Gives cases that are accepted. */
export function accepted(cases: Readonly<Record<string, Manifest>>): AdmissionCase[] {
  return Object.entries(cases).map(([name, object]) => ({ name, object, refusedBy: undefined }));
}

/** Gives cases that one rule refuses. */
export function refused(
  refusedBy: string,
  cases: Readonly<Record<string, Manifest>>,
): AdmissionCase[] {
  return Object.entries(cases).map(([name, object]) => ({ name, object, refusedBy }));
}

/** An object of the Prometheus operator in the tenant's namespace. */
export function monitoring(
  kind: string,
  spec: Manifest,
  version: 'v1' | 'v1alpha1' = 'v1',
): Manifest {
  return {
    apiVersion: `monitoring.coreos.com/${version}`,
    kind,
    metadata: { name: 'tried', namespace: OWN },
    spec,
  };
}

const SELECTOR = { matchLabels: { app: 'web' } };

/** A ServiceMonitor that is accepted unless these fields make it otherwise. */
export function serviceMonitor(endpoint: Manifest = {}, spec: Manifest = {}): Manifest {
  return monitoring('ServiceMonitor', {
    selector: SELECTOR,
    endpoints: [
      { port: 'other', followRedirects: false },
      { port: 'http', followRedirects: false, ...endpoint },
    ],
    ...spec,
  });
}

/** A PodMonitor that is accepted unless these fields make it otherwise. */
export function podMonitor(endpoint: Manifest = {}, spec: Manifest = {}): Manifest {
  return monitoring('PodMonitor', {
    selector: SELECTOR,
    podMetricsEndpoints: [{ port: 'http', followRedirects: false, ...endpoint }],
    ...spec,
  });
}

/** A Secret's key. */
export const SECRET_KEY: Manifest = { name: 'credential', key: 'value' };

/** An OAuth2 configuration that asks this address. */
export function oauth2(tokenUrl: string, more: Manifest = {}): Manifest {
  return { clientId: { secret: SECRET_KEY }, clientSecret: SECRET_KEY, tokenUrl, ...more };
}
