import type { AdmissionRule } from './admission-policy.ts';
import { celAll, celIsEmpty, celString } from './cel.ts';
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
const COUNTABLE_TIME = `${TIME}(?:[0-9]{1,4}(?:ms|[wdhms]))*0?"`;

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
      condition: every(kind, needs?.map((it) => `has(config.${it})`).join(' && ') ?? 'false'),
    }));
  const teams = {
    text: 'msteamsv2 without webhookURL',
    condition: every('msteamsv2Configs', 'has(config.webhookURL)'),
  };
  const refused = [...needed, teams];
  return [
    {
      id: 'receiverTime',
      message:
        'timeout, retry, expire and ttl of receivers must be numbers of at most four digits, and no years',
      why: 'With a time that it cannot count the operator writes no configuration of Alertmanager at all.',
      expression: `variables.texts.all(text, text.findAll(${celString(TIME)}).size() == text.findAll(${celString(COUNTABLE_TIME)}).size())`,
    },
    {
      id: 'receiverIncomplete',
      message: `these receivers are refused: ${refused.map(({ text }) => text).join(', ')}`,
      why:
        'Where Alertmanager has no mail server, or no credential of its own to put in its place, there is no ' +
        'valid configuration for any tenant.',
      expression: `variables.receivers.all(receiver, ${celAll(refused.map(({ condition }) => condition))})`,
    },
  ];
}

// The operator reads the names of routes below others without regard to capitals.
const INTERVAL = '(?i:"(?:groupInterval|repeatInterval)"):"';
const LONG_INTERVAL = `${INTERVAL}(?:[1-9][0-9]{1,3}s|(?:[1-9][0-9]{0,3}[mhdw])+(?:[0-9]{1,4}s)?)"`;

const BRANCH = '(?i:"routes"):';
const MAXIMUM_BRANCHES = 50;

/** That routes are not nested without end. */
export const ROUTE_DEPTH_RULE: AdmissionRule = {
  id: 'routeDepth',
  message: `at most ${MAXIMUM_BRANCHES} routes may have routes below them`,
  why:
    'Each level is written further to the right: from a few thousand the operator makes a configuration of ' +
    'many megabytes.',
  expression:
    '["%s".format([dyn(object.spec).?route.orValue({})])].all(text, ' +
    `text.findAll(${celString(BRANCH)}).size() <= ${MAXIMUM_BRANCHES})`,
};

const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*';
const NAME_OF_LABEL = '(?i:"name"):"';
const GROUPING = String.raw`(?i:"groupBy"):\[`;
const OPERATOR = '(?i:"matchType"):"';

/** That alerts are told apart by labels. Alertmanager takes no configuration at all with another name. */
export const ALERT_LABEL_RULE: AdmissionRule = {
  id: 'alertLabel',
  message:
    'groupBy, equal and the names of matchers must be labels of letters, digits and underscores; matchType one of =, !=, =~ and !~',
  why: 'What is no label makes the configuration of Alertmanager invalid, for all tenants.',
  expression: [
    // Routes below the first are in no schema, so it is the text of all of them.
    '["%s".format([dyn(object.spec).?route.orValue({})])].all(text, ' +
      [
        [NAME_OF_LABEL, `${NAME_OF_LABEL}${LABEL}"`],
        [GROUPING, String.raw`${GROUPING}(?:"(?:${LABEL}|\.\.\.)"(?:, ?)?)*\]`],
        [OPERATOR, `${OPERATOR}(?:=|!=|=~|!~)?"`],
      ]
        .map(
          ([every = '', good = '']) =>
            `text.findAll(${celString(every)}).size() == text.findAll(${celString(good)}).size()`,
        )
        .join(' && ') +
      ')',
    'object.spec.?inhibitRules.orValue([]).all(rule, ' +
      celAll([
        ...['sourceMatch', 'targetMatch'].map(
          (side) =>
            `rule.?${side}.orValue([]).all(it, it.name.matches(${celString(`^${LABEL}$`)}))`,
        ),
        `rule.?equal.orValue([]).all(it, it.matches(${celString(`^${LABEL}$`)}))`,
      ]) +
      ')',
  ].join(' && '),
};

const WAIT = '(?i:"groupWait"):"';
const COUNTABLE_WAIT = `${WAIT}(?:[0-9]{1,4}(?:ms|[wdhms]))*0?"`;

/** That alerts are not grouped, or sent, too often. */
export const ROUTE_INTERVAL_RULE: AdmissionRule = {
  id: 'routeInterval',
  message:
    'groupInterval and repeatInterval must be at least 10s, and hold no milliseconds; no time may have years',
  why:
    'Alertmanager would look at each group of alerts, and send it, a thousand times a second. With a time that ' +
    'it cannot count the operator writes no configuration at all.',
  // The text of all routes at once: the schema does not say what is in those below the first.
  expression:
    '["%s".format([dyn(object.spec).?route.orValue({})])].all(text, ' +
    `text.findAll(${celString(INTERVAL)}).size() == text.findAll(${celString(LONG_INTERVAL)}).size() && ` +
    `text.findAll(${celString(WAIT)}).size() == text.findAll(${celString(COUNTABLE_WAIT)}).size())`,
};
