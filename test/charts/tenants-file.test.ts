import { describe, expect, it } from '@jest/globals';
import { describeTenantsProblem, parseTenants } from '../../charts/tenants-file.ts';

function problemsOf(text: string): string[] {
  const read = parseTenants(text);
  return read.ok ? [] : read.problems.map(describeTenantsProblem);
}

describe('a list of tenants', () => {
  const tenants = [{ namespace: 'team-a', readerGroups: ['a', 'b'] }, { namespace: 'team-b' }];

  it('is read from YAML', () => {
    const text =
      '# all of them\n- namespace: team-a\n  readerGroups: [a, b]\n- namespace: team-b\n';
    expect(parseTenants(text)).toEqual({ ok: true, tenants });
  });

  it('is read from JSON', () => {
    expect(parseTenants(JSON.stringify(tenants))).toEqual({ ok: true, tenants });
  });

  it('may be empty', () => {
    expect(parseTenants('[]')).toEqual({ ok: true, tenants: [] });
  });

  const name = 'must be the name of a namespace: a-z, 0-9 and -, at most 63';
  it.each<[string, readonly string[]]>([
    ['', ['1:1: must be a list of tenants']],
    ['tenants: []\n', ['1:1: must be a list of tenants']],
    ['- team-a\n', ['1:3: [0]: must be a tenant with a namespace']],
    ['- \n', ['1:3: [0]: must be a tenant with a namespace']],
    ['- {}\n', [`1:3: [0].namespace: ${name}`]],
    ['- namespace: 7\n', [`1:14: [0].namespace: ${name}`]],
    ['- namespace: team_a\n', [`1:14: [0].namespace: ${name}`]],
    [`- namespace: ${'a'.repeat(64)}\n`, [`1:14: [0].namespace: ${name}`]],
    [
      '- namespace: a\n  readerGroups: devs\n',
      ['2:17: [0].readerGroups: must be a list of names of groups'],
    ],
    [
      '- namespace: a\n  readerGroups: [devs, 1]\n',
      ['2:17: [0].readerGroups: must be a list of names of groups'],
    ],
    ['- namespace: a\n  readers: [b]\n', ['2:12: [0].readers: is no field of a tenant']],
    [
      '- namespace: a\n- namespace: b\n- namespace: a\n',
      ['3:3: [2].namespace: is the tenant of [0] again'],
    ],
    [
      '- namespace: A\n- namespace: B\n',
      [`1:14: [0].namespace: ${name}`, `2:14: [1].namespace: ${name}`],
    ],
  ])('is refused: %j', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it.each(['- namespace: a\n  namespace: b\n', '- {namespace: a\n', '- namespace: *a\n'])(
    'is refused where it is no YAML: %j',
    (text) => {
      expect(problemsOf(text)).toEqual([expect.stringMatching(/^\d:\d+: /)]);
    },
  );
});
