import { describe, expect, it } from '@jest/globals';
import { printFinding } from '../../frontend/tools/translate/finding.ts';
import { translate, type TranslateInput } from '../../frontend/tools/translate/translate.ts';

const REVIEW = {
  authorization: {
    rewrites: { byQueryParameter: { name: 'namespace' } },
    resourceAttributes: {
      resource: 'namespace',
      subresource: 'metrics',
      namespace: '{{ .Value }}',
    },
  },
};
const KRP = [
  '--secure-listen-address=0.0.0.0:8443',
  '--upstream=http://127.0.0.1:8080',
  '--tls-cert-file=/tls.crt',
  '--tls-private-key-file=/tls.key',
];
const PLP = [
  '-insecure-listen-address=127.0.0.1:8080',
  '-upstream=http://q:9090',
  '-label=namespace',
];
const PAIR: TranslateInput = {
  kubeRbacProxy: KRP,
  promLabelProxy: PLP,
  configFile: { document: REVIEW },
};

interface Outcome {
  readonly document?: unknown;
  readonly warnings: readonly string[];
  readonly refused?: string;
}

function run(input: TranslateInput): Outcome {
  const translation = translate(input);
  if (!translation.ok) {
    const { subject, message } = translation.rejection;
    return { warnings: [], refused: `${subject}: ${message}` };
  }
  const { document, findings } = translation.value;
  const warnings = findings.filter(({ kind }) => kind === 'warning').map((it) => printFinding(it));
  return { document, warnings };
}

const guard = (...more: readonly string[]): Outcome =>
  run({ ...PAIR, kubeRbacProxy: [...KRP, ...more] });
const labels = (...more: readonly string[]): Outcome =>
  run({ ...PAIR, promLabelProxy: [...PLP, ...more] });
const review = (document: unknown): Outcome => run({ ...PAIR, configFile: { document } });

describe('the listener', () => {
  it.each([
    ['0.0.0.0:9090', { address: '0.0.0.0', port: 9090 }],
    [':9090', { port: 9090 }],
    ['[::1]:9090', { address: '::1', port: 9090 }],
    ['localhost:0', { address: 'localhost', port: 0 }],
  ])('is where --secure-listen-address %s says', (address, listener) => {
    const { document, warnings } = guard(`--secure-listen-address=${address}`);
    expect(document).toMatchObject({ listener });
    expect(warnings).toEqual([]);
  });

  it.each(['9090', 'host', ':https', ':65536', '::1:9090', ':-1', ''])(
    'is not at %p',
    (address) => {
      const { refused, warnings } = guard(`--secure-listen-address=${address}`);
      if (address === '') expect(warnings).toHaveLength(1);
      else expect(refused).toMatch(/^--secure-listen-address: must be a host and a port/);
    },
  );

  it('has TLS without a certificate that was given', () => {
    const { document, warnings } = run({ ...PAIR, kubeRbacProxy: KRP.slice(0, 2) });
    expect(document).toMatchObject({
      listener: { tls: { certFile: '/etc/prometheus-tenancy-kit/tls/tls.crt' } },
    });
    expect(warnings).toEqual([expect.stringMatching(/^warning: --tls-cert-file: no certificate/)]);
  });

  it('needs both halves of a certificate', () => {
    const { refused } = run({ ...PAIR, kubeRbacProxy: KRP.slice(0, 3) });
    expect(refused).toBe('--tls-private-key-file: is missing beside the certificate');
  });

  it('speaks plain HTTP on loopback alone', () => {
    const at = (address: string): Outcome =>
      run({
        ...PAIR,
        kubeRbacProxy: [`--insecure-listen-address=${address}`, '--upstream=http://127.0.0.1:8080'],
      });
    expect(at('127.0.0.1:80')).toMatchObject({
      document: { listener: { address: '127.0.0.1', port: 80 } },
      warnings: [],
    });
    expect(at('127.0.0.1:80').document).not.toHaveProperty('listener.tls');
    for (const address of [':80', '0.0.0.0:80', '127.evil.example:80']) {
      const { document, warnings } = at(address);
      expect(document).toHaveProperty('listener.tls');
      expect(warnings).toEqual([
        expect.stringMatching(/^warning: --insecure-listen-address \S+: /),
      ]);
    }
  });

  it('takes certificates of the authority of clients where it did before', () => {
    const pair = { certFile: '/tls.crt', keyFile: '/tls.key' };
    const outcome = guard('--client-ca-file=/clients.crt');
    expect(outcome.document).toMatchObject({
      listener: { tls: { ...pair, clientCaFile: '/clients.crt' } },
    });
    expect(outcome.warnings).toContainEqual(
      expect.stringMatching(/--client-ca-file.*system:.*allowSystemNames/),
    );
    const issuer = ['--oidc-issuer=https://idp.example', '--oidc-clientID=x'];
    const beside = guard('--client-ca-file=/clients.crt', ...issuer);
    expect(beside.document).toMatchObject({ listener: { tls: pair } });
    expect(JSON.stringify(beside.document)).not.toContain('clientCaFile');
    const plain = run({
      kubeRbacProxy: [
        '--insecure-listen-address=0.0.0.0:8080',
        '--upstream=http://q:9090',
        '--client-ca-file=/clients.crt',
      ],
    });
    expect(plain.document).toBeDefined();
    expect(JSON.stringify(plain.document)).not.toContain('clientCaFile');
  });

  it('is one', () => {
    const { document, warnings } = guard('--insecure-listen-address=:80');
    expect(document).toMatchObject({ listener: { port: 8443 } });
    expect(warnings).toEqual([expect.stringMatching(/^warning: --insecure-listen-address :80: /)]);
  });

  it('has probes and metrics elsewhere', () => {
    expect(guard('--proxy-endpoints-port=8643')).toMatchObject({
      document: { operations: { address: '0.0.0.0', port: 8643 } },
      warnings: [expect.stringContaining('/-/ready on port 8643, over plain HTTP')],
    });
    expect(labels('-internal-listen-address=:8644')).toMatchObject({
      document: { operations: { port: 8644 } },
      warnings: [],
    });
  });
});

describe('the upstream', () => {
  it('is that of prom-label-proxy', () => {
    expect(run(PAIR)).toMatchObject({
      document: { upstream: { url: 'http://q:9090' } },
      warnings: [],
    });
  });

  it.each(['http://127.0.0.1:8081', 'http://elsewhere:8080', 'https://127.0.0.1:8080', 'x'])(
    'is doubted where kube-rbac-proxy leads to %s',
    (url) => {
      const { document, warnings } = guard(`--upstream=${url}`);
      expect(document).toMatchObject({ upstream: { url: 'http://q:9090' } });
      expect(warnings).toEqual([
        expect.stringMatching(/^warning: --upstream \S+: it does not lead/),
      ]);
    },
  );

  it('is asked about where there is no prom-label-proxy', () => {
    const { document, warnings } = run({ ...PAIR, promLabelProxy: undefined });
    expect(document).toMatchObject({ upstream: { url: 'http://127.0.0.1:8080' } });
    expect(warnings.map((line) => line.split(':')[1]?.trim())).toEqual([
      'prom-label-proxy',
      '--upstream http',
    ]);
  });

  it('has to be there', () => {
    expect(run({ promLabelProxy: ['-label=namespace'] }).refused).toBe('-upstream: is missing');
    expect(run({ kubeRbacProxy: [] }).refused).toBe('--upstream: is missing');
  });

  it('is never shown with its password', () => {
    const { refused } = labels('-upstream=http://user:secret@q');
    expect(refused).toMatch(/^-upstream: is not usable: upstream\.url: must be/);
    const shown = guard('--upstream=http://user:secret@q').warnings;
    expect(shown).toEqual([expect.stringContaining('--upstream http://***@q: ')]);
  });

  it('names the paths that are gone', () => {
    expect(
      guard('--allow-paths=/api/v1/query,/api/v1/label/job/values,/api/v1/*').warnings,
    ).toEqual([]);
    expect(guard('--allow-paths=/api/v1/query,/api/v1/read,/federate').warnings).toEqual([
      expect.stringMatching(
        /^warning: --allow-paths \S+: of these paths \/api\/v1\/read, \/federate answers 404/,
      ),
    ]);
  });
});

describe('the tenant', () => {
  it('stands in the label', () => {
    expect(labels('-label=tenant', '-query-param=namespace')).toMatchObject({
      document: { tenancyLabel: 'tenant' },
      warnings: [],
    });
    expect(labels('-label=__name__').refused).toMatch(/^-label: cannot carry the tenant/);
    expect(run({ promLabelProxy: ['-upstream=http://q'] }).refused).toBe('-label: is missing');
  });

  it.each([
    [['-label=tenant'], /^warning: -label tenant: .*parameter `namespace`/],
    [['-query-param=ns'], /^warning: -query-param ns: .*parameter `namespace`/],
    [['-header-name=X-Namespace'], /^warning: -header-name X-Namespace: .*X-Scope-OrgID/],
    [['-label-value=a', '-label-value=b'], /^warning: -label-value a,b: /],
    [
      ['-header-name=x-scope-orgid', '-header-uses-list-syntax'],
      /^warning: -header-uses-list-syntax: /,
    ],
  ])('is named otherwise than by %j', (flags, warning) => {
    expect(labels(...flags).warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('is named by one source', () => {
    expect(labels('-header-name=X-Scope-OrgID').warnings).toEqual([]);
    expect(labels('-header-name=X', '-query-param=n').refused).toMatch(
      /^-header-name: stands beside/,
    );
  });

  it('has matchers that are refused, and PromQL that is taken, where they were', () => {
    expect(
      labels('-error-on-replace', '-enable-promql-binop-fill-modifiers').document,
    ).toMatchObject({
      scoping: { mode: 'error', features: { 'promql-binop-fill-modifiers': true } },
    });
    expect(run(PAIR).document).not.toHaveProperty('scoping');
  });
});

describe('the right to read', () => {
  const attributes = (fields: object): object => ({
    authorization: {
      ...REVIEW.authorization,
      resourceAttributes: { namespace: '{{.Value}}', ...fields },
    },
  });

  it.each([
    [{ resource: 'namespace', subresource: 'metrics', apiVersion: 'v1' }, 'seed'],
    [{ resource: 'pods', subresource: 'metrics' }, 'seedPodsMetrics'],
    [{ apiGroup: 'metrics.k8s.io', apiVersion: 'v1beta1', resource: 'pods' }, 'openshift'],
    [
      { apiGroup: 'example.org', resource: 'series' },
      { verb: 'get', group: 'example.org', resource: 'series', subresource: '' },
    ],
    [
      { resource: 'pods', subresource: 'metrics', name: 'x' },
      { verb: 'get', group: '', resource: 'pods', subresource: 'metrics', name: 'x' },
    ],
  ])('of %j is %j', (fields, expected) => {
    const { document, warnings } = review(attributes(fields));
    expect(document).toMatchObject({ access: { attributes: expected } });
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'a namespace for all',
      attributes({ resource: 'pods', namespace: 'monitoring' }),
      /\.namespace monitoring: /,
    ],
    ['no namespace', attributes({ resource: 'pods', namespace: '' }), /\.namespace: /],
    [
      'a template around the value',
      attributes({ resource: 'pods', namespace: 'x-{{ .Value }}' }),
      /\.namespace "x-/,
    ],
    ['a template as resource', attributes({ resource: '{{ .Value }}' }), /\.resource "\{\{/],
    ['a template as object', attributes({ resource: 'pods', name: '{{ .Value }}' }), /\.name "/],
    ['no resource', { authorization: { rewrites: REVIEW.authorization.rewrites } }, /\.resource: /],
    ['nothing', null, /\.resource: /],
    [
      'static rules',
      { authorization: { ...REVIEW.authorization, static: [{ user: { name: 'x' } }] } },
      /authorization\.static "1 rule": /,
    ],
    [
      'another parameter',
      {
        authorization: { ...REVIEW.authorization, rewrites: { byQueryParameter: { name: 'ns' } } },
      },
      /byQueryParameter\.name ns: /,
    ],
    [
      'another header',
      { authorization: { ...REVIEW.authorization, rewrites: { byHTTPHeader: { name: 'X-Ns' } } } },
      /byHttpHeader\.name X-Ns: /,
    ],
    [
      'no rewrites',
      { authorization: { resourceAttributes: REVIEW.authorization.resourceAttributes } },
      /rewrites: /,
    ],
  ])('is doubted with %s', (_what, document, warning) => {
    expect(review(document).warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('is the default where only the namespace may come from the request', () => {
    expect(review(attributes({ resource: '{{ .Value }}' })).document).toMatchObject({
      access: { attributes: 'seed' },
    });
  });

  it.each([
    [{ authorisation: {} }, 'authorisation'],
    [
      { authorization: { resourceAttributes: { verb: 'get' } } },
      'authorization.resourceAttributes.verb',
    ],
    [
      { authorization: { resourceAttributes: { resource: 1 } } },
      'authorization.resourceAttributes.resource',
    ],
    [{ authorization: { resourceAttributes: [] } }, 'authorization.resourceAttributes'],
    [{ authorization: { static: {} } }, 'authorization.static'],
    [[], '--config-file'],
    ['text', '--config-file'],
  ])('is refused from %j', (document, subject) => {
    expect(review(document).refused?.split(': ')[0]).toBe(subject);
  });

  it('is asked for with tokens, whoever stood in front', () => {
    const { document, warnings } = run({
      promLabelProxy: ['-upstream=http://q', '-label=namespace', '-insecure-listen-address=:80'],
    });
    expect(document).toMatchObject({ access: { kind: 'kubernetes' }, listener: { tls: {} } });
    expect(warnings).toEqual([
      expect.stringMatching(/^warning: -insecure-listen-address :80: /),
      expect.stringMatching(/^warning: kube-rbac-proxy: .* must bring a token/),
    ]);
  });
});

describe('the caller', () => {
  it('has a token for one of the audiences', () => {
    expect(guard('--auth-token-audiences=a,b').document).toMatchObject({
      access: { audiences: ['a', 'b'] },
    });
  });

  it.each([
    ['0.5', { reviewsPerSecond: 1, unknownTokensPerSecond: 1 }],
    ['20', { reviewsPerSecond: 20, unknownTokensPerSecond: 5 }],
    ['1e9', { reviewsPerSecond: 10_000, unknownTokensPerSecond: 2_500 }],
    ['-1', undefined],
  ])('is reviewed within a budget of %s', (qps, budget) => {
    const { document } = guard(`--kube-api-qps=${qps}`);
    if (budget === undefined) expect(document).not.toHaveProperty('access.budget');
    else expect(document).toMatchObject({ access: { budget } });
  });

  it('has a budget that is a number', () => {
    expect(guard('--kube-api-qps=many').refused).toBe('--kube-api-qps: must be a number');
  });

  const ISSUER = ['--oidc-issuer=https://issuer.example', '--oidc-clientID=grafana'];

  it('of an issuer keeps its names where they have prefixes', () => {
    const { document, warnings } = guard(
      ...ISSUER,
      '--oidc-username-claim=sub',
      '--oidc-username-prefix=dex:',
      '--oidc-groups-claim=roles',
      '--oidc-groups-prefix=dex-group:',
      '--oidc-sign-alg=ES256',
      '--oidc-ca-file=/ca.crt',
    );
    expect(document).toMatchObject({
      access: {
        oidcIssuers: [
          {
            issuer: 'https://issuer.example',
            audiences: ['grafana'],
            algorithms: ['ES256'],
            usernameClaim: 'sub',
            usernamePrefix: 'dex:',
            groupsClaim: 'roles',
            groupsPrefix: 'dex-group:',
            caFile: '/ca.crt',
          },
        ],
      },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^warning: --oidc-issuer \S+: tokens of the cluster/),
    ]);
  });

  it('of an issuer gets a prefix, and only signatures that are known', () => {
    const { document, warnings } = guard(...ISSUER, '--oidc-sign-alg=HS256');
    expect(document).toMatchObject({
      access: {
        oidcIssuers: [{ algorithms: ['RS256'], usernamePrefix: 'oidc:', groupsPrefix: 'oidc:' }],
      },
    });
    expect(warnings.map((line) => line.split(' ')[1]?.replace(/:$/, ''))).toEqual([
      '--oidc-issuer',
      '--oidc-username-prefix',
      '--oidc-groups-prefix',
      '--oidc-username-claim',
      '--oidc-sign-alg',
    ]);
  });

  it.each([
    [['--oidc-issuer=https://i'], /^--oidc-clientID: is missing/],
    [['--oidc-issuer=http://i', '--oidc-clientID=a'], /^--oidc-issuer: is not usable: /],
    [[...ISSUER, '--oidc-username-prefix=system:'], /^--oidc-username-prefix: is not usable: /],
  ])('of an issuer is refused with %j', (flags, message) => {
    expect(guard(...flags).refused).toMatch(message);
  });
});
