import { describe, expect, it } from '@jest/globals';
import { readSubject } from '../../frontend/access/certificate-subject.ts';

function read(
  commonNames: readonly string[],
  organizations: readonly string[] = [],
  allowSystemNames = false,
): unknown {
  const subject = { commonNames, organizations, fingerprint: '' };
  const names = readSubject(subject, { allowSystemNames });
  return names.ok ? [names.value.user, ...names.value.groups] : names.rejection;
}

function refused(problem: string): object {
  return { code: 'certificate_rejected', problem };
}

describe('the subject of a certificate', () => {
  it('names a user and groups, as they are written', () => {
    expect(read(['jane'])).toEqual(['jane']);
    const names = ['a,b=c+d;"e"\\', 'O=x/CN=y', 'with blanks', 'größe', '東京', 'System:x'];
    expect(read(['jane'], names)).toEqual(['jane', ...names]);
    expect(read(['x'.repeat(512)])).toEqual(['x'.repeat(512)]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['no common name', [], ['a']],
    ['two common names', ['a', 'b'], []],
    ['two equal common names', ['a', 'a'], []],
    ['an empty common name', [''], []],
    ['an empty organization', ['a'], ['b', '']],
    ['blanks around a name', ['a'], [' b']],
    ['a NUL', ['a\0'], []],
    ['a line break', ['a\nb'], []],
    ['a mark that turns the direction of reading', ['a\u202eb'], []],
    ['a blank of no width', ['a\u200b'], []],
    ['half a surrogate pair', ['a\ud800'], []],
    ['what could not be decoded', ['a\ufffd'], []],
    ['a name that is too long', ['a'], ['x'.repeat(513)]],
    ['too many groups', ['a'], Array.from({ length: 201 }, (_, at) => `g${at}`)],
  ])('is refused with %s', (_what, commonNames, organizations) => {
    expect(read(commonNames, organizations)).toEqual(refused('name_malformed'));
  });

  it('has names of the cluster only where that is allowed', () => {
    for (const [user, group] of [
      ['system:admin', 'a'],
      ['a', 'system:masters'],
      ['system:', 'a'],
    ] as const) {
      expect(read([user], [group])).toEqual(refused('system_name'));
      expect(read([user], [group], true)).toEqual([user, group]);
    }
  });
});
