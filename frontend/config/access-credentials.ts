import * as v from 'valibot';
import { described, filePath, httpUrl, section, text } from './fields.ts';

/** A request header that a token is taken from. */
export type TokenHeader = 'authorization' | 'x-id-token';

/** What client certificates may say. */
export interface ClientCertificatesConfig {
  readonly allowSystemNames: boolean;
}

/** Proxies that ask for users whom they identified. */
export interface FrontProxyConfig {
  readonly allowedNames: readonly string[];
  readonly userHeader: string;
  readonly groupHeader: string;
}

/** The setting `tokenHeaders`. */
export const tokenHeaders: v.GenericSchema<string[] | undefined, TokenHeader[]> = described(
  v.pipe(
    v.array(v.picklist(['authorization', 'x-id-token'])),
    v.nonEmpty(),
    v.check((it) => new Set(it).size === it.length, 'a header must stand in it once'),
  ),
  ['authorization'],
  'Headers that a token is taken from: `authorization` (after `Bearer`), and `x-id-token`, in which Grafana forwards the ID token of a user. What is not in the list is not looked at. Two headers with different tokens are refused, so where Grafana sends an access token beside the ID token, only one of the two may be named.',
);

/** The setting `clientCertificates`. */
export const clientCertificates: v.GenericSchema<object | undefined, ClientCertificatesConfig> =
  section({
    allowSystemNames: described(
      v.boolean(),
      false,
      'Takes certificates of `listener.tls.clientCaFile` whose common name, or one of whose organizations, begins with `system:`. The certificate authority of a cluster signs such ones for nodes and administrators, and whoever it signs `system:masters` for reads everything.',
    ),
  });

const headerName = v.pipe(
  v.string(),
  v.check(
    (it) => /^x-[a-z0-9-]+$/.test(it) && !READ_OTHERWISE.has(it),
    'must be the name of a header of its own, in lower case, that begins with "x-"',
  ),
  v.metadata({ bounds: 'lower case, begins with `x-`' }),
);

const READ_OTHERWISE = new Set(['x-grafana-id', 'x-id-token', 'x-scope-orgid']);

/** The setting `frontProxy`. */
export const frontProxy: v.GenericSchema<object | undefined, FrontProxyConfig | undefined> =
  v.optional(
    v.pipe(
      v.strictObject({
        allowedNames: v.pipe(
          v.array(text()),
          v.nonEmpty(),
          v.description(
            'Common names of the certificates of front proxies. Each may ask for any user and any group whose name does not begin with `system:`.',
          ),
        ),
        userHeader: described(headerName, 'x-remote-user', 'Header that names the user, once.'),
        groupHeader: described(
          headerName,
          'x-remote-group',
          'Header that names a group of the user; it may be repeated, and commas do not separate.',
        ),
      }),
      v.check((it) => it.userHeader !== it.groupHeader, 'userHeader and groupHeader must differ'),
      v.description(
        'Front proxies that identify users themselves and name them in headers. A proxy is known by a certificate of `listener.tls.frontProxyCaFile`, and by nothing else; such headers of everybody else are not looked at.',
      ),
    ),
  );

/** The Grafana whose word for its users is noted. */
export interface GrafanaIdConfig {
  readonly issuer: string;
  readonly keysUrl: string;
  readonly audiences?: readonly string[] | undefined;
  readonly caFile?: string | undefined;
}

/** The setting `grafanaId`. */
export const grafanaId: v.GenericSchema<object | undefined, GrafanaIdConfig | undefined> =
  v.optional(
    v.pipe(
      v.strictObject({
        issuer: v.pipe(
          text(),
          v.description('What `iss` must be, to the letter: the `root_url` of Grafana.'),
        ),
        keysUrl: v.pipe(
          httpUrl(),
          v.check((it) => it.startsWith('https:'), 'must be an https URL'),
          v.description('Where Grafana publishes its keys: `/api/signing-keys/keys` below it.'),
        ),
        audiences: v.optional(
          v.pipe(
            v.array(text()),
            v.nonEmpty(),
            v.description(
              'Audiences, one of which `aud` must name: `org:` and the number of an organisation. Without it, any organisation.',
            ),
          ),
        ),
        caFile: v.optional(
          v.pipe(
            filePath(),
            v.description(
              'Certificate authority of Grafana, PEM; read again at least once a minute. Without it, those that Node trusts.',
            ),
          ),
        ),
      }),
      v.description(
        'Grafana whose `X-Grafana-Id`, which it sends where `idForwarding` is on, is verified and noted in the audit line as `onBehalfOf`. It grants nothing. A request with one that does not verify is refused; a request without one is not.',
      ),
    ),
  );

/** What the rules below look at. */
export interface CredentialSettings {
  readonly listener: {
    readonly tls?:
      | {
          readonly clientCaFile?: string | undefined;
          readonly frontProxyCaFile?: string | undefined;
        }
      | undefined;
  };
  readonly access:
    | { readonly kind: 'staticTokens' }
    | {
        readonly kind: 'kubernetes';
        readonly review: 'subject' | 'self';
        readonly frontProxy?: FrontProxyConfig | undefined;
      };
}

/** Whether certificates are asked for only where the frontend can review what their holders may. */
export function hasReviewsForCertificates({
  listener: { tls },
  access,
}: CredentialSettings): boolean {
  const asksFor = tls?.clientCaFile !== undefined || tls?.frontProxyCaFile !== undefined;
  return !asksFor || (access.kind === 'kubernetes' && access.review === 'subject');
}

/** Whether front proxies have both a certificate authority and names, or neither. */
export function hasWholeFrontProxy({ listener: { tls }, access }: CredentialSettings): boolean {
  const names = access.kind === 'kubernetes' ? access.frontProxy : undefined;
  return (tls?.frontProxyCaFile === undefined) === (names === undefined);
}

/** Whether the two certificate authorities are two files. */
export function hasSeparateAuthorities({ listener: { tls } }: CredentialSettings): boolean {
  return tls?.clientCaFile === undefined || tls.clientCaFile !== tls.frontProxyCaFile;
}
