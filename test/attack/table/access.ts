import type { Attack } from '../attack.ts';
import { formOf, get, post, withHeaders } from '../../real/query-frontend/support/question.ts';
import { AT } from '../../real/query-frontend/support/tenant-series.ts';
import {
  ASKED_DIRECTLY,
  ATTACKER,
  elsewhere,
  FORM,
  ORDERS,
  OWN,
  QUERY,
  row,
  test,
  valuesOf,
} from '../rows.ts';
import { CREDENTIAL_ATTACKS } from './credentials.ts';
import { CLUSTER_DENIALS } from './cluster-wide.ts';

const ASK = get(QUERY, ORDERS);
const PLAIN = '/api/v1/query';
const NO_TOKEN = { Authorization: [] };
const REAL_ACCESS = 'real/access/kubernetes-access.test.ts';
const REAL_OIDC = 'real/access/oidc.test.ts';
const REAL_TOKENS = 'real/query-frontend/tokens.test.ts';
const IDENTIFIER = 'access/token-identifier.test.ts';
const AUTHORIZER = 'access/tenant-authorizer.test.ts';
const ISSUER = 'adapters/kubernetes/issuer-keys.test.ts';
const OIDC = 'adapters/oidc/oidc-verifier.test.ts';

/** Attacks 36 to 48. */
export const TOKEN_ATTACKS: readonly Attack[] = [
  ...(
    [
      ['no token', NO_TOKEN, 'token_missing'],
      ['an empty Authorization header', { Authorization: '' }, 'token_missing'],
      ['the scheme alone', { Authorization: 'Bearer' }, 'token_missing'],
      ['blanks for a token', { Authorization: 'Bearer    ' }, 'token_missing'],
      ['a token without its scheme', { Authorization: ATTACKER }, 'token_malformed'],
      ['the scheme Basic', { Authorization: 'Basic dGVhbS1hOng=' }, 'token_malformed'],
      ['the scheme Token', { Authorization: `Token ${ATTACKER}` }, 'token_malformed'],
      ['a scheme that begins alike', { Authorization: `BearerX ${ATTACKER}` }, 'token_malformed'],
      ['a tab behind the scheme', { Authorization: `Bearer\t${ATTACKER}` }, 'token_malformed'],
      ['two tokens in one', { Authorization: `Bearer ${ATTACKER} x` }, 'token_malformed'],
      [
        'a parameter behind the token',
        { Authorization: `Bearer ${ATTACKER},realm="x"` },
        'token_rejected',
      ],
      [
        'a token in a cookie',
        { ...NO_TOKEN, Cookie: `Authorization=Bearer ${ATTACKER}; token=${ATTACKER}` },
        'token_missing',
      ],
      [
        'a token among protocols of web sockets',
        {
          ...NO_TOKEN,
          'Sec-WebSocket-Protocol': `base64url.bearer.authorization.k8s.io.${Buffer.from(ATTACKER).toString('base64url')}`,
        },
        'token_missing',
      ],
      [
        'a token for a proxy',
        { ...NO_TOKEN, 'Proxy-Authorization': `Bearer ${ATTACKER}` },
        'token_missing',
      ],
      [
        'a token in headers of other programs',
        {
          ...NO_TOKEN,
          'X-Auth-Token': ATTACKER,
          'X-Id-Token': ATTACKER,
          'X-Forwarded-Access-Token': ATTACKER,
          'X-Amz-Security-Token': ATTACKER,
        },
        'token_missing',
      ],
    ] as const
  ).map(([what, headers, code]) =>
    row(36, what, `401 ${code}`, withHeaders(ASK, headers), { unguarded: true }),
  ),
  row(
    36,
    'a token in a parameter',
    '401 token_missing',
    withHeaders(get(QUERY, { ...ORDERS, access_token: ATTACKER, token: ATTACKER }), NO_TOKEN),
    { unguarded: true },
  ),
  row(
    36,
    'a token in the form',
    '401 token_missing',
    withHeaders(post(QUERY, { ...ORDERS, access_token: ATTACKER }), NO_TOKEN),
    { unguarded: true },
  ),
  row(
    36,
    'a token in the user part of a URL',
    '404 route_unknown',
    withHeaders(get(`http://x:${ATTACKER}@h${QUERY}`, ORDERS), NO_TOKEN),
  ),
  row(
    36,
    'no token for buildinfo',
    '401 token_missing',
    withHeaders(get('/api/v1/status/buildinfo'), NO_TOKEN),
  ),
  row(
    36,
    'no token for a query that reads nothing',
    '401 token_missing',
    withHeaders(get(PLAIN, { query: '1+1' }), NO_TOKEN),
  ),
  row(
    36,
    'the scheme in lower case and more blanks, which are allowed',
    '200',
    withHeaders(ASK, { Authorization: `bearer   ${ATTACKER}` }),
    { sends: ['shop_orders{namespace="team-a"}'], unguarded: true },
  ),
  row(
    36,
    'an unknown token',
    '401 token_rejected',
    withHeaders(ASK, { Authorization: 'Bearer unknown' }),
    { unguarded: true },
  ),
  row(
    36,
    'the beginning of a token',
    '401 token_rejected',
    withHeaders(ASK, { Authorization: `Bearer ${ATTACKER.slice(0, -1)}` }),
    { unguarded: true },
  ),
  row(
    36,
    'a token and one letter more',
    '401 token_rejected',
    withHeaders(ASK, { Authorization: `Bearer ${ATTACKER}x` }),
    { unguarded: true },
  ),
  row(
    36,
    'a token in other letters',
    '401 token_rejected',
    withHeaders(ASK, { Authorization: `Bearer ${ATTACKER.toUpperCase()}` }),
    { unguarded: true },
  ),

  elsewhere(
    37,
    'a token of the cluster with no algorithm, with a shared secret, or with a key of its own',
    '401 token_rejected; nothing is fetched, nobody is asked',
    test(
      ISSUER,
      'rejects a token with %s, and fetches nothing for it',
      'algorithm none',
      'algorithm None and a kid',
      'HS256 with the public key as the secret',
      'a key of its own in the header',
      'a critical extension',
      'a signature of nobody',
      'the signature of another key',
    ),
  ),
  elsewhere(
    37,
    'the same with a token of a configured issuer',
    '401 token_rejected; nothing is fetched',
    test(
      OIDC,
      'rejects a token with %s, and asks for nothing because of it',
      'algorithm none',
      'HS256 with the public key as the secret',
      'a key of its own, which it says where to find',
      'no signature',
      'a critical extension',
    ),
    test(OIDC, 'takes the configured algorithms and no others'),
  ),
  elsewhere(
    37,
    'a token that somebody else signed, on a real API server',
    '401 token_rejected',
    test(REAL_TOKENS, 'takes or rejects $kind', 'a token signed with another key'),
    test(REAL_ACCESS, 'rejects forged and expired tokens without asking the API server'),
  ),

  elsewhere(
    38,
    'a name of a key that is a path, and a flood of unknown names',
    'one fetch of the keys for each cooldown',
    test(ISSUER, 'are read once in a cooldown, whatever flood of unknown keys comes'),
    test(OIDC, 'are read once in a cooldown, whatever flood of unknown keys comes'),
  ),
  elsewhere(
    38,
    'a name of a key that is no text',
    '401 token_rejected',
    test(
      ISSUER,
      'rejects a token with %s, and fetches nothing for it',
      'a kid that is no text',
      'a header that is no JSON',
    ),
  ),
  row(
    38,
    'a name of a key of a megabyte',
    '431 headers_too_large',
    withHeaders(ASK, {
      Authorization: `Bearer ${Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'x'.repeat(1_000_000) })).toString('base64url')}.e30.AAAA`,
    }),
    { unguarded: ASKED_DIRECTLY },
  ),

  elsewhere(
    39,
    'no name of a key',
    'every key is tried',
    test(ISSUER, 'tries every key for a token without a kid'),
  ),
  elsewhere(
    39,
    'no end, an end that is a text, a token that is not valid yet',
    '401 token_rejected',
    test(ISSUER, 'rejects a token with %s, signed as it may be', 'no end', 'an end that is a text'),
    test(ISSUER, 'rejects a token that is %s', 'valid two minutes from now', 'expired this second'),
    test(
      OIDC,
      'rejects a token with %s',
      'no end',
      'an end that is a text',
      'a beginning yet to come',
    ),
  ),
  elsewhere(
    39,
    'an end in the year 9999, or beyond all numbers',
    'remembered for 30 seconds',
    test(
      IDENTIFIER,
      'ends when it should: %s',
      'the token ends in the year 9999',
      'the end is beyond all numbers',
      'the end is no number',
    ),
  ),
  elsewhere(
    39,
    'issued in the near future',
    'taken, for clocks differ',
    test(ISSUER, 'passes a token of a clock that runs ahead'),
  ),

  elsewhere(
    40,
    'a token for the API server, where only our audience is allowed',
    '401 token_rejected',
    test(REAL_TOKENS, 'takes or rejects $kind', 'a token with the audience of the API server'),
    test(
      REAL_ACCESS,
      'takes tokens for its own audience, and under the default those of the API server',
    ),
  ),
  elsewhere(
    40,
    'a token for another service',
    '401 token_rejected',
    test(REAL_TOKENS, 'takes or rejects $kind', 'a token with the audience of another program'),
    test(
      REAL_OIDC,
      'are not let in with a token that somebody else signed or another service is meant for',
    ),
  ),
  elsewhere(
    40,
    'an audience that begins like ours, none, or one in an object',
    '401 token_rejected',
    test(
      IDENTIFIER,
      'holds an answer to its audiences: %s',
      'one asked, a longer one answered',
      'one asked, none answered',
      'one asked, another answered',
    ),
    test(
      OIDC,
      'rejects a token with %s',
      'an audience that only begins alike',
      'an audience in an object',
      'no audience',
    ),
  ),
  elsewhere(
    40,
    'a list of audiences with ours in it',
    'taken',
    test(OIDC, 'takes one of several audiences'),
  ),

  elsewhere(
    41,
    'an issuer with a slash more, over http, or that looks alike',
    'it is another issuer',
    test(
      ISSUER,
      'does not apply to the issuer %s',
      'http://kubernetes.default.svc',
      'https://kubernetes.default.svc.evil',
    ),
    test(IDENTIFIER, 'hears the issuer to the letter'),
    test(OIDC, 'knows an issuer to the letter'),
    test('access/oidc-tokens.test.ts', 'is none whose iss is %s'),
  ),
  elsewhere(
    41,
    'two issuers with one name of a key',
    'each has its own keys',
    test(OIDC, 'keeps issuers apart that use one kid'),
  ),
  elsewhere(
    41,
    'an issuer that hands its keys to another',
    'no verdict, 503',
    test(
      OIDC,
      'leave a token without a verdict where the issuer answers with %s',
      'the discovery of another issuer',
      'a redirect',
    ),
    test(OIDC, 'are not read in clear text, whatever the discovery document says'),
  ),

  elsewhere(
    42,
    'an issuer whose users call themselves ServiceAccounts or masters of the system',
    '401 token_rejected',
    test(
      'access/oidc-identity.test.ts',
      'makes nobody of a token that %s',
      'claims to be a ServiceAccount',
      'claims a group of the system',
      'becomes a name of the system by its prefix',
      'would have no prefix',
    ),
    test(OIDC, 'rejects a token with %s', 'a reserved user name'),
    test(REAL_OIDC, 'are not the users of the cluster whose names they claim'),
  ),
  elsewhere(
    42,
    'an address that nobody has verified',
    '401 token_rejected',
    test(
      'access/oidc-identity.test.ts',
      'takes an address whose email_verified is %s or not',
      'false',
      'null',
      'absent',
    ),
  ),
  elsewhere(
    42,
    'two issuers with one prefix',
    'the configuration is refused',
    test('config/access-oidc.test.ts', 'are refused with a second one of %s'),
    test('config/access-oidc.test.ts', 'keep groups of two issuers apart, too'),
  ),
  elsewhere(
    42,
    'a name of the system in the file of static tokens',
    'the file is refused',
    test(
      'adapters/files/static-tokens.test.ts',
      'refuses %s, says where, and quotes no token',
      'a name of the system',
    ),
  ),

  elsewhere(
    43,
    'a token that ends while it is remembered',
    'it ends on time',
    test(IDENTIFIER, 'ends when it should: %s', 'the token ends sooner'),
    test(IDENTIFIER, 'is none for a token whose end has passed already'),
    test(REAL_ACCESS, 'serves a token no longer than to its own end'),
  ),
  elsewhere(
    44,
    'a ServiceAccount that is deleted while its token is remembered',
    '401 token_rejected at the latest after 30 seconds',
    test(REAL_TOKENS, 'rejects the token of a ServiceAccount that was deleted'),
    test(IDENTIFIER, 'serves what it remembers until that time is over'),
  ),
  elsewhere(
    45,
    'a ServiceAccount deleted and made again by its name',
    'the old token stays rejected; the uid is in the key',
    test(
      REAL_ACCESS,
      'rejects the token of a ServiceAccount that was deleted, and of its successor by name',
    ),
    test(AUTHORIZER, 'tells identities apart by %s', 'uid'),
  ),

  row(
    46,
    'a token of a megabyte',
    '431 headers_too_large',
    withHeaders(ASK, { Authorization: `Bearer ${'x'.repeat(1_000_000)}` }),
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    46,
    'a token over its limit',
    '401 token_malformed',
    withHeaders(ASK, { Authorization: `Bearer ${'x'.repeat(8_193)}` }),
    { unguarded: true },
  ),
  row(
    46,
    'a token beyond ASCII',
    '401 token_malformed',
    withHeaders(ASK, { Authorization: 'Bearer t\u00f6ken' }),
    { unguarded: true },
  ),
  row(
    46,
    'a token with a control character',
    '400 request_malformed',
    `GET ${QUERY}?query=up HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a\0b\r\nConnection: close\r\n\r\n`,
  ),
  elsewhere(
    46,
    'a token nested six thousand deep',
    'it is opaque, and asked about as such',
    test(
      'access/jwt-claims.test.ts',
      'sees an opaque token in one that is %s',
      'nested six thousand deep and cut off',
      'not UTF-8',
      'of five segments',
    ),
  ),
  elsewhere(
    46,
    'a flood of made-up tokens',
    'it has a budget of its own, and known callers go on',
    test(
      IDENTIFIER,
      'limits reviews of ten thousand made-up tokens and leaves known callers alone',
    ),
    test(IDENTIFIER, 'keeps authenticated tokens through a flood of bad ones'),
    test('access/review-budget.test.ts', 'lets unknown tokens hold a quarter of the places'),
  ),

  elsewhere(
    47,
    'the time that a comparison of tokens takes',
    'digests under a key of the process are compared, each to its last letter',
    test('adapters/keyed-hash.test.ts', 'has a key of its own'),
    test('access/static-access.test.ts', 'answers token %s for %j', 'on', 'onee'),
  ),

  row(
    48,
    'a token beside a query, which must not travel on',
    '200',
    post(QUERY, { ...ORDERS, access_token: ATTACKER }),
    { sends: ['shop_orders{namespace="team-a"}'] },
  ),
  elsewhere(
    48,
    'tokens and headers of the caller, on real programs',
    'the upstream sees none',
    test('real/query-frontend/access.test.ts', 'passes no token and no header of the caller on'),
    test('http/listener.test.ts', 'is a form of ours when it is long'),
  ),
];

const BAD_NAMES: readonly (readonly [what: string, name: string])[] = [
  ['an empty namespace', ''],
  ['a blank', ' '],
  ['a star', '*'],
  ['a pattern', '.*'],
  ['a pattern of one letter', 'team-.'],
  ['alternatives', 'team-a|team-b'],
  ['closed brackets', 'team-a)|(team-b'],
  ['a flag of patterns', '(?i)TEAM-A'],
  ['capitals', 'Team-A'],
  ['a letter of another script', 'te\u0430m-a'],
  ['full-width letters', '\uff54eam-a'],
  ['a combining mark', 'team-a\u0301'],
  ['a zero-width space', 'team\u200b-a'],
  ['64 letters', 'a'.repeat(64)],
  ['a hyphen in front', '-team-a'],
  ['a hyphen at the end', 'team-a-'],
  ['a dot', 'team-a.x'],
  ['an underscore', 'team_a'],
  ['a slash', 'team-a/team-b'],
  ['a quote', 'team-a"}'],
  ['a blank at the end', 'team-a '],
  ['a comma', 'team-a,team-b'],
  ['a negation', '!team-a'],
  ['a number in another script', 'team-\u0661'],
];

/** Attacks 49 to 59. */
export const AUTHORIZATION_ATTACKS: readonly Attack[] = [
  elsewhere(
    49,
    'groups that hold separators, so that two callers share a verdict',
    'their verdicts are kept apart',
    test(
      AUTHORIZER,
      'tells identities apart by %s',
      'a comma in a group',
      'a quote in a group',
      'a group in the place of the uid',
      'the split of extra values',
    ),
    test('adapters/keyed-hash.test.ts', 'tells %j from %j'),
  ),
  elsewhere(
    50,
    'facts about a caller that decide and are not in the key',
    'every fact is in the key',
    test(
      AUTHORIZER,
      'tells identities apart by %s',
      'user name',
      'uid',
      'an extra fact',
      'a value of an extra fact',
      'the name of an extra fact',
    ),
    test(AUTHORIZER, 'asks with every member of the identity and the configured attributes'),
    test(AUTHORIZER, 'is not made for a spec of more than 10,000 bytes'),
  ),
  elsewhere(
    51,
    'a right that is granted or withdrawn while the verdict is remembered',
    'allowed lasts 30 seconds, denied 5',
    test(AUTHORIZER, 'ends when it should: %s', 'allowed', 'denied'),
    test(REAL_ACCESS, 'follows a RoleBinding that comes and goes'),
    test(
      'real/query-frontend/access.test.ts',
      'follows a RoleBinding that goes within the time of the cache, and one that comes',
    ),
  ),

  ...BAD_NAMES.map(([what, name]) =>
    row(
      52,
      `${what} for a namespace`,
      '400 tenant_malformed',
      get(PLAIN, { ...ORDERS, namespace: name }),
      { unguarded: true },
    ),
  ),
  ...BAD_NAMES.filter(([, name]) => !/[,/]/.test(name)).map(([what, name]) =>
    row(
      52,
      `${what} in the path`,
      '400 tenant_malformed',
      get(`/namespaces/${encodeURIComponent(name)}/api/v1/query`, ORDERS),
      { unguarded: true },
    ),
  ),
  ...['', '*', '.*', 'Team-A', 'team-a,team-b', 'team-a||team-a', '|', 'team-a;team-b'].map(
    (name) =>
      row(
        52,
        `${JSON.stringify(name)} in the tenant header`,
        '400 tenant_malformed',
        withHeaders(get(PLAIN, ORDERS), { 'X-Scope-OrgID': name }),
        { unguarded: true },
      ),
  ),
  row(
    52,
    'a bad namespace behind a good one',
    '400 tenant_malformed',
    get(PLAIN, { ...ORDERS, namespace: ['team-a', '.*'] }),
    { unguarded: true },
  ),
  row(
    52,
    'an empty namespace behind a good one',
    '400 tenant_malformed',
    get('/namespaces/team-a,/api/v1/query', ORDERS),
    { unguarded: true },
  ),
  ...CLUSTER_DENIALS,

  row(
    53,
    'a namespace that exists and is foreign',
    '403 tenant_denied',
    get('/namespaces/team-b/api/v1/query', ORDERS),
    { unguarded: true },
  ),
  row(
    53,
    'a namespace that does not exist',
    '403 tenant_denied',
    get('/namespaces/never-made/api/v1/query', ORDERS),
    { unguarded: true },
  ),
  row(
    53,
    'a foreign namespace for a query that reads nothing',
    '403 tenant_denied',
    get('/namespaces/team-b/api/v1/query', { query: '1+1' }),
  ),
  row(
    53,
    'a foreign namespace for buildinfo',
    '403 tenant_denied',
    get('/namespaces/team-b/api/v1/status/buildinfo'),
  ),
  elsewhere(
    53,
    'the words of both refusals, on a real API server',
    'they are the same',
    test(REAL_ACCESS, 'answers alike for a namespace of others and one that does not exist'),
    test(
      'real/query-frontend/access.test.ts',
      'says the same of a namespace that does not exist as of a foreign one',
    ),
    test(
      'attack/attacks.test.ts',
      'says the same of a foreign namespace as of one that does not exist',
    ),
  ),

  elsewhere(
    54,
    'a namespace that is deleted and made again by another team, which then reads the old series',
    'the new owner sees them until the retention ends; a name is the tenant',
    test(
      'real/query-frontend/namespace-history.test.ts',
      'shows its history to the next owner, and to nobody whom the first one let in',
    ),
    test(
      'real/query-frontend/namespace-history.test.ts',
      'lets nobody in once it is gone, although its series are still stored',
    ),
  ),

  row(
    55,
    'two hundred and one namespaces in a form',
    '422 limit_tenants',
    post(PLAIN, { ...ORDERS, namespace: names(201) }),
    { unguarded: true },
  ),
  row(
    55,
    'two hundred and one namespaces in the path',
    '422 limit_tenants',
    get(`/namespaces/${names(201).join()}/api/v1/query`, ORDERS),
    { unguarded: true },
  ),
  row(
    55,
    'five thousand namespaces',
    '413 body_too_large',
    post(PLAIN, { ...ORDERS, namespace: names(5_000) }),
    { unguarded: true },
  ),
  elsewhere(
    55,
    'two hundred namespaces, of which one is denied',
    'reviews run few at a time and end at the first denial',
    test(AUTHORIZER, 'keeps few reviews of one request in flight'),
    test(AUTHORIZER, 'stops asking after a denial'),
  ),

  elsewhere(
    56,
    'a review with an error of evaluation, or one that says allowed and denied',
    'denied wins; an error alone decides nothing',
    test('adapters/kubernetes/access-reviewer.test.ts', 'is, for %j, %s'),
    test('adapters/kubernetes/access-reviewer.test.ts', 'is none, but a fault, for %j'),
  ),
  elsewhere(
    57,
    'an API server that fails in the middle of several reviews',
    '503 access_review_unavailable, nothing is sent',
    test(AUTHORIZER, 'says unavailable in the middle of a fan-out, and grants nothing'),
    test('http/connection-life.test.ts', 'is 503 with Retry-After, and nothing is sent upstream'),
    test(
      'real/query-frontend/outage.test.ts',
      'lives through an outage of the API server on what it remembers, and refuses all else',
    ),
  ),
  elsewhere(
    58,
    'a request that changes between its check and its way upstream',
    'what is checked is frozen, and only a scope makes an upstream request',
    test(IDENTIFIER, 'returns the identity of the review, frozen'),
    test('promql/parse.test.ts', 'gives frozen data, tagged by kind'),
    test('types/misuse.ts', 'A query that was not scoped cannot be put into an upstream request.'),
  ),
  row(
    59,
    'the name of a user in headers of a proxy, and no token',
    '401 token_missing',
    withHeaders(ASK, {
      ...NO_TOKEN,
      'X-Remote-User': 'admin',
      'X-Forwarded-User': 'admin',
      'X-Remote-Group': 'system:masters',
      'Impersonate-User': 'admin',
      'X-WEBAUTH-USER': 'admin',
    }),
    { unguarded: true },
  ),
  row(
    59,
    'a certificate in headers of a proxy, and no token',
    '401 token_missing',
    withHeaders(ASK, {
      ...NO_TOKEN,
      'X-SSL-Client-S-DN': 'CN=admin',
      'X-Forwarded-Client-Cert': 'Subject="CN=admin"',
      'Ssl-Client-Verify': 'SUCCESS',
    }),
    { unguarded: true },
  ),
  row(
    59,
    'a user in a form with a foreign namespace',
    '403 tenant_denied',
    {
      method: 'POST',
      path: PLAIN,
      headers: { 'Content-Type': FORM, 'X-Remote-User': 'admin' },
      body: `${formOf(ORDERS)}&user=admin&namespace=team-b`,
    },
    { unguarded: true },
  ),
  row(
    59,
    'label values of a foreign namespace by a user in headers',
    '403 tenant_denied',
    withHeaders(get(valuesOf('shop').replace(OWN, '/namespaces/team-b'), AT), {
      'X-Remote-User': 'admin',
    }),
    { unguarded: true },
  ),
  ...CREDENTIAL_ATTACKS,
];

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `team-${index}`);
}
