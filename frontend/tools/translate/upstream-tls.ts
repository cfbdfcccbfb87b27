import { type Command, flagOf, type GivenFlag } from './command.ts';
import { type Finding, note, warn } from './finding.ts';
import type { Commands } from './listeners.ts';
import type { Part } from './part.ts';

type Member = 'caFile' | 'certFile' | 'keyFile' | 'serverName';

/** The members of `upstream.tls`, and the flags of both programs that they come from. */
const FLAGS: readonly (readonly [Member, ...(readonly string[])])[] = [
  ['caFile', 'upstream-ca-file', 'upstream-ca-cert'],
  ['certFile', 'upstream-client-cert-file', 'upstream-client-cert'],
  ['keyFile', 'upstream-client-key-file', 'upstream-client-key'],
  ['serverName', 'upstream-server-name'],
];

type Given = Readonly<Partial<Record<Member, GivenFlag>>>;

/**
 * Translates how the upstream is verified and what is shown to it.
 *
 * @param url - The upstream that was chosen.
 */
export function translateUpstreamTls(
  { kubeRbacProxy: krp, promLabelProxy: plp }: Commands,
  url: string,
): Part {
  // With both programs there, the first one asked the second.
  const hop = plp === undefined ? [] : drop(givenOf(krp), 'one process does the work of both');
  const given = givenOf(plp ?? krp);
  if (Object.keys(given).length === 0) return { settings: {}, findings: hop };
  if (!url.startsWith('https://')) {
    return { settings: {}, findings: [...hop, ...drop(given, 'the upstream is asked in clear')] };
  }
  const { certFile, keyFile, ...others } = given;
  if ((certFile === undefined) === (keyFile === undefined)) {
    return { settings: { tls: valuesOf(given) }, findings: hop };
  }
  const half = [certFile, keyFile].filter((flag) => flag !== undefined);
  const message = 'a certificate and its key are shown together or not at all: name both';
  return {
    settings: Object.keys(others).length === 0 ? {} : { tls: valuesOf(others) },
    findings: [...hop, ...half.map(({ subject, value }) => warn(subject, value, message))],
  };
}

function givenOf(command: Command | undefined): Given {
  const found = FLAGS.flatMap(([member, ...names]) => {
    const flag = names.map((name) => flagOf(command, name)).find((it) => it !== undefined);
    return flag === undefined ? [] : [[member, flag] as const];
  });
  return Object.fromEntries(found);
}

function valuesOf(given: Given): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).map(([member, { value }]) => [member, value]));
}

function drop(given: Given, because: string): readonly Finding[] {
  return Object.values(given).map(({ subject, value }) =>
    note(subject, value, `dropped: ${because}`),
  );
}
