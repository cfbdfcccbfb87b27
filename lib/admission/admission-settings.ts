import type { AdmittedCallers } from './admitted-callers.ts';
import type { GlobalReceiver } from './receiver-rules.ts';

/** The settings of the policies with every default filled in. */
export interface AdmissionSettings {
  /** The label that carries the tenant. */
  readonly tenancyLabel: string;
  /** The namespaces in which everything is accepted. */
  readonly platformNamespaces: readonly string[];
  /** Labels that monitors may not write beside the tenancy label. */
  readonly reservedLabels: readonly string[];
  /** The shortest interval of scrapes and rules, as a duration of Prometheus. */
  readonly minimumInterval: string;
  /** The longest time of a scrape, as a duration of Prometheus. */
  readonly maximumScrapeTimeout: string;
  /** Hosts of token URLs. */
  readonly oauth2Hosts: readonly string[];
  /** Scrape classes that monitors may choose. */
  readonly scrapeClasses: readonly string[];
  /** Addresses of probers, `host:port`. */
  readonly probers: readonly string[];
  readonly alertmanagerConfigs: 'deny' | 'restricted';
  /** Kinds of receivers for which Alertmanager has a credential of its own. */
  readonly globalReceivers: readonly GlobalReceiver[];
  readonly scrapeConfigs: 'deny' | 'restricted';
  /** Whether native histograms of tenants are taken. */
  readonly nativeHistograms: boolean;
  /** Keys of namespace labels that only labellers may change. */
  readonly guardedNamespaceLabels: readonly string[];
  readonly namespaceLabellers: AdmittedCallers;
  readonly endpointWriters: AdmittedCallers;
  /** Whether objects that are refused are only warned of. */
  readonly warnOnly: boolean;
}
