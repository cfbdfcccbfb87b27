import type { AdmissionRule } from './admission-policy.ts';
import { celAll, celIsEmpty, celString } from './cel.ts';

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

// The operator reads the names of routes below others without regard to capitals.
const INTERVAL = '(?i:"(?:groupInterval|repeatInterval)"):"';
const LONG_INTERVAL = `${INTERVAL}(?:[1-9][0-9]{1,3}s|(?:[1-9][0-9]{0,3}[mhdw])+(?:[0-9]{1,4}s)?)"`;

/** That alerts are not grouped, or sent, too often. */
export const ROUTE_INTERVAL_RULE: AdmissionRule = {
  id: 'routeInterval',
  message: 'groupInterval and repeatInterval must be at least 10s, and hold no milliseconds',
  why: 'Alertmanager would look at each group of alerts, and send it, a thousand times a second.',
  // The text of all routes at once: the schema does not say what is in those below the first.
  expression:
    '["%s".format([dyn(object.spec).?route.orValue({})])].all(text, ' +
    `text.findAll(${celString(INTERVAL)}).size() == text.findAll(${celString(LONG_INTERVAL)}).size())`,
};
