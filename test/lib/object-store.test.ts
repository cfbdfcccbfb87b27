import { describe, expect, it } from '@jest/globals';
import type { Chart } from 'cdk8s';
import {
  ObjectStore,
  SynthError,
  TenantPrometheus,
  ThanosBucketWeb,
  ThanosCompactor,
  ThanosQuerier,
  ThanosReceive,
  ThanosRuler,
  ThanosStoreGateway,
} from '../../lib/index.ts';
import { at, listAt, manifestsOf, only, platformChart, textsAt } from './support/manifests.ts';

const KEYS = { accessKey: 'AKIA', secretKey: 'hidden' };

function documentOf(build: (chart: Chart) => ObjectStore): unknown {
  const chart = platformChart();
  const { key, name } = build(chart);
  const secret = only(manifestsOf(chart), 'Secret', name);
  return JSON.parse(textsAt(secret, 'stringData')[key] ?? '');
}

const BUCKET = { bucket: 'blocks', endpoint: 's3.eu-central-1.amazonaws.com' };

describe('ObjectStore', () => {
  it('makes no Secret of a reference', () => {
    const chart = platformChart();
    const objstore = ObjectStore.fromSecret();
    void new ThanosStoreGateway(chart, 'store', { objstore });
    expect(manifestsOf(chart).map(({ kind }) => kind)).not.toContain('Secret');
    expect([objstore.name, objstore.key]).toEqual(['thanos-objstore-secret', 'thanos.yaml']);
  });

  it('takes the credentials of the workload where none are given', () => {
    expect(documentOf((chart) => ObjectStore.s3(chart, 's3', { ...BUCKET, prefix: 'a' }))).toEqual({
      type: 'S3',
      config: { ...BUCKET, insecure: false, aws_sdk_auth: true },
      prefix: 'a',
    });
    expect(documentOf((chart) => ObjectStore.gcs(chart, 'gcs', { bucket: 'blocks' }))).toEqual({
      type: 'GCS',
      config: { bucket: 'blocks' },
    });
    const azure = { storageAccount: 'account', container: 'blocks', userAssignedId: 'id' };
    expect(documentOf((chart) => ObjectStore.azure(chart, 'azure', azure))).toEqual({
      type: 'AZURE',
      config: {
        storage_account: 'account',
        container: 'blocks',
        storage_create_container: false,
        user_assigned_id: 'id',
      },
    });
  });

  it.each<[string, (chart: Chart) => ObjectStore]>([
    ['S3', (chart) => ObjectStore.s3(chart, 'x', { ...BUCKET, unsafeCredentials: KEYS })],
    [
      'GCS',
      (chart) =>
        ObjectStore.gcs(chart, 'x', { bucket: 'b', unsafeCredentials: { serviceAccount: '{}' } }),
    ],
    [
      'Azure',
      (chart) =>
        ObjectStore.azure(chart, 'x', {
          storageAccount: 'a',
          container: 'c',
          unsafeCredentials: { storageAccountKey: 'k' },
        }),
    ],
  ])('refuses keys in clear text for %s, until that is allowed', (_kind, build) => {
    expect(() => build(platformChart())).toThrow(SynthError);
    expect(() => build(platformChart())).toThrow(/in clear text; use the identity/);
  });

  it('writes keys that are allowed', () => {
    const unsafe = { unsafeCredentials: KEYS, unsafeAllowLiteralCredentials: true };
    expect(documentOf((chart) => ObjectStore.s3(chart, 's3', { ...BUCKET, ...unsafe }))).toEqual({
      type: 'S3',
      config: {
        ...BUCKET,
        insecure: false,
        aws_sdk_auth: false,
        access_key: 'AKIA',
        secret_key: 'hidden',
      },
    });
  });

  it('mounts a shared folder wherever the configuration names it', () => {
    const chart = platformChart();
    const objstore = ObjectStore.filesystem(chart, 'folder', { claimName: 'blocks' });
    void new ThanosStoreGateway(chart, 'store', { objstore });
    void new TenantPrometheus(chart, 'prometheus', { cluster: 'main', objstore });
    const all = manifestsOf(chart);
    const pod = at(only(all, 'StatefulSet').spec, 'template', 'spec');
    const { spec } = only(all, 'Prometheus');
    const mount = { name: 'bucket', mountPath: '/var/thanos/bucket' };
    const volume = { name: 'bucket', persistentVolumeClaim: { claimName: 'blocks' } };
    expect(listAt(pod, 'volumes')).toContainEqual(volume);
    expect(listAt(spec, 'volumes')).toContainEqual(volume);
    expect(listAt(pod, 'containers', 0, 'volumeMounts')).toContainEqual(mount);
    expect(listAt(spec, 'thanos', 'volumeMounts')).toContainEqual(mount);
  });

  it('is used by components whose ServiceAccount has a role, and by no other', () => {
    const chart = platformChart();
    const serviceAccountAnnotations = {
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/blocks',
    };
    const role = { serviceAccountAnnotations };
    const cluster = 'main';
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster, ...role });
    const store = new ThanosStoreGateway(chart, 'store', role);
    const receive = new ThanosReceive(chart, 'receive', { cluster, ...role });
    const query = ThanosQuerier.named();
    const rules = { platform: '{"groups":[]}' };
    void new ThanosRuler(chart, 'ruler', { cluster, query, rules, ...role });
    void new ThanosCompactor(chart, 'compactor', { stores: [store], ...role });
    void new ThanosBucketWeb(chart, 'web', role);
    void new ThanosQuerier(chart, 'querier', { endpoints: [prometheus, store, receive] });
    const accounts = manifestsOf(chart).filter(({ kind }) => kind === 'ServiceAccount');
    const withRole = accounts.filter(({ metadata }) => metadata.annotations !== undefined);
    expect(withRole.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'prometheus-tenancy',
      'thanos-bucket-web',
      'thanos-compactor',
      'thanos-receive-ingestor',
      'thanos-ruler',
      'thanos-store-gateway',
    ]);
    expect(withRole[0]?.metadata.annotations).toEqual(serviceAccountAnnotations);
    expect(accounts).toHaveLength(withRole.length + 2);
  });

  it('refuses two ways to prove who it is', () => {
    const keys = { unsafeCredentials: KEYS, unsafeAllowLiteralCredentials: true };
    expect(() =>
      ObjectStore.s3(platformChart(), 's3', { ...BUCKET, ...keys, sdkCredentials: true }),
    ).toThrow(/leave out one of the two/);
  });

  it('refuses a second Secret of the same name', () => {
    const chart = platformChart();
    void ObjectStore.s3(chart, 's3', BUCKET);
    const second = (secretName?: string) => (): unknown =>
      ObjectStore.gcs(chart, secretName ?? 'gcs', {
        bucket: 'b',
        ...(secretName === undefined ? {} : { secretName }),
      });
    expect(second()).toThrow(/Secret thanos-objstore-secret .* would overwrite it/);
    expect(second('other')).not.toThrow();
  });

  it('refuses a URL as an endpoint', () => {
    expect(() =>
      ObjectStore.s3(platformChart(), 's3', { bucket: 'b', endpoint: 'https://s3.example' }),
    ).toThrow(/is no host/);
  });
});
