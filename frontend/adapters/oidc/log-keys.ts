import type { Log } from '../../http/log.ts';

/** Logs one line when keys cannot be read any more and one when they can, however long it lasts. */
export function logKeys(
  issuer: string,
  log: Log,
): (outcome: 'read' | 'failed', problem?: unknown) => void {
  let isFailing = false;
  return (outcome, error) => {
    if (isFailing === (outcome === 'failed')) return;
    isFailing = outcome === 'failed';
    if (isFailing) log('warn', 'issuer_keys_failing', { issuer, error });
    else log('info', 'issuer_keys_read_again', { issuer });
  };
}
