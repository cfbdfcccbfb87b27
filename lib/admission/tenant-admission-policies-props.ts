import { Duration } from 'cdk8s';
import { DEFAULT_TENANCY_LABEL, TENANT_NAMESPACE_LABEL } from '../../tenant/tenancy-label.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { SynthError } from '../synth-error.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { type AdmittedCallers, refuseEverybody } from './admitted-callers.ts';
import { GLOBAL_RECEIVERS, type GlobalReceiver } from './receiver-rules.ts';

/** Settings of `TenantAdmissionPolicies`. */
export interface TenantAdmissionPoliciesProps {
  /**
   * Namespaces in which nothing is refused, beside the namespace of the chart. Everybody who can write
   * in one of them can read every tenant's series. A list replaces the default; name there what else runs a
   * Prometheus, an Alertmanager or an operator, or changes of those are refused.
   * @default - kube-system, kube-public and kube-node-lease
   */
  readonly platformNamespaces?: readonly string[];
  /**
   * The label that carries the tenant.
   * @default 'namespace'
   */
  readonly tenancyLabel?: string;
  /**
   * Labels that monitors may not write beside the tenancy label.
   * @default - `job`, by which alerts and dashboards of the platform tell its own targets
   */
  readonly reservedLabels?: readonly string[];
  /**
   * Shortest interval of a scrape and of a group of rules; at least one second.
   * @default Duration.seconds(10)
   */
  readonly minimumInterval?: Duration;
  /**
   * Longest time that one scrape may take.
   * @default Duration.seconds(30)
   */
  readonly maximumScrapeTimeout?: Duration;
  /**
   * Hosts that may give OAuth2 tokens, as `host` or `host:port`. Prometheus sends requests to them.
   * @default - none: oauth2 is refused
   */
  readonly oauth2Hosts?: readonly string[];
  /**
   * Scrape classes that a monitor may choose.
   * @default - none: only the default one applies
   */
  readonly scrapeClasses?: readonly string[];
  /**
   * Addresses of probers that tenants may use, as `host:port`. A prober asks whatever it is told to, so
   * it needs an egress policy of its own. The operator must know `followRedirects` of a Probe, as 0.93 does
   * and 0.85 does not: without it every Probe is refused.
   * @default - none: Probes are refused
   */
  readonly probers?: readonly string[];
  /**
   * What is refused of AlertmanagerConfigs: all, or what reaches into Alertmanager's pod. The addresses
   * in Secrets are seen by no policy, so Alertmanager needs an egress policy of its own.
   * @default - 'restricted', and 'deny' where the tenancy label is not `namespace`
   */
  readonly alertmanagerConfigs?: 'deny' | 'restricted';
  /**
   * Kinds of receivers for which Alertmanager has a mail server and a sender, or a credential, in its
   * global configuration, so that tenants may leave them out. Name none for which it has not: one receiver
   * that lacks them leaves all tenants without a valid configuration.
   * @default - none: tenants bring their own credentials, and there is no mail
   */
  readonly globalReceivers?: readonly GlobalReceiver[];
  /**
   * Labels of Namespace objects that only labellers may change, beside the mark of tenants. A label that
   * maps a namespace to a tenant belongs here.
   * @default - none
   */
  readonly guardedNamespaceLabels?: readonly string[];
  /**
   * Who may change these labels, beside whoever may do everything.
   * @default - nobody
   */
  readonly namespaceLabellers?: AdmittedCallers;
  /**
   * Who may write the addresses of Endpoints and EndpointSlices beside the controllers of the cluster.
   * @default - nobody
   */
  readonly endpointWriters?: AdmittedCallers;
  /**
   * Accepts ScrapeConfigs that look for pods of their own namespace. They follow every redirect, since
   * the kind has no field against it, so a target can have metrics of another tenant fetched.
   * @default false
   */
  readonly unsafeScrapeConfigs?: boolean;
  /**
   * Lets monitors ask for native histograms, and for classic ones to be made native. Every target is then
   * trusted: one can send histograms over which a query never ends, or which crash the compactor of
   * Thanos.
   * @default false
   */
  readonly unsafeNativeHistograms?: boolean;
  /**
   * Warns, and writes into the audit log, instead of refusing: nothing is closed.
   * @default false
   */
  readonly unsafeWarnOnly?: boolean;
}

const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$/;
const LABEL = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/**
 * Fills in the defaults.
 *
 * @param home - The namespace of the chart, which belongs to the platform.
 * @throws {SynthError} If a setting would open what the policies are there to close.
 */
export function resolveAdmission(
  subject: string,
  home: string,
  props: TenantAdmissionPoliciesProps,
): AdmissionSettings {
  const tenancyLabel = requireTenancyLabel(subject, props.tenancyLabel ?? DEFAULT_TENANCY_LABEL);
  const settings: AdmissionSettings = {
    tenancyLabel,
    platformNamespaces: [
      ...new Set([home, ...(props.platformNamespaces ?? SYSTEM_NAMESPACES)]),
    ].toSorted(),
    reservedLabels: props.reservedLabels ?? ['job'],
    minimumInterval: requireTime(`${subject} minimumInterval`, props.minimumInterval, 10),
    maximumScrapeTimeout: requireTime(
      `${subject} maximumScrapeTimeout`,
      props.maximumScrapeTimeout,
      30,
    ),
    oauth2Hosts: props.oauth2Hosts ?? [],
    scrapeClasses: props.scrapeClasses ?? [],
    probers: props.probers ?? [],
    alertmanagerConfigs: alertmanagerMode(subject, tenancyLabel, props),
    scrapeConfigs: props.unsafeScrapeConfigs === true ? 'restricted' : 'deny',
    globalReceivers: props.globalReceivers ?? [],
    nativeHistograms: props.unsafeNativeHistograms ?? false,
    guardedNamespaceLabels: [
      ...new Set([TENANT_NAMESPACE_LABEL, ...(props.guardedNamespaceLabels ?? [])]),
    ],
    namespaceLabellers: props.namespaceLabellers ?? {},
    endpointWriters: props.endpointWriters ?? {},
    warnOnly: props.unsafeWarnOnly ?? false,
  };
  refuseEverybody(`${subject} namespaceLabellers`, settings.namespaceLabellers);
  refuseEverybody(`${subject} endpointWriters`, settings.endpointWriters);
  requireAll(`${subject} platformNamespaces`, settings.platformNamespaces, {
    isRight: (it) => parseTenantId(it) !== undefined,
    remedy: 'write names of namespaces; the policies know no patterns',
  });
  requireAll(`${subject} globalReceivers`, settings.globalReceivers, {
    isRight: (it) => Object.hasOwn(GLOBAL_RECEIVERS, it),
    remedy: `write one of ${Object.keys(GLOBAL_RECEIVERS).join(', ')}`,
  });
  requireAll(`${subject} reservedLabels`, settings.reservedLabels, {
    isRight: (it) => LABEL.test(it),
    remedy: 'write names of letters, digits and underscores that begin with a letter',
  });
  for (const [setting, hosts] of Object.entries({
    oauth2Hosts: settings.oauth2Hosts,
    probers: settings.probers,
  })) {
    requireAll(`${subject} ${setting}`, hosts, {
      isRight: (it) => HOST.test(it),
      remedy: 'write host or host:port in lower case, without a scheme or a path',
    });
  }
  return settings;
}

function alertmanagerMode(
  subject: string,
  tenancyLabel: string,
  { alertmanagerConfigs }: TenantAdmissionPoliciesProps,
): 'deny' | 'restricted' {
  if (tenancyLabel === 'namespace') return alertmanagerConfigs ?? 'restricted';
  if (alertmanagerConfigs !== 'restricted') return 'deny';
  throw new SynthError(
    `${subject} alertmanagerConfigs`,
    `tenants are carried by ${tenancyLabel}, and the operator confines AlertmanagerConfigs by namespace`,
    "leave it out, or write 'deny'",
  );
}

function requireTime(
  subject: string,
  value: Duration | undefined,
  fallbackSeconds: number,
): string {
  const time = value ?? Duration.seconds(fallbackSeconds);
  // CEL reads no days.
  if (time.toMilliseconds() >= 1_000) return `${time.toSeconds({ integral: false })}s`;
  throw new SynthError(
    subject,
    'is shorter than a second, so one tenant could keep Prometheus busy alone',
    'set at least one second',
  );
}

function requireAll(
  subject: string,
  values: readonly string[],
  { isRight, remedy }: { readonly isRight: (value: string) => boolean; readonly remedy: string },
): void {
  const wrong = values.find((value) => !isRight(value));
  if (wrong === undefined) return;
  throw new SynthError(subject, `${JSON.stringify(wrong)} would never match`, remedy);
}
