import { describe, expect, it } from '@jest/globals';
import { judgeMessage, MAX_SHOWN_MESSAGE } from '../../frontend/http/engine-messages.ts';

describe('judgeMessage', () => {
  it.each([
    'invalid parameter "step": zero or negative query resolution step widths are not accepted',
    'invalid parameter "query": 1:4: parse error: unexpected end of input',
    'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
    'query processing would load too many samples into memory in query execution',
    'query timed out in expression evaluation',
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    'vector cannot contain metrics with the same labelset',
    'found duplicate series for the match group {job="a"} on the right hand-side of the operation: [{job="a"}];many-to-many matching not allowed: matching labels must be unique on one side',
    'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    'invalid regular expression in label_replace(): (',
    'invalid destination label name in label_join(): 1a',
    'invalid label name "a-b" in count_values',
    'Scalar value 1e+100 overflows int64',
    'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
  ])('shows %j', (message) => {
    expect(judgeMessage(message)).toBe('shown');
  });

  it.each([
    'expanding series: proxy Series(): rpc error: code = Aborted desc = receive series from Addr: 10.0.0.1:10901 LabelSets: {namespace="b"}',
    'invalid parameter "query": proxy Series(): down',
    'query timed out in rpc error',
    'fetch series for {} Addr: thanos-store-0:10901',
  ])('takes %j for a part that is down', (message) => {
    expect(judgeMessage(message)).toBe('unavailable');
  });

  it.each([
    '',
    'open /prometheus/chunks_head: no such file or directory',
    'no store matched for this query',
    'x query timed out in query execution',
    'query timed out in http://10.0.0.1:9090',
    'vector cannot contain metrics with the same labelset: {namespace="b"}',
    'Invalid parameter "step": x',
    'invalid parameter "a b": x',
    `invalid parameter "query": ${'x'.repeat(MAX_SHOWN_MESSAGE)}`,
  ])('hides %j', (message) => {
    expect(judgeMessage(message)).toBe('hidden');
  });
});
