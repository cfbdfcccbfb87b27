import { describe, expect, it } from '@jest/globals';
import { readDocComment } from '../../docs/reading/doc-comment.ts';
import { readInterface } from '../../docs/reading/interfaces.ts';

const SOURCE = `
/** Settings. */
export interface CacheProps extends Base, Other {
  /** The name. See {@link Cache}. */
  readonly name: string;
  /**
   * What it holds,
   * in items.
   *
   * More are thrown out.
   * @default - as many as
   *   fit
   */
  readonly items?: number;
  /** @default 'a;b' */
  readonly mode?:
    | {
        /** One; or another. */
        readonly kind: 'one;';
      }
    | { readonly kind: 'two'; readonly of: Map<string, () => void> };
}

interface Base {
  /** @default false */
  readonly isOn?: boolean;
}
`;

function member(text: string): string {
  return `export interface Props {\n${text}\n}\n`;
}

describe('readInterface', () => {
  it('reads names, types, defaults and comments', () => {
    expect(readInterface(SOURCE, 'CacheProps')).toEqual({
      name: 'CacheProps',
      bases: ['Base', 'Other'],
      settings: [
        {
          name: 'name',
          isOptional: false,
          type: 'string',
          fallback: undefined,
          description: 'The name. See `Cache`.',
        },
        {
          name: 'items',
          isOptional: true,
          type: 'number',
          fallback: '- as many as fit',
          description: 'What it holds, in items.\n\nMore are thrown out.',
        },
        {
          name: 'mode',
          isOptional: true,
          type: "{ readonly kind: 'one;' } | { readonly kind: 'two'; readonly of: Map<string, () => void> }",
          fallback: "'a;b'",
          description: '',
        },
      ],
    });
  });

  it('reads an interface that nobody exports, and none that is not there', () => {
    expect(readInterface(SOURCE, 'Base')?.settings.map(({ name }) => name)).toEqual(['isOn']);
    expect(readInterface(SOURCE, 'Cache')).toBeUndefined();
    expect(readInterface('export interface Empty {\n}\n', 'Empty')?.settings).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['a method', member('  /** Does. */\n  run(): void;'), 'no readonly property: /** Does'],
    [
      'an index',
      member('  /** Any. */\n  readonly [key: string]: string;'),
      'no readonly property',
    ],
    ['what can be changed', member('  /** It. */\n  it: string;'), 'no readonly property'],
    [
      'a comment of another kind',
      member('  // It.\n  readonly it: string;'),
      'no readonly property',
    ],
    ['no comment', member('  readonly it: string;'), 'Props.it has no comment'],
    [
      'no default',
      member('  /** It. */\n  readonly it?: string;'),
      'optional and says no @default',
    ],
    [
      'a default that is never taken',
      member('  /** @default 1 */\n  readonly it: number;'),
      'Props.it needs no @default',
    ],
    ['a tag', member('  /** @deprecated */\n  readonly it: string;'), 'has the tag @deprecated'],
    ['a type without an end', member('  /** It. */\n  readonly it: {'), 'Props.it has no end'],
    ['a generic', 'export interface Props<T> {\n}\n', 'generic'],
    ['a generic base', "export interface Props extends Omit<A, 'b'> {\n}\n", 'generic'],
  ])('refuses %s', (_what, source, message) => {
    expect(() => readInterface(source, 'Props')).toThrow(message);
    expect(() => readInterface(source, 'Props')).toThrow(SyntaxError);
  });
});

describe('readDocComment', () => {
  it('leaves out what is thrown, and keeps paragraphs', () => {
    expect(
      readDocComment('/**\n * One\n * sentence.\n *\n * Two.\n *\n * @throws {Error} If.\n */'),
    ).toEqual({ text: 'One sentence.\n\nTwo.', fallback: undefined });
  });

  it('refuses two defaults', () => {
    expect(() => readDocComment('/**\n * @default 1\n * @default 2\n */')).toThrow('two tags');
  });
});
