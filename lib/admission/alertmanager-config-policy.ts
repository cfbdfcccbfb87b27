import { type AdmissionPolicy, type AdmissionRule, MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celAll, celIsEmpty, celString } from './cel.ts';
import { brittleReceiverRules, RECEIVER_RULES, RECEIVER_TEXTS } from './receiver-rules.ts';
import {
  ALERT_LABEL_RULE,
  MATCHER_REGEX_RULE,
  ROUTE_DEPTH_RULE,
  ROUTE_INTERVAL_RULE,
  ROUTING_TEXT,
  TIME_PERIOD_RULE,
} from './route-rules.ts';
import { sizeRule } from './scrape-rules.ts';

/** The kinds of receivers that ask over HTTP, with the addresses that each may be given as text. */
export const RECEIVERS: Readonly<Record<string, readonly string[]>> = {
  discordConfigs: [],
  msteamsConfigs: [],
  msteamsv2Configs: [],
  opsgenieConfigs: ['apiURL'],
  pagerdutyConfigs: ['url'],
  pushoverConfigs: [],
  rocketchatConfigs: ['apiURL'],
  slackConfigs: [],
  snsConfigs: ['apiURL'],
  telegramConfigs: ['apiURL'],
  victoropsConfigs: ['apiUrl'],
  webexConfigs: ['apiURL'],
  webhookConfigs: ['url'],
  wechatConfigs: ['apiURL'],
};

const FILES: Readonly<Record<string, readonly string[]>> = {
  pushoverConfigs: ['tokenFile', 'userKeyFile'],
  telegramConfigs: ['botTokenFile'],
};

// Loopback, numbers, one-label names and names of the cluster. A Service by the names of itself and of its
// namespace alone looks like any other host.
const INTERNAL_HOST = String.raw`^(?:[^.]*|.*\.|[0-9.]*|.*\.[0-9][^.]*|0x.*|.*:.*|.*\.(?:local|internal|localhost|svc))$`;

/** What is refused of AlertmanagerConfigs: all of them, or what reaches into Alertmanager's pod. */
export function alertmanagerConfigPolicy(settings: AdmissionSettings): AdmissionPolicy {
  const policy = {
    name: 'alertmanagerconfigs',
    kinds: ['AlertmanagerConfig'],
    resources: [
      {
        group: MONITORING_GROUP,
        versions: ['v1alpha1', 'v1beta1'],
        resources: ['alertmanagerconfigs'],
      },
    ],
    reach: 'tenants',
    releasedBy: 'spec',
  } as const;
  switch (settings.alertmanagerConfigs) {
    case 'deny':
      return { ...policy, variables: [], rules: [DENIED] };
    case 'restricted':
      return {
        ...policy,
        variables: [
          { name: 'receivers', expression: 'object.spec.?receivers.orValue([])' },
          RECEIVER_TEXTS,
          ROUTING_TEXT,
        ],
        rules: [
          ...RESTRICTED,
          ...RECEIVER_RULES,
          ...brittleReceiverRules(settings.globalReceivers),
          ROUTE_INTERVAL_RULE,
          ALERT_LABEL_RULE,
          MATCHER_REGEX_RULE,
          ROUTE_DEPTH_RULE,
          TIME_PERIOD_RULE,
          sizeRule('what each tenant says to Alertmanager'),
        ],
      };
    default:
      throw new TypeError(`${String(settings.alertmanagerConfigs satisfies never)} is no mode`);
  }
}

const DENIED: AdmissionRule = {
  id: 'alertmanagerConfig',
  message: 'AlertmanagerConfigs are refused',
  why: 'The operator confines them by the label `namespace`, which is not what carries the tenant here.',
  expression: 'false',
};

const RESTRICTED: readonly AdmissionRule[] = [
  {
    id: 'receiverFiles',
    message: 'tokenFile, userKeyFile and botTokenFile are refused; name Secrets instead',
    why: "They name files of Alertmanager's pod, whose content is sent to an address of the tenant's choice.",
    expression: everyReceiver((kind) =>
      (FILES[kind] ?? []).map((field) => celIsEmpty(`config.?${field}`)),
    ),
  },
  {
    id: 'receiverProxy',
    message: 'proxies and oauth2 in httpConfig are refused',
    why: 'Alertmanager would send requests to addresses that only it can reach.',
    expression: everyReceiver(() => [
      celIsEmpty('config.?httpConfig.?proxyURL'),
      celIsEmpty('config.?httpConfig.?proxyUrl'),
      '!config.?httpConfig.?proxyFromEnvironment.orValue(false)',
      '!config.?httpConfig.?oauth2.hasValue()',
    ]),
  },
  {
    id: 'receiverAddress',
    message: 'addresses of receivers must be https, and neither numbers nor names of the cluster',
    why: 'Alertmanager would send requests to addresses that only it can reach, its own API among them.',
    expression: everyReceiver((kind) => (RECEIVERS[kind] ?? []).map(isExternal)),
  },
  {
    id: 'webhookPayload',
    message: 'payload of a webhook is refused',
    why: "A body of the tenant's choice can be a request to an API inside the cluster.",
    expression: everyReceiver((kind) =>
      kind === 'webhookConfigs' ? [celIsEmpty('config.?payload')] : [],
    ),
  },
];

function isExternal(field: string): string {
  const url = `config.${field}`;
  return (
    `${celIsEmpty(`config.?${field}`)} || (isURL(${url}) && url(${url}).getScheme() == "https" && ` +
    `!url(${url}).getHostname().lowerAscii().matches(${celString(INTERNAL_HOST)}))`
  );
}

function everyReceiver(conditionsOf: (kind: string) => readonly string[]): string {
  const kinds = Object.keys(RECEIVERS).flatMap((kind) => {
    const conditions = conditionsOf(kind);
    if (conditions.length === 0) return [];
    return [`receiver.?${kind}.orValue([]).all(config, ${celAll(conditions)})`];
  });
  return `variables.receivers.all(receiver, ${celAll(kinds)})`;
}
