import { setTimeout as sleep } from 'node:timers/promises';
import { INSPECTED_PATHS } from '../../frontend/adapters/upstream/http-inspector.ts';
import { ask } from '../http/harness/ask.ts';
import {
  json,
  type Recorded,
  type RecordingUpstream,
  type Responder,
} from '../http/harness/recording-upstream.ts';

/** Answers inspections as Prometheus does, or as Thanos with the given stores; the rest as told. */
export function inspectable(responder: Responder, stores?: object): Responder {
  const answers = new Map<string, Responder>([
    [INSPECTED_PATHS.version, json('{"status":"success","data":{}}')],
    [
      INSPECTED_PATHS.stores,
      stores === undefined
        ? json('404 page not found', 404)
        : json(JSON.stringify({ status: 'success', data: stores })),
    ],
  ]);
  return (response, recorded) => {
    (answers.get(recorded.path) ?? responder)(response, recorded);
  };
}

/** Stores as a Thanos querier lists them, with these external labels. */
export function storesWith(...labelSets: readonly Readonly<Record<string, string>>[]): object {
  return { sidecar: [{ name: '127.0.0.1:10901', lastError: null, labelSets }] };
}

/** What an upstream was asked, apart from how it is. */
export function queriesOf({ recorded }: RecordingUpstream): readonly Recorded[] {
  const inspected: readonly string[] = Object.values(INSPECTED_PATHS);
  return recorded.filter(({ path }) => !inspected.includes(path));
}

/** Waits until `/-/ready` answers with a status, and gives the body. */
export async function probeAnswers(operations: string, status: number): Promise<unknown> {
  const endMs = performance.now() + 15_000;
  for (;;) {
    const answer = await ask(`${operations}/-/ready`);
    if (answer.status === status) return JSON.parse(answer.text);
    if (performance.now() > endMs) throw new Error(`still ${answer.status}: ${answer.text}`);
    await sleep(20);
  }
}
