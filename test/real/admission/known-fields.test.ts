import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { RECEIVERS } from '../../../lib/admission/alertmanager-config-policy.ts';
import { OTHER_DISCOVERIES } from '../../../lib/admission/scrape-config-policy.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { AT_FLOOR } from '../harness/parts.ts';
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

const PROBE: readonly string[] = [
  'authorization',
  'basicAuth',
  'bearerTokenSecret',
  'convertClassicHistogramsToNHCB',
  'enableHttp2',
  'fallbackScrapeProtocol',
  'followRedirects',
  'interval',
  'jobName',
  'keepDroppedTargets',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'metricRelabelings',
  'module',
  'nativeHistogramBucketLimit',
  'nativeHistogramMinBucketFactor',
  'oauth2',
  'params',
  'prober',
  'sampleLimit',
  'scrapeClass',
  'scrapeClassicHistograms',
  'scrapeNativeHistograms',
  'scrapeProtocols',
  'scrapeTimeout',
  'targetLimit',
  'targets',
  'tlsConfig',
];

const PROBER: readonly string[] = [
  'noProxy',
  'path',
  'proxyConnectHeader',
  'proxyFromEnvironment',
  'proxyUrl',
  'scheme',
  'url',
];

const RULE_GROUP: readonly string[] = [
  'interval',
  'labels',
  'limit',
  'name',
  'partial_response_strategy',
  'query_offset',
  'rules',
];

const RULE: readonly string[] = [
  'alert',
  'annotations',
  'expr',
  'for',
  'keep_firing_for',
  'labels',
  'record',
];

// Those that the policies read.
const READ_ADDRESSES = Object.entries(RECEIVERS).flatMap(([kind, fields]) =>
  fields.map((field) => `${kind}.${field}`),
);

// A name of a Secret, and in one case of a link in a message, which is not asked.
const ADDRESSES_IN_SECRETS: readonly string[] = [
  'discordConfigs.apiURL',
  'msteamsConfigs.webhookUrl',
  'msteamsv2Configs.webhookURL',
  'pushoverConfigs.url',
  'slackConfigs.apiURL',
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

  // The oldest operator knows some of them alone.
  const expectKnown = (fields: readonly string[], known: readonly string[]): void => {
    expect(fields.length).toBeGreaterThan(1);
    const expected = AT_FLOOR ? known.filter((it) => fields.includes(it)) : known;
    expect(fields).toEqual(expected.toSorted());
  };

  it('are all known of ServiceMonitors', () => {
    const own = ['endpoints', 'serviceDiscoveryRole', 'targetLabels'];
    expectKnown(fieldsOf('servicemonitors'), [...MONITOR, ...own]);
    const endpoint = fieldsOf('servicemonitors', 'endpoints', 'items', 'properties');
    expectKnown(endpoint, [...ENDPOINT, 'bearerTokenFile']);
  });

  it('are all known of PodMonitors', () => {
    expectKnown(fieldsOf('podmonitors'), [...MONITOR, 'podMetricsEndpoints']);
    const endpoint = fieldsOf('podmonitors', 'podMetricsEndpoints', 'items', 'properties');
    expectKnown(endpoint, [...ENDPOINT, 'portNumber']);
  });

  it('are all known of Probes', () => {
    expectKnown(fieldsOf('probes'), PROBE);
    expect(fieldsOf('probes', 'prober', 'properties')).toEqual(PROBER);
    expect(fieldsOf('probes', 'targets', 'properties')).toEqual(['ingress', 'staticConfig']);
  });

  it('are all known of PrometheusRules', () => {
    const group = ['groups', 'items', 'properties'];
    expect(fieldsOf('prometheusrules', ...group)).toEqual(RULE_GROUP);
    expect(fieldsOf('prometheusrules', ...group, 'rules', 'items', 'properties')).toEqual(RULE);
  });

  it('hold no kind of receiver that is not known', () => {
    const receivers = fieldsOf('alertmanagerconfigs', 'receivers', 'items', 'properties');
    const known = [...Object.keys(RECEIVERS), 'emailConfigs', 'name'];
    expect(receivers).toEqual(known.toSorted());
  });

  it('hold no address of receivers that is not known', () => {
    const addresses = Object.keys(RECEIVERS).flatMap((kind) =>
      fieldsOf(
        'alertmanagerconfigs',
        'receivers',
        'items',
        'properties',
        kind,
        'items',
        'properties',
      )
        .filter((field) => /^(?:url|.*webhookurl|apiurl)$/i.test(field))
        .map((field) => `${kind}.${field}`),
    );
    expect(addresses).toEqual(expect.arrayContaining(READ_ADDRESSES));
    expect(addresses.filter((it) => !READ_ADDRESSES.includes(it))).toEqual(ADDRESSES_IN_SECRETS);
  });

  it('hold no discovery of ScrapeConfigs that is not refused', () => {
    const discoveries = fieldsOf('scrapeconfigs').filter((it) => it.endsWith('Configs'));
    expect(discoveries).toEqual(['kubernetesSDConfigs', ...OTHER_DISCOVERIES].toSorted());
  });

  it('still hold nothing by which a ScrapeConfig could follow no redirects', () => {
    expect(fieldsOf('scrapeconfigs')).not.toContain('followRedirects');
  });
});
