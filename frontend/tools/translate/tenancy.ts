import { parseTenancyLabel } from '../../../tenant/tenancy-label.ts';
import { accept, type Result } from '../../result.ts';
import { type Command, flagOf, isOn, refuseFlag } from './command.ts';
import { type FlagProblem, warn } from './finding.ts';
import type { Part, Settings } from './part.ts';
import { FEATURE_FLAGS } from './prom-label-proxy-flags.ts';

const HEADER_NAME = 'x-scope-orgid';
const SOURCES = ['query-param', 'header-name', 'label-value'] as const;

/** Translates which label carries the tenant, how requests name tenants, and how PromQL is scoped. */
export function translateTenancy(plp: Command | undefined): Result<Part, FlagProblem> {
  if (plp === undefined) {
    const message =
      'is not in the input; every selector gets a matcher on the label `namespace`: set tenancyLabel if another one carries it';
    return accept({ settings: {}, findings: [warn('prom-label-proxy', undefined, message)] });
  }
  const label = flagOf(plp, 'label');
  if (label === undefined) return refuseFlag('-label', 'is missing');
  if (parseTenancyLabel(label.value) === undefined) {
    return refuseFlag(label.subject, 'cannot carry the tenant: it is no plain label name');
  }
  const settings = { tenancyLabel: label.value, ...scopingOf(plp) };
  const sources = SOURCES.flatMap((name) => flagOf(plp, name) ?? []);
  const [source, second] = sources;
  if (second !== undefined)
    return refuseFlag(second.subject, `stands beside ${source?.subject ?? ''}`);
  // Without a source, the parameter has the name of the label.
  const parameter = source === undefined ? label : flagOf(plp, 'query-param');
  if (parameter !== undefined && parameter.value !== 'namespace') {
    const message =
      'callers name their namespaces in the parameter `namespace`: let them send that';
    return accept({ settings, findings: [warn(parameter.subject, parameter.value, message)] });
  }
  const header = flagOf(plp, 'header-name');
  if (header !== undefined && header.value.toLowerCase() !== HEADER_NAME) {
    const message = 'callers name their namespaces in the header X-Scope-OrgID: let them send that';
    return accept({ settings, findings: [warn(header.subject, header.value, message)] });
  }
  return accept({ settings, findings: [] });
}

function scopingOf(plp: Command): Settings {
  const features = FEATURE_FLAGS.filter(({ name }) => isOn(plp, name));
  const scoping = {
    ...(isOn(plp, 'error-on-replace') && { mode: 'error' }),
    ...(features.length > 0 && {
      features: Object.fromEntries(features.map(({ feature }) => [feature, true])),
    }),
  };
  return Object.keys(scoping).length === 0 ? {} : { scoping };
}
