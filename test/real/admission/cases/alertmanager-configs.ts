import type { Manifest } from '../../harness/cluster-objects.ts';
import { AT_FLOOR } from '../../harness/parts.ts';
import {
  accepted,
  type AdmissionCase,
  monitoring,
  refused,
  SECRET_KEY,
} from '../admission-case.ts';

const receiver = (kind: string, config: Manifest): Manifest =>
  monitoring(
    'AlertmanagerConfig',
    { route: { receiver: 'r' }, receivers: [{ name: 'r', [kind]: [config] }] },
    'v1alpha1',
  );

/** What is said of AlertmanagerConfigs. */
export const ALERTMANAGER_CASES: readonly AdmissionCase[] = [
  ...accepted({
    'an AlertmanagerConfig of a webhook outside': receiver('webhookConfigs', {
      url: 'https://hooks.example.com/x',
    }),
    'an AlertmanagerConfig of Slack': receiver('slackConfigs', {
      apiURL: SECRET_KEY,
      channel: '#alerts',
    }),
    'an AlertmanagerConfig of Teams': receiver('msteamsv2Configs', { webhookURL: SECRET_KEY }),
    'an AlertmanagerConfig of Opsgenie in Europe': receiver('opsgenieConfigs', {
      apiKey: SECRET_KEY,
      apiURL: 'https://api.eu.opsgenie.com/',
    }),
    'an AlertmanagerConfig of SNS with keys': receiver('snsConfigs', {
      topicARN: 'arn:aws:sns:x',
      sigv4: { accessKey: SECRET_KEY, secretKey: SECRET_KEY },
    }),
    'an AlertmanagerConfig that goes through alerts and their labels': receiver('slackConfigs', {
      apiURL: SECRET_KEY,
      title: 'in the range of {{ .CommonLabels.alertname }}',
      text: '{{ range .Alerts.Firing }}\n{{ range $k, $v := .Labels }}{{ $k }}{{ end }}{{ end }}{{ range .Alerts.Resolved }}x{{- end }}',
    }),
    'an AlertmanagerConfig as large as it may be': receiver('slackConfigs', {
      apiURL: SECRET_KEY,
      text: '{{ .CommonLabels.job }}'.repeat(1_400),
    }),
    'an AlertmanagerConfig without a route': monitoring('AlertmanagerConfig', {}, 'v1alpha1'),
    'an AlertmanagerConfig with details': receiver('pagerdutyConfigs', {
      details: [{ key: '<', value: 'a << b and "<<"' }],
    }),
    'an AlertmanagerConfig of WebEx': receiver('webexConfigs', {
      roomID: 'a',
      httpConfig: { authorization: { credentials: SECRET_KEY } },
    }),
    'an AlertmanagerConfig of WeChat': receiver('wechatConfigs', {
      apiSecret: SECRET_KEY,
      corpID: 'a',
      messageType: 'markdown',
    }),
    'an AlertmanagerConfig of long times': receiver('webhookConfigs', {
      url: 'https://hooks.example.com/x',
      timeout: '60000ms',
    }),
    'an AlertmanagerConfig with times': receiver('pushoverConfigs', {
      userKey: SECRET_KEY,
      token: SECRET_KEY,
      message: '"timeout":"300y"',
      retry: '1m30s',
      expire: '1d',
      ttl: '0',
    }),
  }),
  ...refused('receiverFiles', {
    'a Telegram receiver with a file': receiver('telegramConfigs', {
      chatID: 1,
      botTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    }),
    'a Pushover receiver with a file': receiver('pushoverConfigs', {
      userKey: SECRET_KEY,
      tokenFile: '/etc/x',
    }),
  }),
  ...refused('receiverProxy', {
    'a webhook over a proxy': receiver('webhookConfigs', {
      url: 'https://hooks.example.com/x',
      httpConfig: { proxyURL: 'http://prometheus:9090' },
    }),
    'a webhook with oauth2': receiver('webhookConfigs', {
      url: 'https://hooks.example.com/x',
      httpConfig: {
        oauth2: {
          clientId: { secret: SECRET_KEY },
          clientSecret: SECRET_KEY,
          tokenUrl: 'http://prometheus:9090/-/quit',
        },
      },
    }),
  }),
  ...refused('receiverAddress', {
    'a webhook without TLS': receiver('webhookConfigs', { url: 'http://hooks.example.com/x' }),
    'a webhook to Alertmanager itself': receiver('webhookConfigs', {
      url: 'https://localhost:9093/api/v2/silences',
    }),
    'a webhook to a number': receiver('webhookConfigs', { url: 'https://10.0.0.1/x' }),
    'a webhook to a number of version 6': receiver('webhookConfigs', { url: 'https://[::1]/x' }),
    'a webhook to a Service': receiver('webhookConfigs', { url: 'https://web.team-b.svc/x' }),
    'a webhook to a Service by its full name': receiver('webhookConfigs', {
      url: 'https://web.team-b.svc.cluster.local/x',
    }),
    'a webhook to a Service in capitals': receiver('webhookConfigs', {
      url: 'https://web.team-b.SVC/x',
    }),
    'a webhook to a Service by its full name in capitals': receiver('webhookConfigs', {
      url: 'https://web.team-b.svc.Cluster.LOCAL/x',
    }),
    'a webhook to a number that is part of a number': receiver('webhookConfigs', {
      url: 'https://127.0x1/x',
    }),
    'a webhook behind a name before the at sign': receiver('webhookConfigs', {
      url: 'https://example.com@localhost/x',
    }),
  }),
  ...refused('receiverCredential', {
    'Opsgenie elsewhere': receiver('opsgenieConfigs', { apiURL: 'https://evil.example.com' }),
    'Opsgenie elsewhere, with a key that may be empty': receiver('opsgenieConfigs', {
      apiKey: SECRET_KEY,
      apiURL: 'https://api.opsgenie.com.evil.example.com/',
    }),
    'VictorOps elsewhere': receiver('victoropsConfigs', {
      routingKey: 'a',
      apiUrl: 'https://evil.example.com',
    }),
    'WeChat elsewhere': receiver('wechatConfigs', { apiURL: 'https://evil.example.com' }),
    'Telegram elsewhere': receiver('telegramConfigs', {
      chatID: 1,
      botToken: SECRET_KEY,
      apiURL: 'https://evil.example.com',
    }),
  }),
  ...refused('receiverKey', {
    'VictorOps with a field that is an instruction in YAML': receiver('victoropsConfigs', {
      routingKey: 'a',
      customFields: [{ key: '<<', value: 'x' }],
    }),
    'PagerDuty with such a detail': receiver('pagerdutyConfigs', {
      details: [{ key: '<<', value: 'x' }],
    }),
    'SNS with such an attribute': receiver('snsConfigs', {
      topicARN: 'arn:aws:sns:x',
      sigv4: { accessKey: SECRET_KEY, secretKey: SECRET_KEY },
      attributes: { '<<': 'x' },
    }),
  }),
  ...refused('receiverTime', {
    'a webhook that waits for more years than can be counted': receiver('webhookConfigs', {
      url: 'https://hooks.example.com/x',
      timeout: '300y',
    }),
    'Pushover that expires after more days than can be counted': receiver('pushoverConfigs', {
      userKey: SECRET_KEY,
      token: SECRET_KEY,
      expire: '99999999999d',
    }),
  }),
  ...refused('receiverIncomplete', {
    'Teams without an address': receiver('msteamsv2Configs', { title: 'x' }),
    'an AlertmanagerConfig of mail': receiver('emailConfigs', { to: 'a@example.com' }),
    'Opsgenie without a key': receiver('opsgenieConfigs', { message: 'x' }),
    'Slack without an address': receiver('slackConfigs', { channel: '#alerts' }),
    'VictorOps without a key': receiver('victoropsConfigs', { routingKey: 'a' }),
    'WeChat without a secret': receiver('wechatConfigs', { corpID: 'a' }),
    'WeChat with messages that Alertmanager does not know': receiver('wechatConfigs', {
      apiSecret: SECRET_KEY,
      corpID: 'a',
      messageType: 'image',
    }),
    'WebEx without a token': receiver('webexConfigs', { roomID: 'a' }),
    'WebEx with a password for a token': receiver('webexConfigs', {
      roomID: 'a',
      httpConfig: { basicAuth: { username: SECRET_KEY, password: SECRET_KEY } },
    }),
    // Later definitions refuse it themselves.
    ...(AT_FLOOR && {
      'WeChat of an empty name': receiver('wechatConfigs', { apiSecret: SECRET_KEY, corpID: '' }),
    }),
  }),
  ...refused('receiverIdentity', {
    'SNS as Alertmanager itself': receiver('snsConfigs', { topicARN: 'arn:aws:sns:x' }),
    'SNS in a role of the platform': receiver('snsConfigs', {
      topicARN: 'arn:aws:sns:x',
      sigv4: { accessKey: SECRET_KEY, secretKey: SECRET_KEY, roleArn: 'arn:aws:iam::1:role/x' },
    }),
  }),
  ...refused('receiverTemplate', {
    'a text that counts': receiver('slackConfigs', { text: '{{ range 30000000000 }}x{{ end }}' }),
    'a field that counts behind a line break': receiver('slackConfigs', {
      fields: [{ title: 'a', value: '{{-\n range $i := 30000000000 }}x{{ end }}' }],
    }),
    'a text that counts by a label of its own making': receiver('slackConfigs', {
      text: '{{ with dict "Labels" 30000000000 }}{{ range .Labels }}x{{ end }}{{ end }}',
    }),
    'a template that calls itself': receiver('slackConfigs', {
      text: '{{ define "a" }}{{ template "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    }),
    'alerts by alerts by alerts': receiver('slackConfigs', {
      text: '{{ range .Alerts }}{{ with $ }}{{ range .Alerts }}{{ with $ }}{{ range .Alerts }}x{{ end }}{{ end }}{{ end }}{{ end }}{{ end }}',
    }),
    'a text of a wide format': receiver('slackConfigs', { text: '{{ printf "%1000000d" 1 }}' }),
  }),
  ...refused('size', {
    'a text that fills a good part of the configuration': receiver('slackConfigs', {
      apiURL: SECRET_KEY,
      text: 'a'.repeat(33_000),
    }),
  }),
  ...refused('webhookPayload', {
    'a webhook with a body of its own': receiver('webhookConfigs', {
      url: 'https://hooks.example.com/x',
      payload: '{}',
    }),
  }),
];

/** What is said of mail and Opsgenie where Alertmanager has what they need. */
export const GLOBAL_RECEIVER_CASES: readonly AdmissionCase[] = [
  ...accepted({
    'an AlertmanagerConfig of mail': receiver('emailConfigs', { to: 'a@example.com' }),
    'an AlertmanagerConfig of Opsgenie without a key': receiver('opsgenieConfigs', {
      message: 'x',
    }),
  }),
  ...refused('receiverIncomplete', {
    'Slack without an address': receiver('slackConfigs', { channel: '#alerts' }),
  }),
  ...refused('receiverCredential', {
    'mail by a server that would be shown the password of the platform': receiver('emailConfigs', {
      to: 'a@example.com',
      smarthost: 'mail.example.com:587',
    }),
    'mail by a server inside, with a password that may be empty': receiver('emailConfigs', {
      to: 'a@example.com',
      smarthost: 'localhost:25',
      authUsername: 'a',
      authPassword: SECRET_KEY,
    }),
  }),
  ...refused('receiverTemplate', {
    'a header of mail that counts': receiver('emailConfigs', {
      to: 'a@example.com',
      headers: [{ key: 'X', value: '{{ range .StartsAt.Unix }}x{{ end }}' }],
    }),
  }),
  ...refused('receiverKey', {
    'mail with a header that is an instruction in YAML': receiver('emailConfigs', {
      to: 'a@example.com',
      headers: [{ key: '<<', value: 'x' }],
    }),
  }),
];
