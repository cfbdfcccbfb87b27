import type { Manifest } from '../../harness/cluster-objects.ts';
import { accepted, type AdmissionCase, monitoring, refused } from '../admission-case.ts';

const routed = (route: Manifest): Manifest =>
  monitoring(
    'AlertmanagerConfig',
    { route: { receiver: 'r', ...route }, receivers: [{ name: 'r' }] },
    'v1alpha1',
  );

const nested = (levels: number): Manifest =>
  levels === 0 ? { receiver: 'r' } : { receiver: 'r', routes: [nested(levels - 1)] };

const inhibiting = (rule: Manifest): Manifest =>
  monitoring(
    'AlertmanagerConfig',
    { route: { receiver: 'r' }, receivers: [{ name: 'r' }], inhibitRules: [rule] },
    'v1alpha1',
  );

const timed = (muteTimeIntervals: readonly Manifest[]): Manifest =>
  monitoring(
    'AlertmanagerConfig',
    { route: { receiver: 'r' }, receivers: [{ name: 'r' }], muteTimeIntervals },
    'v1alpha1',
  );

const TIMES = [{ years: ['2030'] }];

const muted = (names: readonly string[]): Manifest =>
  timed(names.map((name) => ({ name, timeIntervals: TIMES })));

/** Values of matchers by regular expressions, as they are usual. */
const PLAIN = [
  'warning|critical',
  'Kube(Pod|Job).*',
  '(?i)(?:web|api)-[0-9]+',
  String.raw`.+\.example\.com(?::\d+)?`,
  'https?://[a-z0-9.-]+/.*',
  '^[^a-z]+?$',
  '',
];

/** Values that Alertmanager takes for no regular expression, or that could be one. */
const NOT_PLAIN = [
  '(',
  'a)',
  '[a',
  '*',
  'a**',
  'a|*',
  '[z-a]',
  '(?P<a',
  'a{2',
  'a{9999}',
  '\\',
  String.raw`\C[`,
];

/** What is said of routes of AlertmanagerConfigs, and of alerts that silence others. */
export const ROUTE_CASES: readonly AdmissionCase[] = [
  ...accepted({
    'an AlertmanagerConfig with intervals': routed({
      groupWait: '1s',
      groupInterval: '10s',
      repeatInterval: '1h30m',
      routes: [
        {
          receiver: 'r',
          repeatInterval: '4h',
          groupWait: '86400s',
          matchers: [{ name: 'groupInterval', value: '1ms' }],
        },
      ],
    }),
    'an AlertmanagerConfig with intervals as they are printed': routed({
      groupWait: '90000ms',
      groupInterval: '0h1m30s',
      repeatInterval: '4h0m0s',
      routes: ['12h0m', '14400s', '1d0h', '0m10s', '52w', '0d04h'].map((repeatInterval) => ({
        receiver: 'r',
        groupWait: '0s',
        repeatInterval,
      })),
    }),
    'an AlertmanagerConfig of regular expressions': routed({
      matchers: PLAIN.map((value) => ({ name: 'a', value, matchType: '=~' })),
      routes: [
        { receiver: 'r', matchers: PLAIN.map((value) => ({ name: 'a', value, matchType: '!~' })) },
        { receiver: 'r', matchers: PLAIN.map((value) => ({ name: 'a', value, regex: true })) },
        { receiver: 'r', matchers: [{ name: 'a', value: '(', matchType: '=', regex: true }] },
        { receiver: 'r', matchers: [{ name: 'a', value: '(', regex: false }, { name: 'b' }] },
      ],
    }),
    'an AlertmanagerConfig of alerts that silence others by regular expressions': inhibiting({
      sourceMatch: [{ name: 'alertname', value: 'Kube(Node|Pod).+', matchType: '=~' }],
      targetMatch: [{ name: 'severity', value: 'warning|info', regex: true }],
    }),
    'an AlertmanagerConfig of periods of time': muted(['night', 'weekend']),
    'an AlertmanagerConfig of as many routes as fit': routed({
      routes: Array.from({ length: 270 }, () => ({
        receiver: 'r',
        groupInterval: '1m30s',
        matchers: [{ name: 'team', value: '(a|b).+', matchType: '=~' }],
      })),
    }),
    'an AlertmanagerConfig of many labels': routed({
      groupBy: ['alertname', 'job'],
      matchers: [{ name: 'severity', value: 'warning|critical', matchType: '=~' }],
      routes: [
        { receiver: 'r', groupBy: ['...'], matchers: [{ name: 'team', value: '"name":""' }] },
        { receiver: 'r', groupBy: [], matchers: [{ name: '_x', value: '', matchType: '!=' }] },
      ],
    }),
    'an AlertmanagerConfig of alerts that silence others': inhibiting({
      sourceMatch: [{ name: 'severity', value: 'critical', matchType: '=' }],
      targetMatch: [{ name: 'severity', value: 'warning', matchType: '=' }],
      equal: ['alertname', 'pod'],
    }),
    'an AlertmanagerConfig of routes below routes': routed({ routes: [nested(20)] }),
    'an AlertmanagerConfig of many routes': routed({
      routes: Array.from({ length: 200 }, () => ({ receiver: 'r' })),
    }),
  }),
  ...refused('alertLabel', {
    'a route below by a label of no name': routed({
      routes: [{ receiver: 'r', matchers: [{ name: '', value: 'x' }] }],
    }),
    'a route by a label that is none': routed({ matchers: [{ name: 'a=', value: 'x' }] }),
    'a route that groups by a label of no name': routed({ groupBy: ['job', ''] }),
    'a route below by a label that is none': routed({
      routes: [{ receiver: 'r', matchers: [{ name: '"', value: 'x', matchType: '=' }] }],
    }),
    'a route below in other letters by a label that is none': routed({
      routes: [{ receiver: 'r', Routes: [{ receiver: 'r', matchers: [{ Name: '~' }] }] }],
    }),
    'a route below that groups by what is no label': routed({
      routes: [{ receiver: 'r', groupBy: ['{{'] }],
    }),
    'a route below by a comparison that is none': routed({
      routes: [{ receiver: 'r', matchers: [{ name: 'a', value: 'x', matchType: '<' }] }],
    }),
    'a route below by a label of no name at all': routed({
      routes: [{ receiver: 'r', matchers: [{ value: 'x' }] }],
    }),
    'a route below by nothing': routed({ routes: [{ receiver: 'r', matchers: [{}] }] }),
    'a route below by null': routed({ routes: [{ receiver: 'r', matchers: [null] }] }),
    'a route below by a label that is null': routed({
      routes: [{ receiver: 'r', matchers: [{ name: 'a', value: 'x' }, { name: null }] }],
    }),
    'a route below whose matchers are written in other letters': routed({
      routes: [{ receiver: 'r', Matchers: [{ value: 'x' }] }],
    }),
    'a route below whose matchers are written in letters that are read alike': routed({
      routes: [{ receiver: 'r', 'matcher\u017f': [{ value: 'x' }] }],
    }),
    'alerts that silence others by a label that is none': inhibiting({
      sourceMatch: [{ name: '=', value: 'x' }],
    }),
    'alerts that are silenced by a label that is none': inhibiting({
      targetMatch: [{ name: 'a b', value: 'x' }],
    }),
    'alerts that are alike in what is no label': inhibiting({ equal: [''] }),
  }),
  ...refused('routeDepth', {
    'routes below routes, a hundred deep': routed({ routes: [nested(100)] }),
  }),
  ...refused('routeInterval', {
    'a route that repeats each millisecond': routed({ repeatInterval: '1ms' }),
    'a route that groups each second': routed({ groupInterval: '1s' }),
    'a route below that groups each millisecond': routed({
      routes: [{ receiver: 'r', groupInterval: '1ms' }],
    }),
    'a route below in other letters, which the operator reads alike': routed({
      routes: [{ receiver: 'r', routes: [{ receiver: 'r', GroupInterval: '1ms' }] }],
    }),
    'a route that waits for more years than can be counted': routed({ groupWait: '300y' }),
    'a route below that waits for more days than can be counted': routed({
      routes: [{ receiver: 'r', groupWait: '99999999999d' }],
    }),
    'a route below that groups by a time out of order': routed({
      routes: [{ receiver: 'r', groupInterval: '1m1h' }],
    }),
    'a route below that waits twice for ages': routed({
      routes: [{ receiver: 'r', groupWait: '9999w9999w' }],
    }),
    'a route that repeats after no hours': routed({ repeatInterval: '0h0m9s' }),
    'a route that hides milliseconds behind no minutes': routed({ groupInterval: '0m1ms' }),
  }),
  ...refused('matcherRegex', {
    ...Object.fromEntries(
      NOT_PLAIN.map((value) => [
        `a route below by the expression ${value}`,
        routed({ routes: [{ receiver: 'r', matchers: [{ name: 'a', value, matchType: '=~' }] }] }),
      ]),
    ),
    'a route by what is no regular expression': routed({
      matchers: [{ name: 'a', value: '(', matchType: '!~' }],
    }),
    'a route below by what is no regular expression, in the old words': routed({
      routes: [{ receiver: 'r', matchers: [{ name: 'a', value: '(', regex: true }] }],
    }),
    'alerts that silence others by what is no regular expression': inhibiting({
      sourceMatch: [{ name: 'a', value: '(', matchType: '=~' }],
    }),
    'alerts that are silenced by what is no regular expression': inhibiting({
      targetMatch: [{ name: 'a', value: '[', regex: true }],
    }),
  }),
  ...refused('timePeriod', {
    'a period of no times': timed([{ name: 'night' }]),
    'a period of time of no name': timed([{ name: '', timeIntervals: TIMES }]),
    'two periods of time of one name': muted(['night', 'weekend', 'night']),
    'hundreds of periods of time': muted(Array.from({ length: 200 }, (_, index) => `p${index}`)),
  }),
];
