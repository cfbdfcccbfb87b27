import { describe, expect, it } from '@jest/globals';
import { MAX_TENANT_ID_LENGTH, parseTenantId } from '../../tenant/tenant-id.ts';

describe('parseTenantId', () => {
  it.each(['a', '0', 'team-a', 'a--b', '1st', 'x'.repeat(MAX_TENANT_ID_LENGTH)])(
    'takes %s',
    (text) => {
      expect(parseTenantId(text)).toBe(text);
    },
  );

  it.each([
    '',
    ' ',
    '*',
    '.*',
    'a|b',
    'a)|(b',
    '(?i)a',
    'Team',
    'team.a',
    'team_a',
    '-a',
    'a-',
    'a\n',
    '\na',
    'a b',
    'n\u0455', // a Cyrillic letter
    '\uff41', // a full-width letter
    'e\u0301', // a combining accent
    'a\0',
    'a/b',
    'x'.repeat(MAX_TENANT_ID_LENGTH + 1),
  ])('refuses %j', (text) => {
    expect(parseTenantId(text)).toBeUndefined();
  });
});
