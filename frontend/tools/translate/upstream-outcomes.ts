import { type Outcome, warning } from './flag.ts';

/** What becomes of a certificate that a proxy shows to the upstream, or of its key. */
export const UPSTREAM_CLIENT_CERTIFICATE: Outcome = warning(
  'no client certificate is shown to the upstream',
  'let a network policy admit the frontend to the upstream, or end TLS beside the upstream',
);

/** What becomes of an authority that a proxy trusts the upstream by. */
export const UPSTREAM_AUTHORITY: Outcome = warning(
  'the upstream is trusted by the authorities of Node alone',
  'add the file to them by the environment variable NODE_EXTRA_CA_CERTS',
);
