import type { QueryUpstream } from '../../../lib/index.ts';
import { DEFAULT_TENANCY_LABEL } from '../../../tenant/index.ts';

/** A querier for tests that are not about it. */
export const QUERIER: QueryUpstream = {
  queryUrl: 'http://thanos-querier:10902',
  pods: { component: 'querier', podLabels: { app: 'querier' }, metricsPorts: [] },
  queryPort: { name: 'http', port: 10_902 },
  tenancyLabel: DEFAULT_TENANCY_LABEL,
};
