import type { ConfinedAnswer } from './confine.ts';

/** What the caller gets: a text of ours, or a confined answer of the upstream. */
export type Reply =
  | {
      readonly kind: 'text';
      readonly body: string;
      /** Headers beside, or instead of, those of every answer. @defaultValue none */
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'stream'; readonly answer: ConfinedAnswer };
