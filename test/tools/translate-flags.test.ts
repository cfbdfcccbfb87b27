import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import type { FlagSpec, PeerSpec } from '../../frontend/tools/translate/flag.ts';
import { KUBE_RBAC_PROXY } from '../../frontend/tools/translate/kube-rbac-proxy-flags.ts';
import { PROM_LABEL_PROXY } from '../../frontend/tools/translate/prom-label-proxy-flags.ts';
import { readFlags } from '../../frontend/tools/translate/read-flags.ts';
import {
  translate,
  type TranslateInput,
  type Translation,
} from '../../frontend/tools/translate/translate.ts';

// Written down from the sources of the programs, not from our tables.
const KUBE_RBAC_PROXY_NAMES = `
  add-dir-header allow-paths alsologtostderr auth-header-fields-enabled
  auth-header-groups-field-name auth-header-groups-field-separator auth-header-user-field-name
  auth-token-audiences client-ca-file config-file help http2-disable http2-max-concurrent-streams
  http2-max-size ignore-paths insecure-listen-address kube-api-burst kube-api-qps kubeconfig
  log-backtrace-at log-dir log-file log-file-max-size log-flush-frequency logtostderr oidc-ca-file
  oidc-clientID oidc-groups-claim oidc-groups-prefix oidc-issuer oidc-sign-alg oidc-username-claim
  oidc-username-prefix one-output proxy-endpoints-port secure-listen-address skip-headers
  skip-log-headers stderrthreshold tls-cert-file tls-cipher-suites tls-min-version
  tls-private-key-file tls-reload-interval upstream upstream-ca-file upstream-client-cert-file
  upstream-client-key-file upstream-force-h2c v version vmodule`;
const PROM_LABEL_PROXY_0_11_NAMES = `
  enable-label-apis error-on-replace header-name header-uses-list-syntax insecure-listen-address
  internal-listen-address label label-value query-param regex-match rules-with-active-alerts
  unsafe-passthrough-paths upstream`;
const PROM_LABEL_PROXY_LATER_NAMES = `
  enable-label-matchers-for-rules-api enable-promql-binop-fill-modifiers
  enable-promql-duration-expression-parsing enable-promql-experimental-functions
  enable-promql-extended-range-selectors h help insecure-skip-verify upstream-ca-cert
  upstream-client-cert upstream-client-key upstream-server-name`;

const PAIR: TranslateInput = {
  kubeRbacProxy: [
    '--secure-listen-address=0.0.0.0:8443',
    '--upstream=http://127.0.0.1:8080',
    '--tls-cert-file=/tls.crt',
    '--tls-private-key-file=/tls.key',
    '--oidc-issuer=https://issuer.example',
    '--oidc-clientID=grafana',
  ],
  promLabelProxy: [
    '-insecure-listen-address=127.0.0.1:8080',
    '-upstream=http://q',
    '-label=namespace',
  ],
};

// A value for each flag that becomes settings, other than that of the pair above.
const SAMPLES: Readonly<Record<string, string>> = {
  'insecure-listen-address': ':8081',
  'internal-listen-address': ':8082',
  'kube-api-qps': '20',
  label: 'tenant',
  'oidc-issuer': 'https://other.example',
  'oidc-sign-alg': 'ES256',
  'proxy-endpoints-port': '8083',
  'secure-listen-address': ':8444',
  upstream: 'http://other',
};

const names = (text: string): readonly string[] => text.trim().split(/\s+/).toSorted();

function translated(input: TranslateInput): Translation {
  const translation = translate(input);
  if (!translation.ok) throw new TypeError(JSON.stringify(translation.rejection));
  return translation.value;
}

function withFlag(peer: PeerSpec, spec: FlagSpec): TranslateInput {
  const value = spec.takes === 'switch' ? 'true' : (SAMPLES[spec.name] ?? 'sample');
  const flag = `${peer.dashes}${spec.name}=${value}`;
  return peer === KUBE_RBAC_PROXY
    ? { ...PAIR, kubeRbacProxy: [...(PAIR.kubeRbacProxy ?? []), flag] }
    : { ...PAIR, promLabelProxy: [...(PAIR.promLabelProxy ?? []), flag] };
}

const ROWS = [KUBE_RBAC_PROXY, PROM_LABEL_PROXY].flatMap((peer) =>
  peer.flags.map((spec) => [`${peer.dashes}${spec.name}`, peer, spec] as const),
);

describe('the flag tables', () => {
  it('hold every flag of kube-rbac-proxy', () => {
    const present = KUBE_RBAC_PROXY.flags.map(({ name }) => name);
    expect(present.toSorted()).toEqual(names(KUBE_RBAC_PROXY_NAMES));
  });

  it('hold every flag of prom-label-proxy', () => {
    const present = PROM_LABEL_PROXY.flags.map(({ name }) => name);
    const known = `${PROM_LABEL_PROXY_0_11_NAMES} ${PROM_LABEL_PROXY_LATER_NAMES}`;
    expect(present.toSorted()).toEqual(names(known));
  });

  it.each(ROWS)('make %s count', (flag, peer, spec) => {
    const before = translated(PAIR);
    const { document, findings } = translated(withFlag(peer, spec));
    const kinds = findings.filter(({ subject }) => subject === flag).map(({ kind }) => kind);
    const said = (kind: string): boolean => kinds.length === 1 && kinds[0] === kind;
    // A path that is not served is more than a note.
    if (spec.name === 'allow-paths') expect(said('warning')).toBe(true);
    else if (spec.outcome.kind === 'dropped') expect(said('note')).toBe(true);
    else if (spec.outcome.kind === 'warning') expect(said('warning')).toBe(true);
    else {
      const hasChanged = JSON.stringify(document) !== JSON.stringify(before.document);
      expect(hasChanged || kinds.length > 0).toBe(true);
    }
    if (spec.outcome.kind !== 'setting') expect(document).toEqual(before.document);
  });

  it.each(ROWS)('take %s with its own default for nothing', (_flag, peer, spec) => {
    const value = spec.fallback;
    const read = readFlags(peer, [`${peer.dashes}${spec.name}=${value}`]);
    expect(read).toEqual({ ok: true, value: new Map() });
  });
});

describe('readFlags', () => {
  const read = (peer: PeerSpec, ...args: readonly string[]): unknown => {
    const given = readFlags(peer, args);
    return given.ok ? Object.fromEntries(given.value) : given.rejection;
  };

  it.each<[readonly string[], object]>([
    [['--upstream=a'], { upstream: ['a'] }],
    [['--upstream', 'a'], { upstream: ['a'] }],
    [['--upstream', 'a', '--upstream=b'], { upstream: ['b'] }],
    [['--upstream=a=b'], { upstream: ['a=b'] }],
    [['--log_dir=x', '--tls_cert_file', 'y'], { 'log-dir': ['x'], 'tls-cert-file': ['y'] }],
    [['-v=4', '--http2-disable'], { v: ['4'], 'http2-disable': ['true'] }],
    [['-v4'], { v: ['4'] }],
    [['-v', '4'], { v: ['4'] }],
    [['--http2-disable=false', '--logtostderr=0'], {}],
    [['--allow-paths=/a,/b', '--allow-paths=/c'], { 'allow-paths': ['/a', '/b', '/c'] }],
    [['--oidc-sign-alg=ES256', '--oidc-sign-alg=PS256'], { 'oidc-sign-alg': ['ES256', 'PS256'] }],
  ])('reads %j as kube-rbac-proxy does', (args, expected) => {
    expect(read(KUBE_RBAC_PROXY, ...args)).toEqual(expected);
  });

  it.each<[readonly string[], object]>([
    [['-label=a', '--upstream', 'b'], { label: ['a'], upstream: ['b'] }],
    [['-label-value=a', '-label-value', 'b', '-label-value='], { 'label-value': ['a', 'b'] }],
    [
      ['-regex-match', '-error-on-replace=T'],
      { 'regex-match': ['true'], 'error-on-replace': ['true'] },
    ],
  ])('reads %j as prom-label-proxy does', (args, expected) => {
    expect(read(PROM_LABEL_PROXY, ...args)).toEqual(expected);
  });

  it.each<[PeerSpec, readonly string[], string, RegExp]>([
    [KUBE_RBAC_PROXY, ['--nothing=1'], '--nothing', /no flag of kube-rbac-proxy/],
    [KUBE_RBAC_PROXY, ['-upstream=a'], '-upstream', /no flag of kube-rbac-proxy/],
    [KUBE_RBAC_PROXY, ['--OIDC-ISSUER=a'], '--OIDC-ISSUER', /no flag/],
    [KUBE_RBAC_PROXY, ['--upstream'], '--upstream', /takes a value/],
    [KUBE_RBAC_PROXY, ['--http2-disable', 'true'], 'true', /belongs to no flag/],
    [KUBE_RBAC_PROXY, ['--http2-disable=yes'], '--http2-disable', /true or false/],
    [KUBE_RBAC_PROXY, ['--allow-paths="/a,b"'], '--allow-paths', /quotes/],
    [KUBE_RBAC_PROXY, ['--', '--upstream=a'], '--', /belongs to no flag/],
    [KUBE_RBAC_PROXY, ['--constructor=a'], '--constructor', /no flag/],
    [
      PROM_LABEL_PROXY,
      ['-enable-label-apis', 'true', '-regex-match'],
      'true',
      /belongs to no flag/,
    ],
    [PROM_LABEL_PROXY, ['-label=$(LABEL)'], '-label', /variable/],
    [PROM_LABEL_PROXY, ['-v=1'], '-v', /no flag of prom-label-proxy/],
    [PROM_LABEL_PROXY, [''], '', /belongs to no flag/],
  ])('refuses of %p %j', (peer, args, subject, message) => {
    expect(read(peer, ...args)).toEqual({ subject, message: expect.stringMatching(message) });
  });
});

describe('translate', () => {
  const argument = (peer: PeerSpec): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.constantFrom(...peer.flags),
        fc.oneof(
          fc.constantFrom('true', 'false', '1', '', ':1', '0.0.0.0:9091', 'http://q', 'namespace'),
          fc.string(),
        ),
      )
      .map(([spec, value]) => `${peer.dashes}${spec.name}=${value}`);

  it('prints nothing that our parser refuses, and nothing unsafe, whatever the flags', () => {
    fc.assert(
      fc.property(
        fc.array(argument(KUBE_RBAC_PROXY), { maxLength: 6 }),
        fc.array(argument(PROM_LABEL_PROXY), { maxLength: 6 }),
        fc.boolean(),
        (krp, plp, isAlone) => {
          const translation = translate({
            kubeRbacProxy: isAlone ? undefined : [...(PAIR.kubeRbacProxy ?? []), ...krp],
            promLabelProxy: [...(PAIR.promLabelProxy ?? []), ...plp],
          });
          if (!translation.ok) return;
          const config = parseQueryFrontendConfig(translation.value.document);
          expect(config.ok && config.value.access.kind).toBe('kubernetes');
          expect(JSON.stringify(translation.value.document)).not.toMatch(/"unsafe/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
