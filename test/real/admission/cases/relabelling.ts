import type { Manifest } from '../../harness/cluster-objects.ts';
import {
  accepted,
  type AdmissionCase,
  podMonitor,
  refused,
  serviceMonitor,
} from '../admission-case.ts';

const before = (relabeling: Manifest): Manifest =>
  serviceMonitor({ relabelings: [{ action: 'keep', regex: 'x' }, relabeling] });
const after = (relabeling: Manifest): Manifest =>
  serviceMonitor({ metricRelabelings: [relabeling] });
const ofPods = (relabeling: Manifest): Manifest => podMonitor({ relabelings: [relabeling] });

const write = (targetLabel: string, more: Manifest = {}): Manifest => ({
  targetLabel,
  replacement: 'x',
  ...more,
});
const map = (replacement?: string): Manifest => ({
  action: 'labelmap',
  regex: '__meta_kubernetes_pod_label_(.+)',
  ...(replacement === undefined ? {} : { replacement }),
});

/** The labels that steer a scrape of the pinned Prometheus, each written by a relabelling. */
export const STEERING_LABELS: readonly string[] = [
  '__address__',
  '__scheme__',
  '__metrics_path__',
  '__scrape_interval__',
  '__scrape_timeout__',
  '__unix_socket__',
  '__param_target',
  '__name__',
  '__type__',
  '__unit__',
  '__convert_classic_histograms_to_nhcb__',
  '__always_scrape_classic_histograms__',
  '__scrape_native_histograms__',
  '__alerts_path__',
  '__meta_kubernetes_namespace',
];

/** What is said of relabelling. */
export const RELABELLING_CASES: readonly AdmissionCase[] = [
  ...accepted({
    'a relabelling to an ordinary label': before(write('team')),
    'a relabelling to a scratch label': before(write('__tmp_port')),
    'a relabelling of a PodMonitor': ofPods(write('node')),
    'a metric relabelling to an ordinary label': after(write('le')),
    'a drop of metrics': after({ action: 'Drop', sourceLabels: ['__name__'], regex: 'go_.*' }),
    'a regular expression of an address': before(
      write('x', { sourceLabels: ['a'], regex: '([0-9]{1,3}[.]){3}[0-9]{1,3}' }),
    ),
    'a hashmod to a scratch label': before({
      action: 'hashmod',
      sourceLabels: ['__address__'],
      modulus: 2,
      targetLabel: '__tmp_hash',
    }),
    'a comparison with a label that it only reads': before({
      action: 'keepequal',
      sourceLabels: ['__meta_kubernetes_pod_annotation_port'],
      targetLabel: '__meta_kubernetes_pod_container_port_number',
    }),
    'a labelmap with a prefix': before(map('pod_label_$1')),
    'a labelmap with a prefix, in braces': before(map('pod_label_${1}')),
    'a labelmap to scratch labels': before(map('__tmp_$1')),
    'a labeldrop of other labels': after({ action: 'labeldrop', regex: 'pod|instance' }),
    'a labelkeep that keeps the tenant': after({ action: 'labelkeep', regex: '.+' }),
  }),
  ...refused(
    'relabelTarget',
    Object.fromEntries([
      ...STEERING_LABELS.map((label) => [`a relabelling to ${label}`, before(write(label))]),
      ...STEERING_LABELS.map((label) => [`a metric relabelling to ${label}`, after(write(label))]),
    ]),
  ),
  ...refused('relabelTarget', {
    'a relabelling to the tenant': before(write('namespace')),
    'a relabelling to the job': before(write('job')),
    'a metric relabelling to the tenant': after(write('namespace')),
    'a metric relabelling to the job': after(write('job')),
    'a relabelling of a PodMonitor to an address': ofPods(write('__address__')),
    'a relabelling to what a regular expression finds': before(
      write('$1', { sourceLabels: ['x'], regex: '(.+)' }),
    ),
    'a relabelling to a part of what it finds': before(write('a${1}')),
    'an uppercase to an address': before(write('__address__', { action: 'uppercase' })),
    'a Lowercase to an address': before(write('__address__', { action: 'Lowercase' })),
    'a HashMod to an address': before(write('__address__', { action: 'HashMod', modulus: 1 })),
    'a Replace to an address': before(write('__address__', { action: 'Replace' })),
    'a relabelling to a label of two lines': before(write('a\n__address__')),
    'a relabelling to a name of other letters': before(write('é')),
    'a relabelling to an underscore': before(write('_')),
    'a relabelling to a name that only begins like a scratch label': before(write('__tmpx')),
  }),
  ...refused('relabelMap', {
    'a labelmap without a replacement': before(map()),
    'a LabelMap without a replacement': before({ ...map(), action: 'LabelMap' }),
    'a labelmap to what it finds': before(map('$1')),
    'a labelmap to an address': before(map('__address__')),
    'a labelmap to the tenant': before(map('namespace')),
    'a labelmap to a beginning of the tenant': before(map('name$1')),
    'a labelmap to a beginning of the job': before(map('j${1}')),
    'a labelmap that puts what it finds in front': before(map('$1_x')),
    'a labelmap of metrics to what it finds': after({ action: 'labelmap', regex: 'exported_(.+)' }),
    'a labelmap of a PodMonitor': ofPods(map()),
  }),
  ...refused('relabelDrop', {
    'a labeldrop of the tenant': before({ action: 'labeldrop', regex: 'namespace' }),
    'a labeldrop of everything': after({ action: 'labeldrop' }),
    'a LabelDrop by a pattern': after({ action: 'LabelDrop', regex: 'n.*' }),
    'a labeldrop by an alternative': after({ action: 'labeldrop', regex: 'a|namespace' }),
    // A target without a job leaves the job to its series.
    'a labeldrop of the job': before({ action: 'labeldrop', regex: 'job' }),
    'a labeldrop of the job by a pattern': ofPods({ action: 'labeldrop', regex: '[i-k]o.' }),
  }),
  // An expression that fails refuses as well, with the words of the API server.
  ...refused('error parsing regexp', {
    'a labeldrop whose regular expression is none': after({ action: 'labeldrop', regex: '(' }),
  }),
  ...refused('relabelKeep', {
    'a labelkeep without the tenant': after({ action: 'labelkeep', regex: 'job|instance' }),
    'a labelkeep without the job': before({ action: 'labelkeep', regex: 'namespace|__.*' }),
  }),
  ...refused('relabelSource', {
    'a relabelling of a label without a name': before(write('x', { sourceLabels: [''] })),
    'a drop by a label without a name': after({ action: 'drop', sourceLabels: ['a', ''] }),
  }),
  ...refused('relabelRegex', {
    'a regular expression of 600 characters': before(
      write('x', { sourceLabels: ['a'], regex: 'a'.repeat(600) }),
    ),
    'a group that is repeated a thousand times': ofPods(
      write('x', { sourceLabels: ['a'], regex: `(?:${'a'.repeat(400)}){1000}` }),
    ),
    'a repetition of repetitions': after({
      action: 'drop',
      sourceLabels: ['a'],
      regex: `((${'a'.repeat(400)}){9}){99}`,
    }),
    'a labeldrop by a regular expression too long to try': after({
      action: 'labeldrop',
      regex: `x{${'9'.repeat(600)}}`,
    }),
    'many repetitions': after({
      action: 'keep',
      sourceLabels: ['a'],
      regex: 'a{99}'.repeat(9),
    }),
  }),
];
