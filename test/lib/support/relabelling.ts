import { createHash } from 'node:crypto';

interface Rule {
  readonly action: string;
  readonly source_labels: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly target_label?: string;
  readonly modulus?: number;
}

/** Whether relabelling keeps something with these labels, by the rules of Prometheus. */
export function keeps(
  rules: readonly unknown[],
  labels: Readonly<Record<string, string>>,
): boolean {
  const known: Record<string, string> = { ...labels };
  return rules.every((it) => {
    const rule = it as Rule;
    const text = rule.source_labels.map((label) => known[label] ?? '').join(rule.separator ?? ';');
    const matches = new RegExp(`^(?:${rule.regex ?? '(.*)'})$`, 's').test(text);
    switch (rule.action) {
      case 'keep':
        return matches;
      case 'drop':
        return !matches;
      case 'hashmod':
        known[rule.target_label ?? ''] = String(hash(text) % BigInt(rule.modulus ?? 0));
        return true;
      default:
        throw new RangeError(`${rule.action} is not known here`);
    }
  });
}

// The last eight bytes of the MD5, as Prometheus takes them.
function hash(text: string): bigint {
  return createHash('md5').update(text).digest().readBigUInt64BE(8);
}
