import { describe, expect, it } from '@jest/globals';
import { SILENT_OBSERVER } from '../../../frontend/access/access-observer.ts';
import { logOutages } from '../../../frontend/adapters/kubernetes/log-outages.ts';
import { Fault } from '../../../frontend/fault.ts';

describe('logOutages', () => {
  it('says once that reviews fail, and once that they work again', () => {
    const lines: string[] = [];
    const heard: string[] = [];
    const observer = logOutages(
      { ...SILENT_OBSERVER, reviewFinished: (_kind, outcome) => heard.push(outcome) },
      (level, event, fields) => lines.push([level, event, fields?.['code']].join(' ')),
    );
    const fail = (code: string): void => {
      observer.reviewFinished('token', 'fault', 1);
      observer.reviewFaulted('token', new Fault(code, 'x'));
    };
    observer.reviewFinished('token', 'rejected', 1);
    fail('api_server_timeout');
    fail('api_server_timeout');
    fail('api_server_unreachable');
    observer.reviewFinished('access', 'allowed', 1);
    observer.reviewFinished('access', 'allowed', 1);
    expect(lines).toEqual([
      'warn access_reviews_failing api_server_timeout',
      'warn access_reviews_failing api_server_unreachable',
      'info access_reviews_answered_again ',
    ]);
    expect(heard).toEqual(['rejected', 'fault', 'fault', 'fault', 'allowed', 'allowed']);
  });
});
