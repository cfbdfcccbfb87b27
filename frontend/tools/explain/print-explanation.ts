import type { Explanation } from '../../http/explain-request.ts';

/** Prints an explanation for people, one fact a line. */
export function printExplanation(explanation: Explanation): string {
  const { identity, attributes, namespaces, query, limits } = explanation;
  const { username, groups, source } = identity;
  const lines = [
    fact('you are', `${username} (${source})`),
    fact('groups', groups.length === 0 ? 'none' : groups.join(', ')),
    ...(attributes === undefined ? [] : [fact('needed', printAttributes(attributes))]),
    ...namespaces.map((it) => {
      const where = it.source === undefined ? '' : ` (${it.source})`;
      return fact('namespace', `${it.name}: ${it.verdict}${where}`);
    }),
    ...(namespaces.length === 0 ? [fact('namespace', 'none that is named or found')] : []),
    ...(query === undefined ? [] : printQuery(query)),
    ...Object.entries(limits).map(([name, value]) => fact('limit', `${name} ${value}`)),
  ];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

/** Whether nothing that was asked about would be refused. */
export function isAllAllowed({ namespaces, query }: Explanation): boolean {
  return query?.outcome !== 'refused' && namespaces.every(({ verdict }) => verdict === 'allowed');
}

function printQuery(query: NonNullable<Explanation['query']>): readonly string[] {
  if (query.outcome === 'sent') return [fact(query.route, query.text)];
  const { route, status, code, message } = query;
  return [fact(route, `refused with ${status} ${code}: ${message}`)];
}

function printAttributes(attributes: NonNullable<Explanation['attributes']>): string {
  const { verb, group, resource, subresource } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  return `${verb} ${what}${group === '' ? '' : ` of ${group}`}, in each namespace`;
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
