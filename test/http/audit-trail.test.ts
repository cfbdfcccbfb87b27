import { describe, expect, it } from '@jest/globals';
import { admitHead, admitRequest } from '../../frontend/http/admit.ts';
import { AuditTrail } from '../../frontend/http/audit-trail.ts';

type Line = readonly [string, string, Readonly<Record<string, unknown>> | undefined];

function close(trail: AuditTrail): Line {
  const lines: Line[] = [];
  trail.close((level, event, fields) => lines.push([level, event, fields]), {
    decision: 'answered',
    status: 200,
    durationMs: 5,
  });
  const [line, ...others] = lines;
  if (line === undefined || others.length > 0) throw new TypeError('expected one line');
  return line;
}

describe('AuditTrail', () => {
  it('writes who asked for what in one line', () => {
    const trail = new AuditTrail('id-1');
    trail.routed('query');
    const target = '/namespaces/a,b/api/v1/query?query=secret_metric';
    const rawHeaders = ['Host', 'h', 'Authorization', 'Bearer hush'];
    const head = admitHead({ httpVersion: '1.1', method: 'GET', target, rawHeaders });
    const request = head.ok ? admitRequest(head.value, '', { tenants: 9 }) : head;
    if (!request.ok) throw new TypeError(request.rejection.code);
    trail.admitted(request.value);
    const extra = { 'authentication.kubernetes.io/credential-id': ['JTI=1'] };
    const identity = { username: 'jane\r\n', uid: 'u1', groups: ['g'], extra };
    trail.identified({ identity, source: 'live' });
    const line = close(trail);
    expect(line).toEqual([
      'info',
      'decision',
      {
        requestId: 'id-1',
        route: 'query',
        user: 'jane\r\n',
        uid: 'u1',
        credentialId: 'JTI=1',
        identitySource: 'live',
        tenants: 'a,b',
        accessSource: undefined,
        queryHash: expect.stringMatching(/^[0-9a-f]{16}$/),
        decision: 'answered',
        status: 200,
        durationMs: 5,
      },
    ]);
    expect(JSON.stringify(line)).not.toMatch(/hush|secret_metric/);
  });

  it('says that nothing is known where nothing was', () => {
    const [, , fields] = close(new AuditTrail('id-1'));
    expect(fields).toMatchObject({ route: 'none', tenants: '', user: undefined });
  });

  it('cuts long names short', () => {
    const trail = new AuditTrail('id-1');
    const username = 'x'.repeat(5_000);
    trail.identified({
      identity: { username, uid: '', groups: [], extra: {} },
      source: 'cache',
    });
    const [, , fields] = close(trail);
    expect(fields?.['user']).toHaveLength(1_000);
  });
});
