/** The time of the last sample, in seconds since 1970: older than any retention by default. */
export const TIME = 1_600_000_000;

/** A query's evaluation time. */
export const AT: Readonly<Record<'time', string>> = { time: String(TIME) };

/** A range that ends with the last sample. */
export const RANGE: Readonly<Record<'start' | 'end' | 'step', string>> = {
  start: String(TIME - 60),
  end: String(TIME),
  step: '15',
};

/** What stands only in the series of a tenant: label values, names, and the value of its orders. */
export const MARKS = {
  'team-a': { name: 'robin', orders: '1711' },
  'team-b': { name: 'kingfisher', orders: '424242' },
} as const;

/** A tenant of these tests. */
export type TenantName = keyof typeof MARKS;

/** Says whether a text holds anything that only this tenant's series have. */
export function shows(text: string, tenant: TenantName): boolean {
  const { name, orders } = MARKS[tenant];
  return text.includes(name) || text.includes(orders);
}

const STEP_SECONDS = 15;
const STEPS = 40;

/**
 * The series of some tenants, in the OpenMetrics text format. The tenants have the same metric names,
 * and each one metric and one label name of its own.
 */
export function seriesOf(...tenants: readonly TenantName[]): string {
  const metrics: Readonly<Record<string, (tenant: TenantName) => string>> = {
    up: (tenant) => `{namespace="${tenant}",job="shop"} 1`,
    shop_orders: (tenant) =>
      `{namespace="${tenant}",job="shop",shop="${MARKS[tenant].name}"} ${MARKS[tenant].orders}`,
    shop_info: (tenant) => `{namespace="${tenant}",job="shop",owner="${MARKS[tenant].name} ltd"} 1`,
    ...Object.fromEntries(tenants.map((tenant) => [`${MARKS[tenant].name}_only`, only(tenant)])),
  };
  const families = Object.entries(metrics).map(([metric, sampleOf]) => {
    const samples = tenants.map((tenant) => sampleOf(tenant)).filter((sample) => sample !== '');
    const lines = samples.flatMap((sample) => times().map((time) => `${metric}${sample} ${time}`));
    return [`# TYPE ${metric} gauge`, ...lines].join('\n');
  });
  return `${families.join('\n')}\n# EOF\n`;
}

function only(owner: TenantName): (tenant: TenantName) => string {
  return (tenant) =>
    tenant === owner ? `{namespace="${tenant}",${MARKS[tenant].name}_id="7"} 3` : '';
}

function times(): readonly number[] {
  return Array.from({ length: STEPS }, (_, step) => TIME - (STEPS - 1 - step) * STEP_SECONDS);
}
