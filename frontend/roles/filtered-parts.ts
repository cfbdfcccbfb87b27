import { createHttpUpstream } from '../adapters/upstream/http-upstream.ts';
import type { QueryFrontendConfig } from '../config/query-frontend.ts';
import type { ExchangeParts } from '../http/exchange.ts';
import { FilterSlots } from '../http/filter-slots.ts';
import type { Upstream } from '../http/upstream.ts';

/** What the endpoints beside the queries are answered with. */
export interface FilteredEndpoints {
  readonly exchange: Required<Pick<ExchangeParts, 'filtered' | 'offer'>>;
  /** Closes idle connections. */
  readonly close: () => void;
}

/**
 * Makes what the endpoints beside the queries need, out of one configuration.
 *
 * @param queries - The upstream of the queries, which also tells of exemplars and metadata.
 * @param rules - The upstream of the rules. @defaultValue that of the queries
 */
export function createFilteredEndpoints(
  { upstreams, endpoints, limits }: QueryFrontendConfig,
  queries: Upstream,
  rules?: Upstream,
): FilteredEndpoints {
  const alertmanager = upstreams.alertmanager && createHttpUpstream(upstreams.alertmanager);
  return {
    exchange: {
      filtered: {
        upstreams: { queries, rules, alertmanager },
        hasTargetMetadata: endpoints.metadata === 'targets',
        maxBytes: limits.filteredBytes,
        slots: new FilterSlots(),
      },
      offer: {
        federate: endpoints.federate,
        alertmanager: alertmanager !== undefined,
        silenceWrites: endpoints.silenceWrites,
      },
    },
    close: () => {
      alertmanager?.close();
    },
  };
}
