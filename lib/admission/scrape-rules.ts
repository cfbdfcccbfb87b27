import type { AdmissionRule } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celAll, celIsEmpty, celList, celString } from './cel.ts';

/** Where a kind keeps how it is scraped: in CEL, with `e` as one of several or `object.spec` as the only one. */
export interface ScrapeFields {
  /** Says a condition of every scrape of the object. */
  readonly every: (condition: string) => string;
  /** One scrape in the condition. */
  readonly scrape: string;
  /** Whether authentication can name a file of the Prometheus pod. */
  readonly hasFiles: boolean;
  /** Whether it has the old field for a bearer token in a Secret. */
  readonly hasBearerSecret: boolean;
}

/** The fields of one proxy configuration. */
export function hasNoProxy(at: string): string {
  return celAll([
    `!has(${at}.proxyUrl)`,
    `!${at}.?proxyFromEnvironment.orValue(false)`,
    `!has(${at}.noProxy)`,
    `!has(${at}.proxyConnectHeader)`,
  ]);
}

/** That redirects are not followed, which every kind that has the field must say. */
export function redirectRule({ every, scrape }: ScrapeFields): AdmissionRule {
  return {
    id: 'followRedirects',
    message: 'followRedirects must be false',
    why:
      "A target can answer with a redirect to Prometheus' own `/federate`, which holds every tenant's " +
      'series, or to the metrics of another tenant.',
    expression: every(`!${scrape}.?followRedirects.orValue(true)`),
  };
}

/** That nothing stands between Prometheus and the target. */
export function proxyRule({ every }: ScrapeFields, at: string): AdmissionRule {
  return {
    id: 'proxy',
    message: 'proxyUrl, proxyFromEnvironment, noProxy and proxyConnectHeader are refused',
    why: 'A scrape whose proxy is Prometheus itself is answered by it, whatever the target.',
    expression: every(hasNoProxy(at)),
  };
}

/** That whoever asks a target shows at most one credential, and asks nobody else for it. */
export function authenticationRules(
  fields: ScrapeFields,
  settings: AdmissionSettings,
): readonly AdmissionRule[] {
  const { every, scrape, hasBearerSecret, hasFiles } = fields;
  const kinds = [
    `has(${scrape}.basicAuth)`,
    `has(${scrape}.authorization)`,
    `has(${scrape}.oauth2)`,
    ...(hasBearerSecret ? [`${scrape}.?bearerTokenSecret.?name.orValue("") != ""`] : []),
    ...(hasFiles ? [`${scrape}.?bearerTokenFile.orValue("") != ""`] : []),
  ];
  const files = ['caFile', 'certFile', 'keyFile'].map((name) =>
    celIsEmpty(`${scrape}.?tlsConfig.?${name}`),
  );
  const fileRule: AdmissionRule = {
    id: 'files',
    message: 'bearerTokenFile and the files of tlsConfig are refused; name Secrets instead',
    why: "They name files of the Prometheus pod, its ServiceAccount's token among them.",
    expression: every(celAll([celIsEmpty(`${scrape}.?bearerTokenFile`), ...files])),
  };
  return [
    {
      id: 'oneAuthentication',
      message: 'at most one of basicAuth, authorization, oauth2 and bearer tokens may be set',
      why: 'Two make the configuration of all tenants invalid, and Prometheus does not start.',
      expression: every(`[${kinds.join(', ')}].filter(it, it).size() <= 1`),
    },
    {
      id: 'authorizationType',
      message: 'authorization.type must not be Basic; use basicAuth',
      why: 'It makes the configuration of all tenants invalid.',
      expression: every(
        `${scrape}.?authorization.?type.orValue("").trim().lowerAscii() != "basic"`,
      ),
    },
    oauth2Rule(fields, settings.oauth2Hosts),
    ...(hasFiles ? [fileRule] : []),
  ];
}

function oauth2Rule({ every, scrape }: ScrapeFields, hosts: readonly string[]): AdmissionRule {
  const why =
    'Prometheus sends a POST to the token URL, which can be its own `/-/quit` or any address that it reaches.';
  if (hosts.length === 0) {
    return {
      id: 'oauth2',
      message: 'oauth2 is refused',
      why,
      expression: every(`!has(${scrape}.oauth2)`),
    };
  }
  const url = `${scrape}.oauth2.tokenUrl`;
  return {
    id: 'oauth2',
    message: `oauth2.tokenUrl must be an https address of ${hosts.join(' or ')}, asked without a proxy and without a parameter called ${YAML_MERGE}`,
    why: `${why} A parameter of that name is none in YAML, and makes the configuration of all tenants invalid.`,
    expression: every(
      `!has(${scrape}.oauth2) || (isURL(${url}) && url(${url}).getScheme() == "https" && ` +
        `url(${url}).getHost() in ${celList(hosts)} && ${hasNoProxy(`${scrape}.oauth2`)} && ` +
        `!(${celString(YAML_MERGE)} in ${scrape}.oauth2.?endpointParams.orValue({})))`,
    ),
  };
}

/** That a scrape is neither too frequent nor too long. */
export function timingRules(
  { every, scrape }: ScrapeFields,
  settings: AdmissionSettings,
  names: { readonly interval: string; readonly timeout: string } = {
    interval: 'interval',
    timeout: 'scrapeTimeout',
  },
): readonly AdmissionRule[] {
  const interval = `${scrape}.${names.interval}`;
  const timeout = `${scrape}.${names.timeout}`;
  const { minimumInterval, maximumScrapeTimeout } = settings;
  return [
    {
      id: 'interval',
      message: `${names.interval} must be at least ${minimumInterval} and below a hundred years`,
      why:
        'Prometheus would scrape a thousand times a second if it was asked to, and takes no configuration ' +
        'at all with an interval beyond what it can count.',
      expression: every(
        `${celIsEmpty(`${scrape}.?${names.interval}`)} || ${isAtLeast(interval, minimumInterval)}`,
      ),
    },
    {
      id: 'scrapeTimeout',
      message: `${names.timeout} must be at most ${maximumScrapeTimeout}`,
      why: 'Targets that never finish their answer hold memory and connections for as long.',
      expression: every(
        `${celIsEmpty(`${scrape}.?${names.timeout}`)} || ` +
          `(${timeout}.matches(${CEL_DURATION}) && duration(${timeout}) <= duration(${celString(maximumScrapeTimeout)}))`,
      ),
    },
  ];
}

/** Says in CEL that a duration of Prometheus is not shorter than another. */
export function isAtLeast(value: string, least: string): string {
  // CEL knows no days, weeks and years. At least one of those is long enough. Prometheus counts to 292
  // years, and refuses the configuration of all tenants for one more.
  const isLong = `${value}.matches("[1-9][0-9]*[dwy]") && ${value}.matches(${COUNTABLE_DURATION})`;
  return `((${isLong}) || (${value}.matches(${CEL_DURATION}) && duration(${value}) >= duration(${celString(least)})))`;
}

const COUNTABLE_DURATION =
  '"^([0-9]{1,2}y)?([0-9]{1,3}w)?([0-9]{1,4}d)?([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,4}s)?([0-9]{1,4}ms)?$"';
const CEL_DURATION = '"^[0-9hms]+$"';

/** The one key that the operator does not quote, and that is an instruction to whoever reads YAML. */
export const YAML_MERGE = '<<';

/** That a scrape asks for nothing by its path and parameters but a target's own metrics. */
export function federationRules(
  { every, scrape }: ScrapeFields,
  path: string,
  /** Says in CEL that no parameter has this name. */
  isAbsent: (parameter: string) => string,
): readonly AdmissionRule[] {
  return [
    {
      id: 'federatePath',
      message: `${path} must not contain "federate"`,
      why: "It is the path under which Prometheus serves every tenant's series.",
      expression: every(
        `!${scrape}.?${path.replaceAll('.', '.?')}.orValue("").lowerAscii().contains("federate")`,
      ),
    },
    {
      id: 'matchParameter',
      message: 'the parameter match[] is refused',
      why: 'Federation needs it, and no exporter does.',
      expression: every(isAbsent(celString('match[]'))),
    },
    {
      id: 'parameterName',
      message: `a parameter must not be called ${YAML_MERGE}`,
      why: 'In YAML it is no name, and it makes the configuration of all tenants invalid.',
      expression: every(isAbsent(celString(YAML_MERGE))),
    },
  ];
}

/** That labels do not come from targets as they are. */
export function honorLabelsRule({ every, scrape }: ScrapeFields): AdmissionRule {
  return {
    id: 'honorLabels',
    message: 'honorLabels must not be set',
    why: "A target's own labels would win over those of the scrape.",
    expression: every(`!${scrape}.?honorLabels.orValue(false)`),
  };
}

/** That an object does not choose a scrape class of the platform. */
export function scrapeClassRule(settings: AdmissionSettings): AdmissionRule {
  const { scrapeClasses } = settings;
  return {
    id: 'scrapeClass',
    message:
      scrapeClasses.length === 0
        ? 'scrapeClass is refused'
        : `scrapeClass must be one of ${scrapeClasses.join(', ')}`,
    why: "A scrape class may carry the platform's own credentials, and takes the place of the default one.",
    expression: `!has(object.spec.scrapeClass) || object.spec.scrapeClass in ${celList(scrapeClasses)}`,
  };
}

/** That targets are looked for in the own namespace alone. */
export function namespaceSelectorRule(path: string): AdmissionRule {
  return {
    id: 'namespaceSelector',
    message: 'namespaceSelector must be absent or name only the own namespace',
    why: 'Targets of another tenant would be scraped into this one.',
    expression: celAll([
      `!${path}.?any.orValue(false)`,
      `${path}.?matchNames.orValue([]).all(name, name == request.namespace)`,
    ]),
  };
}

/**
 * That the object is no larger than what it needs.
 *
 * @param packed - What the operator puts together out of all such objects.
 */
export function sizeRule(packed = 'the scrapes of all tenants'): AdmissionRule {
  return {
    id: 'size',
    message: `spec must have at most ${MAXIMUM_SPEC} characters`,
    why: `The operator packs ${packed} into one Secret of a mebibyte, and none is updated once they do not fit.`,
    expression: `"%s".format([dyn(object.spec)]).size() <= ${MAXIMUM_SPEC}`,
  };
}

const MAXIMUM_SPEC = 32_768;

/** That the limit of an answer is a number that the operator can compare with the enforced one. */
export function bodySizeRule(): AdmissionRule {
  return {
    id: 'bodySizeLimit',
    message: 'bodySizeLimit must be from 1 to 999999, in B, KB, KiB, MB or MiB',
    why:
      'Zero, and a size that does not fit into 64 bits, are no limit at all to Prometheus. The operator ' +
      'takes both for the lower limit.',
    expression:
      `${celIsEmpty('object.spec.?bodySizeLimit')} || ` +
      'object.spec.bodySizeLimit.matches("^[1-9][0-9]{0,5}([KM]i?)?B$")',
  };
}

/** That no histogram is taken whose buckets its target lays out. */
export function nativeHistogramRules({
  nativeHistograms,
}: AdmissionSettings): readonly AdmissionRule[] {
  if (nativeHistograms) return [];
  // Not every version of the operator knows both fields.
  const fields = ['scrapeNativeHistograms', 'convertClassicHistogramsToNHCB'];
  const rule = {
    id: 'nativeHistograms',
    message: `${fields.join(' and ')} are refused`,
    why:
      'Prometheus takes native histograms that nobody can add up. With some of them a query never ends, ' +
      'whatever its timeout, and others crash the compactor of Thanos, which then works for no tenant.',
    expression: celAll(fields.map((field) => `!dyn(object.spec).?${field}.orValue(false)`)),
  };
  return [rule];
}
