import { becomes, dropped, list, onOff, type PeerSpec, repeated, text, warning } from './flag.ts';
import {
  UPSTREAM_AUTHORITY,
  UPSTREAM_CLIENT_CERTIFICATE,
  UPSTREAM_CLIENT_KEY,
} from './upstream-outcomes.ts';

const HTTP_1 = dropped('the listener speaks HTTP/1.1, so there are no streams to bound');
const LOG = dropped('the log is lines of JSON on standard output, at one level');
const IDENTITY_HEADER = dropped('no header tells the upstream who is calling');

/** The flags of kube-rbac-proxy: its own, those it ignores by now, and those of its libraries. */
export const KUBE_RBAC_PROXY: PeerSpec = {
  name: 'kube-rbac-proxy',
  version: '0.21.0',
  dashes: '--',
  shorthands: { h: 'help', v: 'v' },
  flags: [
    text(
      'secure-listen-address',
      becomes(
        ['listener.address', 'listener.port'],
        'without a certificate, the path at which the kit mounts one, with a warning: there are no self-signed ones',
      ),
    ),
    text(
      'insecure-listen-address',
      becomes(
        ['listener.address', 'listener.port'],
        'as it is on loopback; elsewhere with `listener.tls` and a warning, because tokens would cross the network in clear',
      ),
    ),
    text(
      'proxy-endpoints-port',
      becomes(
        ['operations.port'],
        'with a warning, because probes must ask `/-/healthy` and `/-/ready` over plain HTTP',
      ),
      '0',
    ),
    text(
      'upstream',
      becomes(
        ['upstream.url'],
        'where prom-label-proxy stands behind it, that program’s upstream counts',
      ),
    ),
    onOff(
      'upstream-force-h2c',
      warning(
        'the upstream is asked in HTTP/1.1',
        'nothing where it is Prometheus or Thanos; another upstream has to answer HTTP/1.1',
      ),
    ),
    text('upstream-ca-file', UPSTREAM_AUTHORITY),
    text('upstream-client-cert-file', UPSTREAM_CLIENT_CERTIFICATE),
    text('upstream-client-key-file', UPSTREAM_CLIENT_KEY),
    list(
      'allow-paths',
      dropped('the route table is closed and confines every route; a warning names missing paths'),
    ),
    list(
      'ignore-paths',
      warning(
        'no path of the listener is served without a token',
        'ask the operations listener for probes and metrics',
      ),
    ),
    text('config-file', becomes(['access.attributes'], 'key by key, see below')),
    text(
      'kubeconfig',
      warning(
        'the API server is found and asked as pods do it',
        'elsewhere set access.apiServer.url, access.apiServer.caFile and access.apiServer.tokenFile',
      ),
    ),
    text(
      'kube-api-qps',
      becomes(
        ['access.budget.reviewsPerSecond', 'access.budget.unknownTokensPerSecond'],
        'rounded up, a quarter of it for unknown tokens; over it callers get 503 with Retry-After instead of waiting',
      ),
      '0',
    ),
    text('kube-api-burst', dropped('the budget is one of a second, and has no burst'), '0'),
    text('tls-cert-file', becomes(['listener.tls.certFile'])),
    text('tls-private-key-file', becomes(['listener.tls.keyFile'])),
    text(
      'tls-min-version',
      warning(
        'the listener takes TLS 1.2 and newer, and that is not configurable',
        'nothing for an older version; where 1.2 must not be spoken either, end TLS in front',
      ),
      'VersionTLS12',
    ),
    list(
      'tls-cipher-suites',
      warning(
        'the listener takes the cipher suites that Node has by default',
        'set the environment variable NODE_OPTIONS=--tls-cipher-list=..., with the names of OpenSSL',
      ),
    ),
    text(
      'tls-reload-interval',
      dropped('the certificate is read again at least once a minute'),
      '1m',
    ),
    text(
      'client-ca-file',
      becomes(
        ['listener.tls.clientCaFile'],
        'with a warning that says which certificates get 401; dropped where it had no effect, without TLS or beside `--oidc-issuer`',
      ),
    ),
    list('auth-token-audiences', becomes(['access.audiences'])),
    onOff(
      'auth-header-fields-enabled',
      warning(
        'no header tells the upstream who is calling',
        'nothing where it is Prometheus or Thanos; the audit line names the caller',
      ),
    ),
    text('auth-header-user-field-name', IDENTITY_HEADER, 'x-remote-user'),
    text('auth-header-groups-field-name', IDENTITY_HEADER, 'x-remote-groups'),
    text('auth-header-groups-field-separator', IDENTITY_HEADER, '|'),
    text(
      'oidc-issuer',
      becomes(
        ['access.oidcIssuers.issuer'],
        'with a warning, because tokens of the cluster are accepted beside those of the issuer',
      ),
    ),
    text('oidc-clientID', becomes(['access.oidcIssuers.audiences'])),
    text(
      'oidc-username-claim',
      becomes(
        ['access.oidcIssuers.usernameClaim'],
        'without the flag `email`, as it was; a warning says that such a token must hold `email_verified`',
      ),
      'email',
    ),
    text('oidc-groups-claim', becomes(['access.oidcIssuers.groupsClaim']), 'groups'),
    text(
      'oidc-username-prefix',
      becomes(
        ['access.oidcIssuers.usernamePrefix'],
        'mandatory here: without the flag `oidc:`, with a warning',
      ),
    ),
    text(
      'oidc-groups-prefix',
      becomes(
        ['access.oidcIssuers.groupsPrefix'],
        'mandatory here: without the flag `oidc:`, with a warning',
      ),
    ),
    repeated(
      'oidc-sign-alg',
      becomes(
        ['access.oidcIssuers.algorithms'],
        'without the flag RS256; a warning names algorithms that are left out',
      ),
      'RS256',
    ),
    text('oidc-ca-file', becomes(['access.oidcIssuers.caFile'])),
    onOff('http2-disable', HTTP_1),
    text('http2-max-concurrent-streams', HTTP_1, '100'),
    text('http2-max-size', HTTP_1, '262144'),
    onOff('add-dir-header', LOG),
    onOff('alsologtostderr', LOG),
    text('log-backtrace-at', LOG),
    text('log-dir', LOG),
    text('log-file', LOG),
    text('log-file-max-size', LOG, '0'),
    onOff('logtostderr', LOG),
    onOff('one-output', LOG),
    onOff('skip-headers', LOG),
    onOff('skip-log-headers', LOG),
    text('stderrthreshold', LOG),
    text('v', LOG, '0'),
    text('vmodule', LOG),
    text('log-flush-frequency', LOG, '5s'),
    onOff('help', dropped('it prints a help and ends, so it starts nothing')),
    onOff('version', dropped('it prints a version and ends, so it starts nothing')),
  ],
};
