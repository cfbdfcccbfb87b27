import { SynthError } from '../synth-error.ts';

/**
 * The streams of blocks that one shard of the compactor takes: those whose external labels have one
 * of the values named for each label.
 */
export type StreamSelector = Readonly<Record<string, readonly string[]>>;

/** A shard of the compactor: what it is called, and the relabelling that keeps its streams. */
export interface CompactorShard {
  /** What the workload is called after the name of the compactor; nothing for the rest. */
  readonly suffix: string;
  /** The relabelling, or `undefined` where it takes everything. */
  readonly relabelling: readonly unknown[] | undefined;
}

/** Name of the file that tells a compactor which streams are its own. */
export const STREAMS_FILE_NAME = 'streams.yaml';

/**
 * Makes the shards, and one for all the streams that none of them takes.
 *
 * Two compactors on one stream of blocks corrupt it, so selectors under which a stream may be in two
 * shards throw.
 */
export function compactorShards(
  subject: string,
  selectors: Readonly<Record<string, StreamSelector>>,
): CompactorShard[] {
  const named = Object.entries(selectors);
  for (const [name, selector] of named) refuseUnfit(`${subject} shards.${name}`, name, selector);
  named.forEach(([name, selector], index) => {
    const other = named.slice(index + 1).find(([, it]) => overlap(selector, it));
    if (other === undefined) return;
    throw new SynthError(
      `${subject} shards`,
      `${name} and ${other[0]} may take the same stream, and two compactors would corrupt it`,
      'name different values of one label in both',
    );
  });
  const taken = named.map(([, selector]) => relabelling(selector, 'drop'));
  return [
    { suffix: '', relabelling: taken.length === 0 ? undefined : taken },
    ...named.map(([name, selector]) => ({
      suffix: `-${name}`,
      relabelling: [relabelling(selector, 'keep')],
    })),
  ];
}

// Disjoint by one label is disjoint; a label that only one of them names decides nothing.
function overlap(a: StreamSelector, b: StreamSelector): boolean {
  return Object.entries(a).every(([label, values]) => {
    const others = b[label];
    return others === undefined || values.some((value) => others.includes(value));
  });
}

// Prometheus joins the values with this before it matches; it is not allowed inside of one.
const SEPARATOR = ';';

function relabelling(selector: StreamSelector, action: 'keep' | 'drop'): unknown {
  const labels = Object.keys(selector).toSorted();
  const values = labels.map((label) => `(?:${(selector[label] ?? []).map(escape).join('|')})`);
  return {
    action,
    source_labels: labels,
    separator: SEPARATOR,
    regex: values.join(SEPARATOR),
  };
}

function escape(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function refuseUnfit(subject: string, name: string, selector: StreamSelector): void {
  const lists = Object.values(selector);
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new SynthError(subject, 'is no part of an object name', 'use a-z, 0-9 and dashes');
  }
  if (lists.length === 0 || lists.some((values) => values.length === 0)) {
    throw new SynthError(subject, 'selects no stream', 'name a label and at least one value');
  }
  if (lists.flat().some((value) => value === '' || value.includes(SEPARATOR))) {
    throw new SynthError(
      subject,
      `a value is empty or holds ${JSON.stringify(SEPARATOR)}`,
      'name the value of an external label that is set',
    );
  }
}
