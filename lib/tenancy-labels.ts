import { parseTenancyLabel, type TenancyLabel } from '../tenant/tenancy-label.ts';
import { SynthError } from './synth-error.ts';

/** Reads the tenancy label of a construct. */
export function requireTenancyLabel(subject: string, text: string): TenancyLabel {
  const label = parseTenancyLabel(text);
  if (label !== undefined) return label;
  throw new SynthError(
    `${subject} tenancyLabel`,
    `${JSON.stringify(text)} is not a label name, or belongs to Prometheus`,
    'name a label of letters, digits and underscores that does not begin with "__"',
  );
}

/** Refuses parts that carry tenants in different labels: one would scope by what another lacks. */
export function refuseSeveralTenancyLabels(
  subject: string,
  labels: Readonly<Record<string, TenancyLabel>>,
): void {
  if (new Set(Object.values(labels)).size < 2) return;
  const parts = Object.entries(labels).map(([part, label]) => `${part} in ${label}`);
  throw new SynthError(
    `${subject} tenancyLabel`,
    `differs, tenants are carried by ${parts.join(', by ')}`,
    'use one label everywhere',
  );
}

/**
 * Refuses the tenancy label where it would be one value for everything.
 *
 * Thanos gives an external label to every series of a source, and removes a replica label before it
 * answers. Either way all series would belong to one tenant or to none.
 */
export function refuseTenancyLabelAmong(
  subject: string,
  tenancyLabel: TenancyLabel,
  labels: readonly string[],
): void {
  if (!labels.includes(tenancyLabel)) return;
  throw new SynthError(
    subject,
    `${tenancyLabel} is the tenancy label, and here it would put every series in one tenant`,
    'use another label name',
  );
}
