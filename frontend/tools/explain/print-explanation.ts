import type { ExplainedVerdict, Explanation } from '../../http/explain-request.ts';

/** Prints an explanation for people, one fact a line. */
export function printExplanation(explanation: Explanation): string {
  const { identity, attributes, namespaces, clusterWide, query, limits } = explanation;
  const where = clusterWide === undefined ? 'in each namespace' : 'in all namespaces at once';
  const { username, groups, source, delegatedBy } = identity;
  const how = delegatedBy === undefined ? source : `${source} ${delegatedBy}`;
  const lines = [
    fact('you are', `${username} (${how})`),
    fact('groups', groups.length === 0 ? 'none' : groups.join(', ')),
    ...(attributes === undefined
      ? []
      : [fact('needed', `${printAttributes(attributes)}, ${where}`)]),
    ...namespaces.map((it) => fact('namespace', `${it.name}: ${printVerdict(it)}`)),
    ...(clusterWide === undefined ? [] : [fact('cluster', printVerdict(clusterWide))]),
    ...(namespaces.length === 0 && clusterWide === undefined
      ? [fact('namespace', 'none that is named or found')]
      : []),
    ...(query === undefined ? [] : printQuery(query)),
    ...Object.entries(limits).map(([name, value]) => fact('limit', `${name} ${value}`)),
  ];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

/** Whether nothing that was asked about would be refused. */
export function isAllAllowed({ namespaces, clusterWide, query }: Explanation): boolean {
  const verdicts = [...namespaces, ...(clusterWide === undefined ? [] : [clusterWide])];
  return query?.outcome !== 'refused' && verdicts.every(({ verdict }) => verdict === 'allowed');
}

function printVerdict({ verdict, source }: ExplainedVerdict): string {
  return source === undefined ? verdict : `${verdict} (${source})`;
}

function printQuery(query: NonNullable<Explanation['query']>): readonly string[] {
  if (query.outcome === 'sent') return [fact(query.route, query.text)];
  const { route, status, code, message } = query;
  return [fact(route, `refused with ${status} ${code}: ${message}`)];
}

function printAttributes(attributes: NonNullable<Explanation['attributes']>): string {
  const { verb, group, resource, subresource, name } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const which = name === undefined ? '' : ` "${name}"`;
  return `${verb} ${what}${which}${group === '' ? '' : ` of ${group}`}`;
}

function fact(name: string, value: string): string {
  return `${name.padEnd(12)} ${value}`;
}

// What comes over the network must not move the cursor of a terminal.
function printable(line: string): string {
  return line.replaceAll(
    /[\p{Cc}\p{Cf}]/gu,
    (it) => `\\u{${(it.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
