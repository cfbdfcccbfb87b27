import type { Attack } from '../attack.ts';
import { elsewhere, test } from '../rows.ts';

const CERTIFICATES = 'http/client-certificates.test.ts';
const READING = 'http/read-credential.test.ts';
const REAL = 'real/access/client-certificates.test.ts';
const GRAFANA_ID = 'adapters/oidc/grafana-id.test.ts';
const REFUSED = 'is refused: one %s';

/** Attack 59, where client certificates and front proxies are taken. */
export const CREDENTIAL_ATTACKS: readonly Attack[] = [
  elsewhere(
    59,
    'the headers of a front proxy, without a certificate or beside a token of another caller',
    '401 token_missing; beside a token they are nothing',
    test(CERTIFICATES, 'is not believed without a certificate, nor beside a token'),
  ),
  elsewhere(
    59,
    'the headers of a front proxy, with a client certificate that has the name of a front proxy',
    'the caller asks for itself',
    test(CERTIFICATES, 'never speaks for others'),
    test(CERTIFICATES, 'is none by its name alone: a client of that name asks for itself'),
    test(REAL, 'read what a RoleBinding gives to the user whom a front proxy names'),
  ),
  elsewhere(
    59,
    'a front proxy that is not known, or that shows a wrong certificate',
    '401 certificate_rejected',
    test(
      CERTIFICATES,
      'is refused with %s',
      'an unknown name',
      'a known name in another case',
      'a certificate that is expired',
      'a certificate for servers',
      'a certificate of somebody else',
      'a certificate that another one has signed',
    ),
  ),
  elsewhere(
    59,
    'a front proxy that is made to name an administrator, or two users',
    '401 delegation_malformed',
    test(
      CERTIFICATES,
      'is refused where it names %s',
      'a user twice',
      'a user of the cluster',
      'a ServiceAccount',
      'a group of the cluster',
      'a user under another spelling of the header',
      'an endless user',
    ),
    test(READING, 'of a front proxy names none of the cluster, whatever clients may'),
    test(REAL, 'are no administrators by the word of an authority or a proxy'),
  ),
  elsewhere(
    59,
    'a client certificate of another authority, whatever it is sent with',
    '401 certificate_rejected',
    test(
      CERTIFICATES,
      REFUSED,
      'of an unknown authority',
      'of an unknown authority with the name of a known one',
      'of an unknown authority, sent with a known one',
      'that signs itself',
      'signed by one that is no authority',
    ),
    test(CERTIFICATES, 'may not come over more authorities than one of them allows'),
    test('http/authority-pools.test.ts', 'are not misled by equal names'),
  ),
  elsewhere(
    59,
    'a client certificate that is expired, not valid yet, or for servers only',
    '401 certificate_rejected',
    test(
      CERTIFICATES,
      REFUSED,
      'that is expired',
      'that is not valid yet',
      'for servers only',
      'for any usage',
      'without an extended key usage',
    ),
    test(CERTIFICATES, 'expires on an open connection'),
  ),
  elsewhere(
    59,
    'a client certificate for a name of the cluster, or one that programs read differently',
    '401 certificate_rejected',
    test(
      CERTIFICATES,
      REFUSED,
      'of a component of the cluster',
      'of a group of the cluster',
      'of a ServiceAccount',
      'with two common names',
      'with an empty common name',
      'with a NUL in its name',
      'with a line break in its name',
    ),
    test(REAL, 'are whom the API server takes them for'),
    test(REAL, 'are no administrators by the word of an authority or a proxy'),
  ),
  elsewhere(
    59,
    'a certificate whose authority was replaced, on an open connection or a resumed session',
    '401 certificate_rejected; there is no session to resume',
    test(CERTIFICATES, 'takes its certificates along, on open connections too'),
    test(CERTIFICATES, 'is no more, once its authority is replaced'),
    test(CERTIFICATES, 'stays the only one when the serving certificate is renewed'),
    test(CERTIFICATES, 'leaves no session that could be resumed'),
    test(REAL, 'are kept out within a minute after their authority was replaced'),
  ),
  elsewhere(
    59,
    'a certificate and a token, of two callers',
    '401 credentials_several',
    test(CERTIFICATES, 'is refused beside a token, whoever of the two might'),
    test(CERTIFICATES, 'is refused where it passes a token on'),
  ),
  elsewhere(
    59,
    'a forged X-Grafana-Id, or a good one for rights that the caller has not',
    '401 actor_rejected; a good one grants nothing',
    test(GRAFANA_ID, 'is refused where the header cannot be believed'),
    test(GRAFANA_ID, 'adds nothing to what the caller may'),
  ),
  elsewhere(
    59,
    'two tokens in two headers',
    '401 token_malformed',
    test(READING, 'is refused where two headers differ, or one of them is malformed'),
  ),
];
