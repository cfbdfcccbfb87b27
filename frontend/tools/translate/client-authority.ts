import { type Command, flagOf } from './command.ts';
import { note, warn } from './finding.ts';
import type { Part } from './part.ts';

/** What is said of an authority that is taken over. */
const DIFFERENCES =
  'the file must hold the self-signed root; get 401: certificates without the extended key usage of client authentication, those with a name that begins with "system:" (unless access.clientCertificates.allowSystemNames is true), and requests with a token beside a valid certificate';

/** Translates whose client certificates identify callers. */
export function translateClientAuthority(krp: Command | undefined): Part {
  const flag = flagOf(krp, 'client-ca-file');
  if (flag === undefined) return { settings: {}, findings: [] };
  const { subject, value } = flag;
  const ineffective = reasonWithoutEffect(krp);
  return ineffective === undefined
    ? { settings: { clientCaFile: value }, findings: [warn(subject, value, DIFFERENCES)] }
    : { settings: {}, findings: [note(subject, value, `dropped: ${ineffective}`)] };
}

// Taken over nevertheless, it would let callers in who were kept out.
function reasonWithoutEffect(krp: Command | undefined): string | undefined {
  if (flagOf(krp, 'oidc-issuer') !== undefined) {
    return 'beside --oidc-issuer certificates identified nobody';
  }
  const isPlain =
    flagOf(krp, 'secure-listen-address') === undefined &&
    flagOf(krp, 'insecure-listen-address') !== undefined;
  return isPlain ? 'without TLS nobody showed a certificate' : undefined;
}
