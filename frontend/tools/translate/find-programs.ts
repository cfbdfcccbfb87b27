import { accept, refuse, type Result } from '../../result.ts';
import type { PeerName } from './flag.ts';
import { isMembers, isTexts, type Members, textOf } from './members.ts';
import { findMountedText } from './mounted-file.ts';

/** A program that was found in the input. */
export interface FoundProgram {
  readonly name: PeerName;
  readonly args: readonly string[];
  /** The name of its container; empty where it came as a bare argument list. */
  readonly container: string;
  /** The text of a file that the container has mounted from a ConfigMap of the input. */
  readonly mountedText: (path: string) => string | undefined;
}

const PEERS: readonly PeerName[] = ['kube-rbac-proxy', 'prom-label-proxy'];
const LABEL_FLAG = /^--?label(?:=|$)/;

/**
 * Finds the programs in documents, each of which is a manifest of any kind that has containers, a
 * list of containers, a group of argument lists by program, one argument list, or one command line.
 */
export function findPrograms(
  documents: readonly unknown[],
): Result<readonly FoundProgram[], string> {
  const found: FoundProgram[] = [];
  for (const document of documents) {
    const words = readWords(document);
    const programs =
      words === undefined ? accept(readGroup(document, documents)) : readCommandLine(words);
    if (!programs.ok) return programs;
    found.push(...programs.value);
  }
  return accept(found);
}

function readWords(document: unknown): readonly string[] | undefined {
  if (typeof document === 'string') {
    return document.split(/\s+/).filter((word) => word !== '' && word !== '\\');
  }
  return isTexts(document) && document.length > 0 ? document : undefined;
}

function readCommandLine(words: readonly string[]): Result<readonly FoundProgram[], string> {
  if (words.some((word) => /['"`]/.test(word))) {
    return refuse('a command line with quotes is not read; write its arguments as a YAML list');
  }
  const [first = '', ...rest] = words;
  if (!first.startsWith('-')) {
    const name = peerIn(first);
    return name === undefined
      ? refuse(`the command line begins with neither ${PEERS.join(' nor ')}`)
      : accept([bare(name, rest)]);
  }
  // prom-label-proxy cannot do without this flag, and the other program does not have it.
  const isLabelProxy = words.some((word) => LABEL_FLAG.test(word));
  return accept([bare(isLabelProxy ? 'prom-label-proxy' : 'kube-rbac-proxy', words)]);
}

function readGroup(document: unknown, documents: readonly unknown[]): readonly FoundProgram[] {
  if (isMembers(document)) {
    const lists = PEERS.flatMap((name) => {
      const args = document[name];
      return Array.isArray(args) ? [bare(name, wordsOf(args))] : [];
    });
    if (lists.length > 0) return lists;
  }
  return readPods(Array.isArray(document) ? { containers: document } : document, documents);
}

// Containers stand at different depths in Pods, Deployments, Lists and custom resources.
function readPods(value: unknown, documents: readonly unknown[]): readonly FoundProgram[] {
  if (Array.isArray(value)) return value.flatMap((item) => readPods(item, documents));
  if (!isMembers(value)) return [];
  const containers = [value['initContainers'], value['containers']].flat();
  return [
    ...containers.flatMap((container) => readContainer(container, value, documents)),
    ...Object.entries(value)
      .filter(([name]) => name !== 'initContainers' && name !== 'containers')
      .flatMap(([, member]) => readPods(member, documents)),
  ];
}

function readContainer(
  container: unknown,
  pod: Members,
  documents: readonly unknown[],
): readonly FoundProgram[] {
  if (!isMembers(container)) return [];
  const command = wordsOf(container['command']);
  const name =
    peerIn(command[0]) ?? peerIn(imageName(container['image'])) ?? peerIn(container['name']);
  if (name === undefined) return [];
  return [
    {
      name,
      args: [...command.slice(1), ...wordsOf(container['args'])],
      container: textOf(container['name']),
      mountedText: (path) => findMountedText(path, { container, pod, documents }),
    },
  ];
}

function bare(name: PeerName, args: readonly string[]): FoundProgram {
  return { name, args, container: '', mountedText: () => undefined };
}

// Such as `kube-rbac-proxy` of `quay.io/brancz/kube-rbac-proxy:v0.18.1@sha256:...`.
function imageName(image: unknown): string {
  return textOf(image).split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? '';
}

function peerIn(text: unknown): PeerName | undefined {
  const last = textOf(text).split('/').at(-1) ?? '';
  return PEERS.find((name) => last.includes(name));
}

// A word that is neither a text nor a number stays a word, and is refused as no flag.
function wordsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return [value].flat().map((item) => {
    const isPlain = typeof item === 'number' || typeof item === 'boolean';
    return isPlain ? String(item) : textOf(item);
  });
}
