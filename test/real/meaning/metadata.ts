import type { Question } from './answer.ts';
import { CLASSIC_START, NATIVE } from './eras.ts';

const SELECTORS: readonly (readonly string[])[] = [
  [],
  ['memory_bytes'],
  ['{job="shop"}', 'quota'],
  ['{__name__=~"memory_.*|pod_info"}'],
  ['{"http.server.requests_total"}', 'sessions', 'no_such_metric'],
  ['{namespace="team-b"}'],
  ['{namespace!="team-a"}', 'quota{namespace=~"team-.*"}'],
  ['quota{namespace=""}', '{namespace!~"team-b",pod="web-0"}'],
  ['{namespace=~".+"}'],
  ['memory_bytes{', 'quota'],
  ['{image!=""}'],
  ['private_1', 'private_0'],
];

const LABELS = [
  'namespace',
  'pod',
  '__name__',
  'version',
  'no_such_label',
  'service.name',
  'größe',
];
const ESCAPED_LABELS = ['U__service_2e_name', 'U__gr_f6__df_e'];

/** The questions that list series, label names and label values, some of them by POST. */
export function metadataQuestions(): readonly Question[] {
  const times = [
    ['start', String(CLASSIC_START)],
    ['end', String(NATIVE.end)],
  ] as const;
  const labels = [...LABELS.map((label) => encodeURIComponent(label)), ...ESCAPED_LABELS];
  const paths = ['/api/v1/labels', ...labels.map((label) => `/api/v1/label/${label}/values`)];
  return SELECTORS.flatMap((selectors, index) => {
    const parameters = [...selectors.map((it) => ['match[]', it] as const), ...times];
    // Label values take no form, and a server lists no series without a selector.
    const series = selectors.length === 0 ? [] : ['/api/v1/series'];
    return [...series, ...paths].map((path) => ({
      path,
      parameters,
      method: methodOf(path, index),
    }));
  });
}

function methodOf(path: string, index: number): 'get' | 'form' | 'emptyPost' {
  if (index % 2 === 0) return 'get';
  return path.endsWith('/values') ? 'emptyPost' : 'form';
}
