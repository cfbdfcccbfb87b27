import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { expectations, type ExpectedSettings } from '../../charts/expectations.ts';
import { kustomizationFiles } from '../../charts/kustomization.ts';
import { readSynthOptions } from '../../charts/synth-options.ts';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import { at, type Manifest, manifestsOf, PLACEHOLDER } from '../lib/support/manifests.ts';
import { allProblems } from './checks/all-problems.ts';
import { EXPECTED } from './checks/manifest-set.ts';

const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Every Secret that a platform may use. */
const SECRETS = [
  'thanos-objstore-secret',
  'tenant-query-frontend-tls',
  'prometheus-web-tls',
  'prometheus-web-client-tls',
  'thanos-grpc-server-tls',
  'thanos-grpc-client-tls',
];

const SETTINGS: readonly [string, ExpectedSettings][] = [
  ['as it is', {}],
  ['with an Issuer', { certificates: { name: 'authority' } }],
  ['with an audience', { clusterIssuer: 'https://oidc.example.com/id/1' }],
];

function synth(settings: ExpectedSettings): Manifest[] {
  const { certificates, clusterIssuer } = settings;
  const app = new TenancyApp({
    runtime: PLACEHOLDER,
    tenants: [{ namespace: 'team-a' }],
    ...(certificates !== undefined && { certificates }),
    ...(clusterIssuer !== undefined && { clusterIssuer }),
  });
  return manifestsOf(...app.charts);
}

/** The Secrets that the header names. */
function namedSecrets(settings: ExpectedSettings): string[] {
  const text = expectations(settings).join('\n');
  return [...text.matchAll(/\b[a-z-]+-(?:tls|secret)\b/g)].map(([name]) => name);
}

function problems(settings: ExpectedSettings, secrets: readonly string[]): string[] {
  const objects = secrets.map((name) => `Secret */${name}`);
  return allProblems(synth(settings), { ...EXPECTED, objects });
}

/** The audiences that the frontend takes. */
function audiencesOf(manifests: readonly Manifest[]): unknown {
  const config = manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .map((it) => at(it, 'data', 'config.json'))
    .find((it) => it !== undefined);
  return at(JSON.parse(String(config)), 'access', 'audiences');
}

describe('what the header says must be there', () => {
  it.each(SETTINGS)('is every Secret that is used and not made: %s', (_what, settings) => {
    const named = namedSecrets(settings);
    expect(problems(settings, named)).toEqual([]);
    expect(problems(settings, [])).not.toEqual([]);
    const manifests = synth(settings);
    const made = manifests
      .filter(({ kind }) => kind === 'Certificate')
      .map((it) => at(it.spec, 'secretName'));
    const used = SECRETS.filter((name) => JSON.stringify(manifests).includes(`"${name}"`));
    expect(used.length).toBeGreaterThan(3);
    expect(named).toEqual(used.filter((name) => !made.includes(name)));
  });

  it.each(SETTINGS)('is the audience that the frontend takes: %s', (_what, settings) => {
    const audience = settings.clusterIssuer ?? DEFAULT_ISSUER;
    expect(audiencesOf(synth(settings))).toEqual(['tenant-query-frontend', audience]);
    expect(expectations(settings)).toContain(`    ${audience}`);
    expect(expectations(settings).join('\n').includes(DEFAULT_ISSUER)).toBe(
      settings.clusterIssuer === undefined,
    );
  });

  it('is the issuer, and that it signs for nobody else', () => {
    const text = expectations({ certificates: { name: 'authority' } }).join(' ');
    expect(text).toMatch(
      /Issuer authority, in the namespace of the platform,.* signs for\s+nobody else/,
    );
    const cluster = expectations({ certificates: { name: 'a', kind: 'ClusterIssuer' } }).join(' ');
    expect(cluster).toContain('its ClusterIssuer a, with an authority');
    expect(expectations({}).join(' ')).not.toContain('cert-manager');
  });

  it('stays a comment, whatever the settings say', () => {
    const [file] = kustomizationFiles(['a.yaml'], { clusterIssuer: 'x\nresources: [b.yaml]' });
    expect(parse(file?.text ?? '')).toMatchObject({ resources: ['a.yaml'] });
  });
});

describe('the audience of the API server', () => {
  it('comes from the command line', () => {
    expect(readSynthOptions(['--cluster-issuer', 'https://oidc.example.com'])).toMatchObject({
      ok: true,
      value: { clusterIssuer: 'https://oidc.example.com' },
    });
  });

  it('is refused in code where it is empty', () => {
    expect(() => synth({ clusterIssuer: '' })).toThrow(/the runtime refuses.*audiences/s);
  });
});
