import type { AdmissionRule } from './admission-policy.ts';
import { celAll, celIsEmpty, celList, celString } from './cel.ts';
import { COUNTABLE_TIME, TIME_BOUNDS } from './route-rules.ts';
import { YAML_MERGE } from './scrape-rules.ts';

/**
 * The receivers to whose requests Alertmanager adds the credential of its global configuration where they
 * name none, or an empty one; by the field of their address.
 */
const PLATFORM_CREDENTIALS: Readonly<
  Record<string, { readonly field: string; readonly hosts: readonly string[] }>
> = {
  emailConfigs: { field: 'smarthost', hosts: [] },
  opsgenieConfigs: { field: 'apiURL', hosts: ['api.opsgenie.com', 'api.eu.opsgenie.com'] },
  rocketchatConfigs: { field: 'apiURL', hosts: [] },
  snsConfigs: { field: 'apiURL', hosts: [] },
  telegramConfigs: { field: 'apiURL', hosts: ['api.telegram.org'] },
  victoropsConfigs: { field: 'apiUrl', hosts: ['alert.victorops.com'] },
  wechatConfigs: { field: 'apiURL', hosts: ['qyapi.weixin.qq.com'] },
};

// What begins an action of a template, in a text whose line breaks may be written as escapes.
const ACTION = String.raw`\{\{-?(?:\s|\\[nrt])*`;
const NAMED = String.raw`(?:\$[a-zA-Z0-9_]+\s*(?:,\s*\$[a-zA-Z0-9_]+\s*)?:=\s*)?`;
const END = String.raw`\s*-?\}\}`;
const PAIRS = String.raw`\.(?:(?:Common|Group)?Labels|(?:Common)?Annotations)(?:\.SortedPairs|\.Names|\.Values)?`;
const RANGE = `${ACTION}range\\b`;
const RANGE_OVER_PAIRS = `${ACTION}range\\s+${NAMED}${PAIRS}${END}`;
const RANGE_OVER_ALERTS = `${ACTION}range\\s+${NAMED}\\.Alerts(?:\\.Firing|\\.Resolved)?${END}`;
const FORBIDDEN = `${ACTION}(?:define|block)\\b|\\{\\{[^}]*\\bdict\\b`;
const WIDE_FORMAT = String.raw`%[-+# 0]*(?:[0-9]{3,}|\*|\[)|%[-+# 0-9]*\.(?:[0-9]{3,}|\*|\[)`;

/** What is refused of receivers because Alertmanager would show, or lose, what is the platform's. */
export const RECEIVER_RULES: readonly AdmissionRule[] = [
  {
    id: 'receiverCredential',
    message:
      'a receiver of mail, Opsgenie, Rocket.Chat, SNS, Telegram, VictorOps or WeChat must not name an address but the public one',
    why: "Alertmanager adds the platform's own credential where the tenant names none, or an empty one, and sends it to that address.",
    expression: `variables.receivers.all(receiver, ${celAll(
      Object.entries(PLATFORM_CREDENTIALS).map(
        ([kind, { field, hosts }]) =>
          `receiver.?${kind}.orValue([]).all(config, ${celIsEmpty(`config.?${field}`)}${hosts
            .map(
              (host) =>
                ` || config.${field} == ${celString(`https://${host}`)}` +
                ` || config.${field}.startsWith(${celString(`https://${host}/`)})`,
            )
            .join('')})`,
      ),
    )})`,
  },
  {
    id: 'receiverIdentity',
    message: 'an SNS receiver must name accessKey and secretKey, and no profile or role',
    why: "Alertmanager would sign with the identity of its pod, for any topic of the tenant's choice.",
    expression:
      'variables.receivers.all(receiver, receiver.?snsConfigs.orValue([]).all(config, ' +
      'config.?sigv4.?accessKey.hasValue() && config.?sigv4.?secretKey.hasValue() && ' +
      `${celIsEmpty('config.?sigv4.?profile')} && ${celIsEmpty('config.?sigv4.?roleArn')}))`,
  },
  {
    id: 'receiverKey',
    message: `a header, detail or other field that a receiver names must not be called ${YAML_MERGE}`,
    why: 'In YAML it is no name, and it makes the configuration of all tenants invalid.',
    // The lists of names and values are many, and the operator makes maps of them.
    expression: `variables.texts.all(text, !text.contains(${celString(`"${YAML_MERGE}"`)}))`,
  },
  {
    id: 'receiverTemplate',
    message:
      'templates of receivers must not use define, block or dict, may range over .Alerts twice and else over labels and annotations, may use reReplaceAll once, and no formats of 100 characters or more',
    why: 'A range over a large number, or ranges inside ranges, hold Alertmanager for ever or fill its memory.',
    // The text of the whole receiver at once: its fields are many, and new ones come.
    expression: `variables.texts.all(text, !text.contains("{{") || (${celAll([
      `!text.matches(${celString(FORBIDDEN)})`,
      `text.findAll(${celString(RANGE)}).size() == text.findAll(${celString(RANGE_OVER_PAIRS)}).size() + text.findAll(${celString(RANGE_OVER_ALERTS)}).size()`,
      `text.findAll(${celString(RANGE_OVER_ALERTS)}).size() <= 2`,
      `text.findAll(${celString(RANGE)}).size() <= 4`,
      String.raw`text.findAll("\\breReplaceAll\\b").size() <= 1`,
      `!text.matches(${celString(WIDE_FORMAT)})`,
    ])}))`,
  },
];

/** The texts of receivers, each as one, that the rules read as `variables.texts`. */
export const RECEIVER_TEXTS = {
  name: 'texts',
  expression: 'variables.receivers.map(receiver, "%s".format([dyn(receiver)]))',
} as const;

const TIME = '(?i:"(?:timeout|retry|expire|ttl)"):"';
const GOOD_TIME = `${TIME}${COUNTABLE_TIME}"`;

/** Kinds of receivers for which Alertmanager can have a credential, or a mail server, of its own. */
export const GLOBAL_RECEIVERS = {
  mail: { kind: 'emailConfigs', needs: undefined },
  opsgenie: { kind: 'opsgenieConfigs', needs: ['apiKey'] },
  rocketchat: { kind: 'rocketchatConfigs', needs: ['token', 'tokenID'] },
  slack: { kind: 'slackConfigs', needs: ['apiURL'] },
  telegram: { kind: 'telegramConfigs', needs: ['botToken'] },
  victorops: { kind: 'victoropsConfigs', needs: ['apiKey'] },
  wechat: { kind: 'wechatConfigs', needs: ['apiSecret', 'corpID'] },
} as const;

/** One of them. */
export type GlobalReceiver = keyof typeof GLOBAL_RECEIVERS;

// An empty text is no credential either. Those in Secrets are objects.
function isGiven(field: string): string {
  return `has(config.${field}) && dyn(config.${field}) != ""`;
}

/**
 * What receivers must not say, or leave out, because there is then no configuration for anybody.
 *
 * @param globals - The kinds for which Alertmanager has what a tenant may leave out.
 */
export function brittleReceiverRules(globals: readonly GlobalReceiver[]): readonly AdmissionRule[] {
  const every = (kind: string, condition: string): string =>
    `receiver.?${kind}.orValue([]).all(config, ${condition})`;
  const needed = Object.entries(GLOBAL_RECEIVERS)
    .filter(([name]) => !globals.some((it) => it === name))
    .map(([name, { kind, needs }]) => ({
      text: needs === undefined ? name : `${name} without ${needs.join(' and ')}`,
      condition: every(kind, needs?.map(isGiven).join(' && ') ?? 'false'),
    }));
  const refused = [
    ...needed,
    {
      text: 'msteamsv2 without webhookURL',
      condition: every('msteamsv2Configs', 'has(config.webhookURL)'),
    },
    {
      text: 'webex without httpConfig.authorization',
      condition: every('webexConfigs', 'config.?httpConfig.?authorization.hasValue()'),
    },
    {
      text: 'wechat with a messageType but text and markdown',
      condition: every(
        'wechatConfigs',
        `config.?messageType.orValue("") in ${celList(['', 'text', 'markdown'])}`,
      ),
    },
  ];
  return [
    {
      id: 'receiverTime',
      message: `timeout, retry, expire and ttl of receivers must be times ${TIME_BOUNDS}`,
      why: 'With a time that it cannot count the operator writes no configuration of Alertmanager at all.',
      expression: `variables.texts.all(text, text.findAll(${celString(TIME)}).size() == text.findAll(${celString(GOOD_TIME)}).size())`,
    },
    {
      id: 'receiverIncomplete',
      message: `these receivers are refused: ${refused.map(({ text }) => text).join(', ')}`,
      why:
        'Where Alertmanager has no mail server, or no credential of its own to put in its place, or where it ' +
        'does not know what to send, there is no valid configuration for any tenant.',
      expression: `variables.receivers.all(receiver, ${celAll(refused.map(({ condition }) => condition))})`,
    },
  ];
}
