import { Fault } from '../fault.ts';
import type { Upstream } from './upstream.ts';

/**
 * Sends nothing upstream while that is not safe. A pod that is not ready may still be reached, over
 * a connection that was open before or at its own address.
 */
export function guardUpstream(upstream: Upstream, isSafe: () => boolean): Upstream {
  return {
    send: async (request, signal) => {
      if (isSafe()) return upstream.send(request, signal);
      throw new Fault('upstream_unsafe', 'send a query to an upstream whose stores mix tenants');
    },
  };
}
