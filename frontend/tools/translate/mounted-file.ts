import { isMembers, type Members, membersIn, textOf } from './members.ts';

/** Where a container stands. */
export interface ContainerPlace {
  readonly container: Members;
  /** What holds the containers and the volumes. */
  readonly pod: Members;
  /** Everything in the input. */
  readonly documents: readonly unknown[];
}

/** Finds the text of a file that a container has mounted from a ConfigMap of the input. */
export function findMountedText(path: string, place: ContainerPlace): string | undefined {
  for (const mount of membersIn(place.container['volumeMounts'])) {
    const key = keyOf(path, mount);
    const volume = membersIn(place.pod['volumes']).find((it) => it['name'] === mount['name']);
    const source = volume?.['configMap'];
    if (key === undefined || !isMembers(source)) continue;
    const item = membersIn(source['items']).find((it) => it['path'] === key);
    const data = configMaps(place.documents).find((it) => nameOf(it) === source['name'])?.['data'];
    const text = isMembers(data) ? data[textOf(item?.['key'] ?? key)] : undefined;
    if (typeof text === 'string') return text;
  }
  return undefined;
}

function keyOf(path: string, mount: Members): string | undefined {
  const mountPath = textOf(mount['mountPath']).replace(/\/$/, '');
  const subPath = textOf(mount['subPath']);
  if (subPath !== '') return path === mountPath ? subPath : undefined;
  return path.startsWith(`${mountPath}/`) ? path.slice(mountPath.length + 1) : undefined;
}

function configMaps(documents: readonly unknown[]): readonly Members[] {
  return documents
    .filter((document) => isMembers(document))
    .flatMap((document) => [document, ...membersIn(document['items'])])
    .filter((object) => object['kind'] === 'ConfigMap');
}

function nameOf(object: Members): unknown {
  const { metadata } = object;
  return isMembers(metadata) ? metadata['name'] : undefined;
}
