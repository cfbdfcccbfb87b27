import type { Writable } from 'node:stream';
import type { Log } from '../http/log.ts';

/**
 * Writes each event as one line of JSON. The encoder escapes control characters, so no field can
 * begin a line of its own.
 */
export function createJsonLog(output: Writable): Log {
  return (level, event, fields = {}) => {
    const line = { time: new Date().toISOString(), level, event, ...fields };
    output.write(`${JSON.stringify(line, printable)}\n`);
  };
}

function printable(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const cause = value.cause instanceof Error ? value.cause.message : value.cause;
  return { name: value.name, message: value.message, cause, stack: value.stack };
}
