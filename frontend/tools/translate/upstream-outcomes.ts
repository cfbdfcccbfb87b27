import { becomes, type Outcome } from './flag.ts';

const ONE_HOP =
  'dropped where the URL is not `https`, or where the upstream is the other program, whose work is done here';

/** What becomes of a certificate that a proxy shows to the upstream. */
export const UPSTREAM_CLIENT_CERTIFICATE: Outcome = becomes(['upstream.tls.certFile'], ONE_HOP);

/** What becomes of the key of that certificate. */
export const UPSTREAM_CLIENT_KEY: Outcome = becomes(['upstream.tls.keyFile'], ONE_HOP);

/** What becomes of an authority that a proxy trusts the upstream by. */
export const UPSTREAM_AUTHORITY: Outcome = becomes(['upstream.tls.caFile'], ONE_HOP);

/** What becomes of the name that the certificate of the upstream is compared with. */
export const UPSTREAM_SERVER_NAME: Outcome = becomes(['upstream.tls.serverName'], ONE_HOP);
