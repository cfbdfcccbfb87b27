import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  textAt,
  textsAt,
} from '../../../lib/support/manifests.ts';
import { freePort } from '../../harness/places.ts';
import { type RunningThanos, startThanos, type ThanosComponent } from '../../harness/thanos.ts';

/** Where a pod listens on this machine. */
export interface LocalAddresses {
  readonly http: string;
  readonly grpc: string;
  readonly remoteWrite: string;
}

/** A pod of the manifests. */
export interface LocalPod extends LocalAddresses {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Json;
}

/** Files of a Secret that is not among the manifests, by name. */
export type LocalSecrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

const PORTS: Readonly<Record<string, keyof LocalAddresses>> = {
  '10901': 'grpc',
  '10902': 'http',
  '19291': 'remoteWrite',
};

/** Free addresses on 127.0.0.1 for one pod. */
export async function freeAddresses(): Promise<LocalAddresses> {
  const address = async (): Promise<string> => `127.0.0.1:${await freePort()}`;
  return { http: await address(), grpc: await address(), remoteWrite: await address() };
}

/**
 * Runs the Thanos pods of manifests as processes: with exactly their arguments and files, but for
 * paths, and for addresses, which Services and pod names are looked up in here instead of in DNS.
 */
export class LocalPods {
  readonly #manifests: readonly Manifest[];
  readonly #folder: string;
  readonly #secrets: LocalSecrets;
  readonly #pods: LocalPod[] = [];

  constructor(manifests: readonly Manifest[], folder: string, secrets: LocalSecrets) {
    this.#manifests = manifests;
    this.#folder = folder;
    this.#secrets = secrets;
  }

  /** The pods that have an address, in the order they got it. */
  get pods(): readonly LocalPod[] {
    return [...this.#pods];
  }

  /** Gives addresses to the pods of a workload, so that others can refer to them. */
  async place(kind: string, name: string, replicas = 1): Promise<readonly LocalPod[]> {
    const workload = this.#manifests.find((it) => it.kind === kind && it.metadata.name === name);
    const template = at(workload?.spec, 'template');
    if (template === undefined) throw new Error(`there is no ${kind} ${name}`);
    const placed: LocalPod[] = [];
    for (let index = 0; index < replicas; index += 1) {
      placed.push({
        name: `${name}-${index}`,
        labels: textsAt(template, 'metadata', 'labels'),
        spec: at(template, 'spec'),
        ...(await freeAddresses()),
      });
    }
    this.#pods.push(...placed);
    return placed;
  }

  /** Says where pods are that are no process of these manifests, such as sidecars. */
  placeAt(pod: LocalPod): void {
    this.#pods.push(pod);
  }

  /** Starts a pod that was placed, and waits until it is ready. */
  async start(pod: LocalPod): Promise<RunningThanos> {
    const container = at(pod.spec, 'containers', 0);
    const paths = await this.#layOut(pod, container);
    const [component = '', ...args] = listAt(container, 'args').map((arg) =>
      this.#localise(paths(String(arg).replace('$(POD_NAME)', pod.name)))
        .replace(/^(--http-address)=.*/, `$1=${pod.http}`)
        .replace(/^(--grpc-address)=.*/, `$1=${pod.grpc}`)
        .replace(/^(--remote-write\.address)=.*/, `$1=${pod.remoteWrite}`),
    );
    const capnproto = `127.0.0.1:${await freePort()}`;
    const here = args.map((arg) =>
      arg.replace(/^(--receive\.capnproto-address)=.*/, `$1=${capnproto}`),
    );
    return startThanos(component as ThanosComponent, here);
  }

  async #layOut(pod: LocalPod, container: Json): Promise<(text: string) => string> {
    const mounts = listAt(container, 'volumeMounts').map((mount) => ({
      volume: textAt(mount, 'name'),
      path: textAt(mount, 'mountPath'),
    }));
    const toHere = (text: string): string =>
      mounts.reduce(
        (it, { path }) =>
          it.replaceAll(new RegExp(`${path}(?=[/"]|$)`, 'g'), this.#here(pod, path)),
        text,
      );
    for (const { path, volume } of mounts) {
      await mkdir(this.#here(pod, path), { recursive: true });
      for (const [name, text] of Object.entries(this.#filesOf(pod.spec, volume))) {
        const content = this.#expand(this.#localise(toHere(text)));
        await writeFile(join(this.#here(pod, path), name), content);
      }
    }
    return toHere;
  }

  #here(pod: LocalPod, path: string): string {
    return join(this.#folder, pod.name, path);
  }

  #filesOf(spec: Json, name: string): Readonly<Record<string, string>> {
    const volume = listAt(spec, 'volumes').find((it) => at(it, 'name') === name);
    const configMap = at(volume, 'configMap', 'name');
    if (configMap !== undefined) return textsAt(this.#object('ConfigMap', configMap), 'data');
    const secret = at(volume, 'secret', 'secretName');
    if (secret === undefined) return {};
    const given = this.#secrets[String(secret)];
    const data = given ?? textsAt(this.#object('Secret', secret), 'stringData');
    const items = listAt(volume, 'secret', 'items');
    if (items.length === 0) return data;
    return Object.fromEntries(
      items.map((item) => [textAt(item, 'path'), data[textAt(item, 'key')] ?? '']),
    );
  }

  #object(kind: string, name: Json): Manifest | undefined {
    return this.#manifests.find((it) => it.kind === kind && it.metadata.name === name);
  }

  // `pod.service:port` is one pod, `service:port` any of those behind the Service.
  #localise(text: string): string {
    const named = /([a-z][a-z0-9-]*)(?:\.([a-z][a-z0-9-]*))?:(10901|10902|19291)\b/g;
    return text.replaceAll(named, (all: string, name: string, service?: string, port?: string) => {
      const kind = PORTS[port ?? ''];
      const pod =
        service === undefined ? this.#behind(name)[0] : this.#pods.find((it) => it.name === name);
      return kind === undefined || pod === undefined ? all : pod[kind];
    });
  }

  // A list of endpoints names Services, which stand for all of their pods.
  #expand(text: string): string {
    if (!text.includes('dnssrv+_grpc._tcp.')) return text;
    const file = JSON.parse(text) as { readonly endpoints: readonly { address: string }[] };
    const endpoints = file.endpoints.flatMap(({ address }) =>
      this.#behind(address.replace('dnssrv+_grpc._tcp.', '')).map(({ grpc }) => ({
        address: grpc,
      })),
    );
    return JSON.stringify({ ...file, endpoints });
  }

  #behind(service: string): readonly LocalPod[] {
    const selector = textsAt(this.#object('Service', service)?.spec, 'selector');
    const wanted = Object.entries(selector);
    if (wanted.length === 0) return [];
    return this.#pods.filter(({ labels }) => wanted.every(([key, it]) => labels[key] === it));
  }
}
