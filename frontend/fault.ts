/** What is known about a {@link Fault} besides its code and message. */
export interface FaultOptions {
  /** The error behind it, for the log alone. */
  readonly cause?: unknown;
  /** Whether the same call may succeed later without a change of ours. @defaultValue false */
  readonly retryable?: boolean;
  /** How long the other side asked us to stay away, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The world failed: a connection was refused, an answer came late or made no sense, a file is gone.
 *
 * Adapters throw it. The caller of a request sees a fixed sentence, and the log gets message and
 * cause; neither may hold a token.
 */
export class Fault extends Error {
  override readonly name: string = 'Fault';
  /** A stable word in snake case, such as `api_server_unreachable`. */
  readonly code: string;
  /** Whether the same call may succeed later without a change of ours. */
  readonly retryable: boolean;
  /** How long the other side asked us to stay away, in milliseconds, if it did. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
