import {
  createHttpUpstream,
  type HttpUpstream,
} from '../../frontend/adapters/upstream/http-upstream.ts';
import type { Access } from '../../frontend/access/access.ts';
import { FilterSlots } from '../../frontend/http/filter-slots.ts';
import type { Offer } from '../../frontend/http/routes.ts';
import { type Frontend, startFrontend } from '../http/harness/frontend.ts';
import { type RecordingUpstream, startUpstream } from '../http/harness/recording-upstream.ts';

/** A frontend with an upstream for each kind of endpoint. */
export interface ServedEndpoints extends AsyncDisposable {
  readonly frontend: Frontend;
  readonly rules: RecordingUpstream;
  readonly alertmanager: RecordingUpstream;
  /** How many requests reached any upstream. */
  readonly asked: () => number;
  readonly slots: FilterSlots;
}

/** What a test changes. */
export interface ServedOptions {
  readonly offer?: Partial<Offer>;
  readonly hasTargetMetadata?: boolean;
  readonly maxBytes?: number;
  readonly access?: Access;
}

/** Starts the frontend with everything switched on, but for what the options say. */
export async function startServed(options: ServedOptions = {}): Promise<ServedEndpoints> {
  const [rules, alertmanager] = [await startUpstream(), await startUpstream()];
  const adapters: HttpUpstream[] = [];
  const adapterOf = ({ url }: RecordingUpstream): HttpUpstream => {
    const adapter = createHttpUpstream({ url, maxSockets: 10 });
    adapters.push(adapter);
    return adapter;
  };
  const slots = new FilterSlots();
  const frontend = await startFrontend({
    ...(options.access !== undefined && { access: options.access }),
    endpoints: (queries) => ({
      filtered: {
        upstreams: { queries, rules: adapterOf(rules), alertmanager: adapterOf(alertmanager) },
        hasTargetMetadata: options.hasTargetMetadata ?? true,
        maxBytes: options.maxBytes ?? 33_554_432,
        slots,
      },
      offer: { federate: true, alertmanager: true, silenceWrites: true, ...options.offer },
    }),
  });
  const upstreams = [frontend.upstream, rules, alertmanager];
  return {
    frontend,
    rules,
    alertmanager,
    slots,
    asked: () => upstreams.reduce((sum, it) => sum + it.recorded.length, 0),
    [Symbol.asyncDispose]: async () => {
      await frontend[Symbol.asyncDispose]();
      for (const adapter of adapters) adapter.close();
      await rules[Symbol.asyncDispose]();
      await alertmanager[Symbol.asyncDispose]();
    },
  };
}
