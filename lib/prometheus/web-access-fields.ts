import type { SpecFields } from './prometheus-spec.ts';
import type { WebCertificates } from './web-access.ts';

const CERTIFICATE_FOLDER = '/etc/prometheus-tenancy-kit/web-client';

// The operator writes a client configuration without a certificate into this folder of the sidecar,
// and refuses another value of the flag that names it. A mount at the same place takes its place.
const CLIENT_CONFIG_FOLDER = '/etc/thanos/config';

/** What the web port asks of every client. */
export const CLIENT_AUTHENTICATION = 'RequireAndVerifyClientCert';

/** Name of the file that tells the sidecar and the probes how to speak to Prometheus. */
export const CLIENT_CONFIG_FILE_NAME = 'prometheus.http-client-file.yaml';

/** Prints that file. It is JSON, which is YAML as well. */
export function printClientConfig(): string {
  const config = {
    tls_config: {
      ca_file: `${CERTIFICATE_FOLDER}/ca.crt`,
      cert_file: `${CERTIFICATE_FOLDER}/tls.crt`,
      key_file: `${CERTIFICATE_FOLDER}/tls.key`,
      server_name: 'localhost',
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The fields of a Prometheus whose web port asks for certificates. */
export interface CertificateFields {
  /** Fields that no other part sets. */
  readonly fields: SpecFields;
  /** Volumes of the pod. */
  readonly volumes: readonly unknown[];
}

/**
 * Makes the web port of Prometheus ask for certificates.
 *
 * @param certificates - The Secrets of the certificates.
 * @param configMapName - The ConfigMap of {@link printClientConfig}.
 */
export function certificateFields(
  certificates: Required<WebCertificates>,
  configMapName: string,
): CertificateFields {
  const { clientSecret, serverSecret } = certificates;
  const key = (name: string): SpecFields => ({ name: serverSecret, key: name });
  const mounts = [
    { name: 'web-client-config', mountPath: CLIENT_CONFIG_FOLDER, readOnly: true },
    { name: 'web-client-certificate', mountPath: CERTIFICATE_FOLDER, readOnly: true },
  ];
  return {
    volumes: [
      { name: 'web-client-config', configMap: { name: configMapName } },
      { name: 'web-client-certificate', secret: { secretName: clientSecret, defaultMode: 0o440 } },
    ],
    fields: {
      // On loopback the probes of the operator are commands, which can be given a certificate; the
      // kubelet has none to show.
      listenLocal: true,
      web: {
        tlsConfig: {
          cert: { secret: key('tls.crt') },
          keySecret: key('tls.key'),
          client_ca: { secret: key('ca.crt') },
          clientAuthType: CLIENT_AUTHENTICATION,
          minVersion: 'TLS13',
        },
      },
      additionalArgs: [{ name: 'config.auto-reload' }],
      containers: [
        {
          name: 'prometheus',
          startupProbe: probe('ready'),
          readinessProbe: probe('ready'),
          livenessProbe: probe('healthy'),
          volumeMounts: mounts,
        },
        { name: 'thanos-sidecar', volumeMounts: mounts },
      ],
    },
  };
}

function probe(question: 'ready' | 'healthy'): SpecFields {
  const command = [
    'promtool',
    'check',
    question,
    '--url=https://localhost:9090',
    `--http.config.file=${CLIENT_CONFIG_FOLDER}/${CLIENT_CONFIG_FILE_NAME}`,
  ];
  return { exec: { command } };
}
