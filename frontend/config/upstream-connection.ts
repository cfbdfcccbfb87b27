import * as v from 'valibot';
import { filePath, text } from './fields.ts';

/** How an upstream is known, and how the frontend makes itself known to it. */
export interface UpstreamConnectionConfig {
  readonly tls?: UpstreamTlsConfig | undefined;
  readonly bearerTokenFile?: string | undefined;
}

/** Whose certificates are trusted, and which one is shown. */
export interface UpstreamTlsConfig {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
}

const tls = v.pipe(
  v.strictObject({
    caFile: v.optional(
      v.pipe(
        filePath(),
        v.description(
          'Certificate authority of the upstream, PEM; read again at least once a minute. Without it those that Node brings are trusted. The certificate of an `https` upstream is always verified.',
        ),
      ),
    ),
    certFile: v.optional(
      v.pipe(
        filePath(),
        v.description(
          'Client certificate chain of the frontend, PEM; read again at least once a minute.',
        ),
      ),
    ),
    keyFile: v.optional(
      v.pipe(
        filePath(),
        v.description(
          'Private key of the client certificate, PEM; read again at least once a minute.',
        ),
      ),
    ),
    serverName: v.optional(
      v.pipe(
        text(),
        v.description(
          'Name that the certificate of the upstream must carry, where it is not the host of the URL.',
        ),
      ),
    ),
  }),
  v.check(
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    'certFile and keyFile must be set together',
  ),
);

/** The settings of {@link UpstreamConnectionConfig}, as entries of the schema of an upstream. */
export const upstreamConnection: {
  readonly tls: v.OptionalSchema<v.GenericSchema<UpstreamTlsConfig>, undefined>;
  readonly bearerTokenFile: v.OptionalSchema<v.GenericSchema<string>, undefined>;
} = {
  tls: v.optional(
    v.pipe(
      tls,
      v.description(
        'Settings of TLS for an `https` URL. The files are read again at least once a minute, so they may be rotated.',
      ),
    ),
  ),
  bearerTokenFile: v.optional(
    v.pipe(
      filePath(),
      v.description(
        'File with the bearer token of the frontend for the upstream, read again at least once a minute. It is sent over `https`, or to the loopback.',
      ),
    ),
  ),
};

/** What is said where {@link hasFittingUrl} is not so. */
export const URL_UNFIT = 'tls needs an https URL, and bearerTokenFile one or the loopback';

/** Whether the settings of a connection fit its URL: no secret travels in clear text. */
export function hasFittingUrl(
  config: UpstreamConnectionConfig & { readonly url: string },
): boolean {
  // A URL that is none has a problem of its own already.
  if (!URL.canParse(config.url)) return true;
  const { protocol, hostname } = new URL(config.url);
  if (protocol === 'https:') return true;
  // A name such as 127.example.org is anybody's.
  const isLoopback = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname);
  return config.tls === undefined && (config.bearerTokenFile === undefined || isLoopback);
}
