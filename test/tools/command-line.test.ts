import { describe, expect, it } from '@jest/globals';
import { type CommandSpec, parseOptions, printHelp } from '../../frontend/command-line.ts';

const SPEC: CommandSpec = {
  name: 'paint',
  summary: 'paints',
  options: [
    { name: 'colour', value: 'NAME', isRequired: true, description: 'The colour.' },
    { name: 'wall', value: 'WALL', isRepeatable: true, description: 'A wall.' },
    { name: 'dry', description: 'Only pretend.' },
  ],
};

describe('parseOptions', () => {
  it.each<[readonly string[], Readonly<Record<string, readonly string[]>>]>([
    [['--colour', 'red'], { colour: ['red'] }],
    [['--colour=red', '--dry'], { colour: ['red'], dry: [] }],
    [['--wall', 'a', '--colour', '', '--wall', 'b'], { colour: [''], wall: ['a', 'b'] }],
  ])('reads %j', (args, expected) => {
    const parsed = parseOptions(SPEC, args);
    expect(parsed.ok && Object.fromEntries(parsed.value)).toEqual(expected);
  });

  it.each<[readonly string[], RegExp]>([
    [[], /^option --colour is missing$/],
    [['--colour'], /--colour/],
    [['--colour', '--dry'], /--colour/],
    [['--colour', 'red', '--colour', 'red'], /^option --colour was given more than once$/],
    [['--colour', 'red', '--dry', '--dry=x'], /--dry/],
    [['--colour', 'red', '--color', 'x'], /--color/],
    [['--colour', 'red', 'stray'], /stray/],
    [['--colour', 'red', '--__proto__', 'x'], /--__proto__/],
    [['--colour', 'red', '-c'], /-c/],
  ])('refuses %j', (args, message) => {
    const parsed = parseOptions(SPEC, args);
    expect(parsed.ok ? '' : parsed.rejection).toMatch(message);
  });
});

describe('printHelp', () => {
  it('shows every option', () => {
    expect(printHelp('house', SPEC)).toBe(
      [
        'house paint: paints',
        '',
        '  --colour NAME            The colour.',
        '  --wall WALL              A wall.',
        '  --dry                    Only pretend.',
        '',
      ].join('\n'),
    );
  });
});
