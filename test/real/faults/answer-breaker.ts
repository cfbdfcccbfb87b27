/** What becomes of an answer on its way. */
export type AnswerFault =
  /** Another status line, and further headers; the rest stays. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection ends behind this text, as at an end; without one before the first byte. */
  | { readonly kind: 'truncated'; readonly behind?: string }
  /** The connection is reset there. */
  | { readonly kind: 'reset'; readonly behind?: string }
  /** One byte of the body is another one, so that it is no JSON. */
  | { readonly kind: 'invalidJson' }
  /** Nothing of it arrives, and the connection stays open. */
  | { readonly kind: 'held' };

/** What goes on to the client for some bytes of an answer. */
export interface BrokenBytes {
  readonly send: Buffer;
  /** What becomes of the connection behind them. */
  readonly end?: 'close' | 'reset';
}

const NOTHING = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';

/** Breaks one answer, whose bytes come in pieces of any size. */
export class AnswerBreaker {
  readonly #fault: AnswerFault;
  // What came and has not been sent, as bytes in a string.
  #pending = '';
  #isOver = false;
  #isCut = false;

  constructor(fault: AnswerFault) {
    this.#fault = fault;
  }

  /** Says what to do for the next bytes. */
  next(bytes: Buffer): BrokenBytes {
    if (this.#isCut) return { send: NOTHING };
    if (this.#isOver) return { send: bytes };
    this.#pending += bytes.toString('latin1');
    const fault = this.#fault;
    switch (fault.kind) {
      case 'held':
        return { send: NOTHING };
      case 'status':
        return this.#otherStatus(fault);
      case 'invalidJson':
        return this.#otherByte();
      case 'truncated':
        return this.#cut(fault.behind, 'close');
      case 'reset':
        return this.#cut(fault.behind, 'reset');
      default:
        return fault satisfies never;
    }
  }

  #otherStatus({ status, headers = {} }: Extract<AnswerFault, { kind: 'status' }>): BrokenBytes {
    const end = this.#pending.indexOf('\r\n');
    if (end === -1) return { send: NOTHING };
    const lines = Object.entries(headers).map(([name, value]) => `\r\n${name}: ${value}`);
    return this.#release(`HTTP/1.1 ${status} Replaced${lines.join('')}${this.#pending.slice(end)}`);
  }

  #otherByte(): BrokenBytes {
    const head = this.#pending.indexOf(HEAD_END);
    const brace = head === -1 ? -1 : this.#pending.indexOf('{', head);
    if (brace === -1) return { send: NOTHING };
    return this.#release(`${this.#pending.slice(0, brace)}<${this.#pending.slice(brace + 1)}`);
  }

  #cut(behind: string | undefined, end: 'close' | 'reset'): BrokenBytes {
    const at = behind === undefined ? 0 : this.#pending.indexOf(behind);
    if (at === -1) return { send: NOTHING };
    this.#isCut = true;
    if (behind === undefined) return { send: NOTHING, end };
    return { send: Buffer.from(this.#pending.slice(0, at + behind.length), 'latin1'), end };
  }

  // From here on everything passes.
  #release(text: string): BrokenBytes {
    this.#isOver = true;
    return { send: Buffer.from(text, 'latin1') };
  }
}
