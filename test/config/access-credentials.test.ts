import { describe, expect, it } from '@jest/globals';
import { GrafanaIdVerifier } from '../../frontend/adapters/oidc/grafana-id.ts';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import { createActorVerifier, credentialRulesOf } from '../../frontend/roles/credential-rules.ts';
import { TOKENS_ONLY } from '../../frontend/http/read-credential.ts';

const PAIR = { certFile: '/tls.crt', keyFile: '/tls.key' };
const CLIENTS = { tls: { ...PAIR, clientCaFile: '/clients.crt' } };
const PROXIES = { tls: { ...PAIR, frontProxyCaFile: '/proxies.crt' } };
const FRONT_PROXY = { frontProxy: { allowedNames: ['proxy'] } };

function parse(
  access: object,
  listener: object = { address: '127.0.0.1' },
): ReturnType<typeof parseQueryFrontendConfig> {
  return parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener,
    upstream: { url: 'http://127.0.0.1:1' },
    access: { kind: 'kubernetes', ...access },
  });
}

function rulesOf(access: object, listener?: object): unknown {
  const parsed = parse(access, listener);
  return parsed.ok ? credentialRulesOf(parsed.value) : undefined;
}

// What is taken has no problems, although its own names may look like one.
function problemsOf(access: object, listener?: object): string {
  const parsed = parse(access, listener);
  return parsed.ok ? '' : JSON.stringify(parsed.rejection.map((it) => describeConfigProblem(it)));
}

describe('the settings of credentials', () => {
  it('take tokens of the Authorization header and nothing else by default', () => {
    expect(rulesOf({})).toEqual({ ...TOKENS_ONLY });
    expect(rulesOf({}, { tls: PAIR })).toEqual({ ...TOKENS_ONLY });
  });

  it('take client certificates and front proxies where their authorities are named', () => {
    const both = { tls: { ...CLIENTS.tls, ...PROXIES.tls } };
    expect(rulesOf(FRONT_PROXY, both)).toEqual({
      tokenHeaders: ['authorization'],
      clientCertificates: { allowSystemNames: false },
      frontProxy: {
        allowedNames: ['proxy'],
        userHeader: 'x-remote-user',
        groupHeader: 'x-remote-group',
      },
    });
    expect(rulesOf({}, CLIENTS)).toMatchObject({ frontProxy: undefined });
    expect(rulesOf(FRONT_PROXY, PROXIES)).toMatchObject({ clientCertificates: undefined });
  });

  it('are none for static tokens', () => {
    expect(rulesOf({ kind: 'staticTokens', file: '/tokens' })).toBe(TOKENS_ONLY);
    expect(problemsOf({ kind: 'staticTokens', file: '/tokens' }, CLIENTS)).toContain(
      'need access of the kind kubernetes',
    );
  });

  it.each<[string, object, object | undefined, string]>([
    ['certificates whose rights nobody reviews', { review: 'self' }, CLIENTS, 'review "subject"'],
    [
      'front proxies whose users nobody reviews',
      { review: 'self', ...FRONT_PROXY },
      PROXIES,
      'review "subject"',
    ],
    ['front proxies over plain HTTP', FRONT_PROXY, undefined, 'must be set together'],
    [
      'front proxies over plain HTTP, however unsafe',
      FRONT_PROXY,
      { unsafePlainHttp: true },
      'must be set together',
    ],
    ['front proxies without an authority', FRONT_PROXY, CLIENTS, 'must be set together'],
    ['an authority without names', {}, PROXIES, 'must be set together'],
    [
      'one file for both authorities',
      FRONT_PROXY,
      { tls: { ...CLIENTS.tls, frontProxyCaFile: '/clients.crt' } },
      'must be two files',
    ],
    ['front proxies of any name', { frontProxy: { allowedNames: [] } }, PROXIES, 'allowedNames'],
    ['an empty name', { frontProxy: { allowedNames: [''] } }, PROXIES, 'allowedNames.0'],
    ['no header', { tokenHeaders: [] }, undefined, 'tokenHeaders'],
    ['a header twice', { tokenHeaders: ['x-id-token', 'x-id-token'] }, undefined, 'once'],
    ['an unknown header', { tokenHeaders: ['cookie'] }, undefined, 'tokenHeaders'],
    [
      'keys of Grafana over plain HTTP',
      { grafanaId: { issuer: 'http://grafana/', keysUrl: 'http://grafana/keys' } },
      undefined,
      'access.grafanaId.keysUrl',
    ],
    [
      'a Grafana without an issuer',
      { grafanaId: { keysUrl: 'https://grafana/keys' } },
      undefined,
      'access.grafanaId.issuer',
    ],
    ['an address in place of a certificate', { frontProxy: { cidrs: [] } }, PROXIES, 'frontProxy'],
  ])('refuse %s', (_what, access, listener, message) => {
    expect(problemsOf(access, listener)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it.each([
    'authorization',
    'X-User',
    'x-scope-orgid',
    'x-id-token',
    'x-grafana-id',
    'x-user:',
    'host',
    'x-',
  ])('refuse %s for the header of a user', (userHeader) => {
    const frontProxy = { allowedNames: ['proxy'], userHeader };
    expect(problemsOf({ frontProxy }, PROXIES)).toContain('a header of its own');
  });

  it('look for users of Grafana where it is named', () => {
    const verifierOf = (access: object): unknown => {
      const parsed = parse(access);
      if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.rejection));
      return createActorVerifier(parsed.value.access, () => undefined);
    };
    expect(verifierOf({})).toBeUndefined();
    const grafanaId = { issuer: 'https://grafana/', keysUrl: 'https://grafana/keys' };
    expect(verifierOf({ grafanaId })).toBeInstanceOf(GrafanaIdVerifier);
    expect(verifierOf({ kind: 'staticTokens', file: '/tokens' })).toBeUndefined();
  });

  it('refuse one header for user and group', () => {
    const frontProxy = { allowedNames: ['p'], userHeader: 'x-name', groupHeader: 'x-name' };
    expect(problemsOf({ frontProxy }, PROXIES)).toContain('must differ');
  });
});
