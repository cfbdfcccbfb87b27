import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseOptions } from '../../frontend/command-line.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import { runTranslate, TRANSLATE_SPEC } from '../../frontend/tools/translate.ts';

const CONFIG_FILE = `authorization:
  rewrites:
    byQueryParameter:
      name: namespace
  resourceAttributes:
    apiVersion: v1
    resource: namespace
    subresource: metrics
    namespace: '{{ .Value }}'
`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: review-config
data:
  review.yaml: |
${CONFIG_FILE.replaceAll(/^(?=.)/gm, '    ')}`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: metrics-gate
spec:
  template:
    spec:
      serviceAccountName: metrics-gate
      containers:
        - name: guard
          image: registry.example:5000/brancz/kube-rbac-proxy:v0.18.1
          args:
            - --secure-listen-address=0.0.0.0:9090
            - --upstream=http://127.0.0.1:8080/
            - --config-file=/etc/guard/review.yaml
            - --tls-cert-file=/etc/guard/tls/tls.crt
            - --tls-private-key-file=/etc/guard/tls/tls.key
            - --logtostderr=true
          volumeMounts:
            - name: tls
              mountPath: /etc/guard/tls
            - name: review
              mountPath: /etc/guard
        - name: labels
          image: registry.example:5000/prometheuscommunity/prom-label-proxy:v0.11.0
          args:
            - --insecure-listen-address=127.0.0.1:8080
            - --upstream=http://thanos-querier:9090/
            - --label=namespace
            - --enable-label-apis=true
      volumes:
        - name: tls
          secret:
            secretName: guard-tls
        - name: review
          configMap:
            name: review-config
`;

const CONFIGURATION = {
  apiVersion: 'prometheus-tenancy-kit/v1alpha1',
  kind: 'QueryFrontend',
  tenancyLabel: 'namespace',
  listener: {
    address: '0.0.0.0',
    port: 9090,
    tls: { certFile: '/etc/guard/tls/tls.crt', keyFile: '/etc/guard/tls/tls.key' },
  },
  upstream: { url: 'http://thanos-querier:9090/' },
  access: { kind: 'kubernetes', attributes: 'seed' },
};

interface Run {
  readonly exitCode: number;
  readonly output: string;
  readonly warnings: readonly string[];
  readonly errors: string;
}

async function run(input: string | Uint8Array, ...args: readonly string[]): Promise<Run> {
  const options = parseOptions(TRANSLATE_SPEC, args);
  if (!options.ok) throw new TypeError(options.rejection);
  const output = new PassThrough();
  const errors = new PassThrough();
  const written = Promise.all([text(output), text(errors)]);
  const streams = { input: Readable.from([Buffer.from(input)]), output, errors };
  const exitCode = await runTranslate(options.value, streams);
  output.end();
  errors.end();
  const [out, err] = await written;
  const warnings = err.split('\n').filter((line) => line.startsWith('warning: '));
  return { exitCode, output: out, warnings, errors: err };
}

function documents(...texts: readonly string[]): string {
  return texts.join('---\n');
}

describe('the tool translate', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'translate-'));
    writeFileSync(join(folder, 'review.yaml'), CONFIG_FILE);
    writeFileSync(join(folder, 'deployment.yaml'), DEPLOYMENT);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('translates a Deployment with its ConfigMap', async () => {
    const { exitCode, output, warnings } = await run(documents(CONFIG_MAP, DEPLOYMENT));
    expect(warnings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(parse(output)).toEqual(CONFIGURATION);
    expect(parseQueryFrontendConfig(parse(output)).ok).toBe(true);
  });

  it('translates a List, as kubectl prints it', async () => {
    const items = [parse(CONFIG_MAP) as unknown, parse(DEPLOYMENT) as unknown];
    const { exitCode, output } = await run(JSON.stringify({ kind: 'List', items }));
    expect([exitCode, parse(output)]).toEqual([0, CONFIGURATION]);
  });

  it('reads files', async () => {
    const { exitCode, output } = await run(
      '',
      '--file',
      join(folder, 'deployment.yaml'),
      '--config-file',
      join(folder, 'review.yaml'),
    );
    expect([exitCode, parse(output)]).toEqual([0, CONFIGURATION]);
  });

  it('finds the configuration file behind a subPath and an item', async () => {
    const moved = DEPLOYMENT.replace(
      'mountPath: /etc/guard\n',
      'mountPath: /etc/guard/review.yaml\n              subPath: renamed.yaml\n',
    ).replace(
      'name: review-config\n',
      'name: review-config\n            items: [{ key: review.yaml, path: renamed.yaml }]\n',
    );
    const { exitCode, output } = await run(documents(CONFIG_MAP, moved));
    expect([exitCode, parse(output)]).toEqual([0, CONFIGURATION]);
  });

  it('asks for a configuration file that it does not have', async () => {
    const { exitCode, output, warnings } = await run(DEPLOYMENT);
    expect([exitCode, parse(output)]).toEqual([1, CONFIGURATION]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^warning: --config-file \/etc\/guard\/review\.yaml: is not in the input/,
      ),
    ]);
  });

  it.each([
    [
      'a group of lists',
      `kube-rbac-proxy: [--secure-listen-address=:8443, --upstream=http://localhost:1]
prom-label-proxy: [-insecure-listen-address=127.0.0.1:1, -upstream=http://q:9090, -label=namespace]`,
    ],
    [
      'a list for each program',
      documents(
        '[--secure-listen-address=:8443, --upstream=http://localhost:1]\n',
        '["-insecure-listen-address=127.0.0.1:1", -upstream, "http://q:9090", -label, namespace]\n',
      ),
    ],
    [
      'command lines',
      documents(
        'kube-rbac-proxy --secure-listen-address=:8443 \\\n  --upstream=http://localhost:1\n',
        '/bin/prom-label-proxy -insecure-listen-address 127.0.0.1:1 -upstream=http://q:9090 -label namespace\n',
      ),
    ],
    [
      'a list of containers',
      `- { name: kube-rbac-proxy, image: x@sha256:0, args: [--secure-listen-address=:8443, --upstream=http://localhost:1] }
- { name: b, command: [/bin/prom-label-proxy, -insecure-listen-address=127.0.0.1:1], args: [-upstream=http://q:9090, -label=namespace] }`,
    ],
  ])('takes %s', async (_form, input) => {
    const { exitCode, output, warnings } = await run(input);
    expect(warnings.map((line) => line.split(': ')[1])).toEqual([
      '--tls-cert-file',
      '--config-file',
    ]);
    expect(exitCode).toBe(1);
    expect(parse(output)).toMatchObject({
      tenancyLabel: 'namespace',
      listener: { port: 8443, tls: { certFile: '/etc/prometheus-tenancy-kit/tls/tls.crt' } },
      upstream: { url: 'http://q:9090' },
    });
  });

  describe('with several kube-rbac-proxies', () => {
    const proxies = (webUpstream: string): string =>
      [
        '- { name: web, image: kube-rbac-proxy, args: [--secure-listen-address=:9091, --upstream=',
        webUpstream,
        '] }\n- { name: tenancy, image: kube-rbac-proxy, args: [--secure-listen-address=:9092, --upstream=http://127.0.0.1:9095/] }',
        '\n- { name: labels, image: prom-label-proxy, args: [--insecure-listen-address=127.0.0.1:9095, --upstream=http://q:1, --label=namespace] }',
      ].join('');

    it('takes the one that leads to the prom-label-proxy', async () => {
      const { output, warnings } = await run(proxies('http://127.0.0.1:9090'));
      expect(parse(output)).toMatchObject({ listener: { port: 9092 } });
      expect(warnings).toContainEqual(
        expect.stringMatching(/^warning: container web: .* left out/),
      );
    });

    it('asks which, and takes that', async () => {
      const input = proxies('http://localhost:9095');
      const { exitCode, output, errors } = await run(input);
      expect([exitCode, output]).toEqual([2, '']);
      expect(errors).toBe(
        'translate: the input holds several kube-rbac-proxies; name one by --container: web, tenancy\n',
      );
      const named = await run(input, '--container', 'web');
      // Metrics and probes have the port 9091 by default.
      expect(parse(named.output)).toMatchObject({
        listener: { port: 9091 },
        operations: { port: 9092 },
      });
      expect((await run(input, '--container', 'x')).exitCode).toBe(2);
    });
  });

  it.each([
    [
      'an unknown flag',
      '[--upstream=http://q:1, --new-thing=1]',
      /^translate: --new-thing: is no flag/,
    ],
    ['a stray word', '[--upstream=http://q:1, stray]', /^translate: stray: belongs to no flag/],
    ['a word that is none', '[{name: kube-rbac-proxy, args: [[x]]}]', /belongs to no flag/],
    [
      'an unusable URL',
      '[--upstream=ftp://user:secret@q]',
      /^translate: --upstream: is not usable: upstream\.url: must/,
    ],
    ['a variable', '[--upstream=$(URL)]', /^translate: --upstream: names a variable/],
  ])('refuses %s', async (_what, input, message) => {
    const { exitCode, output, errors } = await run(input);
    expect([exitCode, output]).toEqual([1, '']);
    expect(errors).toMatch(message);
    expect(errors).not.toContain('secret');
  });

  it.each([
    ['nothing', ''],
    ['another manifest', 'kind: Pod\nspec: { containers: [{ name: a, image: nginx }] }\n'],
    ['another program', 'nginx -g x\n'],
    ['quotes', `kube-rbac-proxy --upstream='http://a'\n`],
    ['no YAML', 'a: [\n'],
    ['no text', Uint8Array.of(0xff)],
    ['two prom-label-proxies', documents('[-label=a]\n', '[-label=b]\n')],
  ])('cannot work with %s', async (_what, input) => {
    const { exitCode, output, errors } = await run(input);
    expect([exitCode, output]).toEqual([2, '']);
    expect(errors).toMatch(/^translate: [^\n]+\n$/);
  });

  it('says which file cannot be read', async () => {
    const { exitCode, errors } = await run('', '--file', join(folder, 'absent.yaml'));
    expect(exitCode).toBe(2);
    expect(errors).toContain('absent.yaml cannot be read');
  });
});
