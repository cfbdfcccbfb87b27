import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import type { TenantEntry } from '../../charts/tenants.ts';
import { QUOTA_FIELDS } from '../../charts/tenant-fields.ts';
import { describeTenantsProblem, parseTenants, TENANT_FIELDS } from '../../charts/tenants-file.ts';
import { PLACEHOLDER } from '../lib/support/manifests.ts';

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

  it('says of each tenant what the list in code can say', () => {
    const entry: Required<TenantEntry> = {
      namespace: 'team-a',
      readerGroups: ['readers'],
      silencerGroups: ['on-call'],
      writerGroups: ['writers'],
      ruleEditorGroups: ['editors'],
      token: 'renewed',
      grafana: { organisation: 7 },
      quota: {
        monitors: 5,
        rules: 0,
        hard: { 'requests.cpu': '10', 'requests.memory': '20Gi' },
        containerDefaults: { cpu: '100m', memory: '128Mi', memoryLimit: '1Gi' },
      },
      samples: true,
    };
    expect(parseTenants(JSON.stringify([entry]))).toEqual({ ok: true, tenants: [entry] });
    const quota = '- namespace: a\n  grafana: none\n  quota: {hard: {requests.cpu: 10}}\n';
    expect(parseTenants(quota)).toEqual({
      ok: true,
      tenants: [{ namespace: 'a', grafana: 'none', quota: { hard: { 'requests.cpu': '10' } } }],
    });
  });

  it('is what the README shows', () => {
    const [, yaml = ''] = /```yaml\n(- namespace: team-a\n.*?)```/s.exec(
      readFileSync('README.md', 'utf8'),
    ) ?? [''];
    const read = (text: string): readonly TenantEntry[] => {
      const parsed = parseTenants(text);
      return parsed.ok ? parsed.tenants : [];
    };
    const app = new TenancyApp({ runtime: PLACEHOLDER, tenants: read(yaml) });
    expect(app.tenants).toHaveLength(1);
    const [shown] = read(yaml.replace('# silencerGroups', 'silencerGroups'));
    expect(Object.keys(shown ?? {})).toEqual(TENANT_FIELDS);
    expect(Object.keys(shown?.quota ?? {})).toEqual(QUOTA_FIELDS);
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
      '- namespace: a\n  writerGroups: [""]\n',
      ['2:17: [0].writerGroups: must be a list of names of groups'],
    ],
    [
      '- namespace: a\n  ruleEditorGroups:\n',
      ['2:20: [0].ruleEditorGroups: must be a list of names of groups'],
    ],
    [
      '- namespace: a\n  token: forever\n',
      ['2:10: [0].token: must be one of legacySecret, renewed, none'],
    ],
    [
      '- namespace: a\n  grafana: shared\n',
      [
        '2:12: [0].grafana: must be one of ownInstance, forwardedOAuth, none, or {organisation: NUMBER}',
      ],
    ],
    [
      '- namespace: a\n  grafana: {organisation: 1}\n',
      ['2:12: [0].grafana.organisation: must be a whole number from 2 on'],
    ],
    [
      '- namespace: a\n  grafana: {organisation: 2, org: 2}\n',
      ['2:35: [0].grafana.org: is no field of it'],
    ],
    ['- namespace: a\n  samples: yes\n', ['2:12: [0].samples: must be true or false']],
    [
      '- namespace: a\n  quota: 5\n',
      ['2:10: [0].quota: must be a map of monitors, rules, hard, containerDefaults'],
    ],
    [
      '- namespace: a\n  quota:\n    monitors: -1\n    rules: 1.5\n    cpu: 1\n    hard: {pods: [1]}\n',
      [
        '5:10: [0].quota.cpu: is no field of it',
        '3:15: [0].quota.monitors: must be a whole number from 0 on',
        '4:12: [0].quota.rules: must be a whole number from 0 on',
        "6:18: [0].quota.hard.pods: must be a quantity, such as '10' or 20Gi",
      ],
    ],
    [
      '- namespace: a\n  quota:\n    hard: {requests.cpu: yes, pods: -1, a: 10 Gi, b: .inf, c: }\n',
      [
        "3:26: [0].quota.hard.requests.cpu: must be a quantity, such as '10' or 20Gi",
        "3:37: [0].quota.hard.pods: must be a quantity, such as '10' or 20Gi",
        "3:44: [0].quota.hard.a: must be a quantity, such as '10' or 20Gi",
        "3:54: [0].quota.hard.b: must be a quantity, such as '10' or 20Gi",
        "3:63: [0].quota.hard.c: must be a quantity, such as '10' or 20Gi",
      ],
    ],
    [
      '- namespace: a\n  quota:\n    containerDefaults: {cpu: 0, memory: 1G, cpus: 1}\n',
      [
        '3:51: [0].quota.containerDefaults.cpus: is no field of it',
        '3:30: [0].quota.containerDefaults.cpu: must be a quantity, such as 100m or 1',
        '3:41: [0].quota.containerDefaults.memory: must be a quantity, such as 128Mi',
        '3:24: [0].quota.containerDefaults.memoryLimit: must be a quantity, such as 1Gi',
      ],
    ],
    [
      '- namespace: a\n  quota: {containerDefaults: small}\n',
      ['2:30: [0].quota.containerDefaults: must be a map of cpu, memory, memoryLimit'],
    ],
    [
      '- namespace: a\n  silencerGroups: all\n',
      ['2:19: [0].silencerGroups: must be a list of names of groups'],
    ],
    [
      '- namespace: a\n  quota: {hard: many}\n',
      ['2:17: [0].quota.hard: must be a map of quantities by resource'],
    ],
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
