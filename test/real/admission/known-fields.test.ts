import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { OTHER_DISCOVERIES } from '../../../lib/admission/scrape-config-policy.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

// What one scrape of a monitor can say. A name goes here after the rules were looked at with it in mind.
const ENDPOINT: readonly string[] = [
  'authorization',
  'basicAuth',
  'bearerTokenSecret',
  'enableHttp2',
  'filterRunning',
  'followRedirects',
  'honorLabels',
  'honorTimestamps',
  'interval',
  'metricRelabelings',
  'noProxy',
  'oauth2',
  'params',
  'path',
  'port',
  'proxyConnectHeader',
  'proxyFromEnvironment',
  'proxyUrl',
  'relabelings',
  'scheme',
  'scrapeTimeout',
  'targetPort',
  'tlsConfig',
  'trackTimestampsStaleness',
];

const MONITOR: readonly string[] = [
  'attachMetadata',
  'bodySizeLimit',
  'convertClassicHistogramsToNHCB',
  'fallbackScrapeProtocol',
  'jobLabel',
  'keepDroppedTargets',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'namespaceSelector',
  'nativeHistogramBucketLimit',
  'nativeHistogramMinBucketFactor',
  'podTargetLabels',
  'sampleLimit',
  'scrapeClass',
  'scrapeClassicHistograms',
  'scrapeNativeHistograms',
  'scrapeProtocols',
  'selector',
  'selectorMechanism',
  'targetLimit',
];

await describeReal('the fields that the operator knows', ['operator-crds'], () => {
  let folder = '';

  beforeAll(async () => {
    folder = await operatorCrdFolder();
  });

  const fieldsOf = (plural: string, ...path: readonly string[]): string[] => {
    const text = readFileSync(join(folder, `monitoring.coreos.com_${plural}.yaml`), 'utf8');
    const schema = readPath(parse(text), 'spec', 'versions', 0, 'schema', 'openAPIV3Schema');
    const fields = readPath(schema, 'properties', 'spec', 'properties', ...path);
    return Object.keys(typeof fields === 'object' && fields !== null ? fields : {}).toSorted();
  };

  it('are all known of ServiceMonitors', () => {
    const own = ['endpoints', 'serviceDiscoveryRole', 'targetLabels'];
    expect(fieldsOf('servicemonitors')).toEqual([...MONITOR, ...own].toSorted());
    const endpoint = fieldsOf('servicemonitors', 'endpoints', 'items', 'properties');
    expect(endpoint).toEqual([...ENDPOINT, 'bearerTokenFile'].toSorted());
  });

  it('are all known of PodMonitors', () => {
    expect(fieldsOf('podmonitors')).toEqual([...MONITOR, 'podMetricsEndpoints'].toSorted());
    const endpoint = fieldsOf('podmonitors', 'podMetricsEndpoints', 'items', 'properties');
    expect(endpoint).toEqual([...ENDPOINT, 'portNumber'].toSorted());
  });

  it('hold no discovery of ScrapeConfigs that is not refused', () => {
    const discoveries = fieldsOf('scrapeconfigs').filter((it) => it.endsWith('Configs'));
    expect(discoveries).toEqual(['kubernetesSDConfigs', ...OTHER_DISCOVERIES].toSorted());
  });

  it('still hold nothing by which a ScrapeConfig could follow no redirects', () => {
    expect(fieldsOf('scrapeconfigs')).not.toContain('followRedirects');
  });
});
