import { admissionPolicies } from '../../lib/admission/admission-policies.ts';
import type { AdmissionPolicy } from '../../lib/admission/admission-policy.ts';
import { resolveAdmission } from '../../lib/admission/tenant-admission-policies-props.ts';
import { AUDITED_RESOURCES } from '../../frontend/tools/audit/audited-objects.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Admission

What the API server refuses in namespaces of tenants, and why. The policies are
[ValidatingAdmissionPolicies](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/),
so they need Kubernetes 1.30 and no webhook. \`TenantAdmissionPolicies\` makes them, and \`npm run synth\`
writes them to \`dist/admission/\`.

- They hold in **every namespace but those of the platform**, by name: that of the chart, and
  \`platformNamespaces\`. A namespace is looked at before it is marked as a tenant's, so the mark finds
  nothing bad that was written since. The labels of namespaces are guarded everywhere.
- What cannot be judged is refused: a version of a kind that the policies do not know, and an expression
  that fails.
- An object that was there before is not looked at until it changes. Deleting it is never refused, but for a
  Service that would leave its addresses behind, nor is the removal of its finalizers.
  [The audit](#audit) lists such objects.
- The refusal begins with the name of the rule below.
- \`unsafeWarnOnly\` warns instead, and writes to the audit log.`;

const AUDIT = `## Audit

To be run before namespaces are marked, with the policies in force, at least as warnings:

\`\`\`sh
kubectl get ${AUDITED_RESOURCES.join()} -A -o json |
  prometheus-tenancy-kit audit --server https://my-api-server --ca-file ca.crt --token-file token
\`\`\`

It writes each object back as it is, in a dry run, and prints what the policies say; exit code 1 means that
something would be refused, could not be tried, or is looked at by no policy. The caller must be allowed to
update these objects and to list policies and bindings. Addresses of endpoints are not audited: the API
server does not remember who wrote them. EndpointSlices that no controller follows any more are those
without a Service, and those of Services without a selector:

\`\`\`sh
kubectl get services -A -o json | jq -r '.items[] |
  select((.spec.selector // {}) == {} or .spec.type == "ExternalName") |
  "kubectl get endpointslices -n \\(.metadata.namespace) -l kubernetes.io/service-name=\\(.metadata.name)"'
\`\`\``;

const LEFT = `## What is left

- **Redirects of what has no field against them.** ScrapeConfigs always follow redirects, so
  \`unsafeScrapeConfigs\` does not keep tenants apart.
- **Names that are not reserved.** \`TenantPrometheus\` drops tenants' series and targets of the names in
  \`reserved\`, by a scrape class that no monitor of theirs can leave. Any other exporter of the platform can be
  imitated; the tenancy label tells them apart, so rules and dashboards of the platform must select its own
  namespaces.
- **Expressions of PrometheusRules** are not looked at, and templates by patterns alone. No evaluator of
  the kit takes PrometheusRules of tenants as they are.
- **Addresses in Secrets**, which receivers of AlertmanagerConfigs may name, and redirects that Alertmanager
  follows: it needs a network policy of its own. Where \`httpConfig\` is absent, Alertmanager takes its global
  one, so no credential belongs there. A prober asks whatever it is told to, and so does it.
- **Inhibition.** The configuration of Alertmanager itself is not the kit's. A rule of the platform in its
  \`inhibit_rules\` that an alert of a tenant could be the source of silences others: write the tenancy label
  into \`equal\` of each, or a source matcher that only alerts of the platform have.
- **What is in Secrets of receivers.** A token of Telegram that is empty, or an address of Teams that is none,
  keeps the operator from writing the configuration of Alertmanager for anybody. What is in force
  stays, and the operator's \`prometheus_operator_reconcile_errors_total\` tells; its log names the object. A token
  of WebEx that is empty is written, and Alertmanager then loads nothing new:
  \`alertmanager_config_last_reload_successful\` tells.
- **Alertmanager's own words.** What makes its configuration invalid is refused as far as it is known, for the
  versions that are tested. A field that a later operator brings is not: watch the same metric.
- **Services with \`externalIPs\`** draw what pods send to these addresses. Names are checked with TLS wherever
  the platform leaves its own pods; refuse the field to tenants, as the admission plugin
  \`DenyServiceExternalIPs\` does.
- **Pods in the network of their node** have its address, so a monitor of theirs reaches every port of the
  node. Refuse \`hostNetwork\` to tenants, as the level \`baseline\` of the Pod Security Standards does.
- **Large Secrets.** The operator packs credentials of monitors with all scrapes into one Secret of a
  mebibyte. No policy of monitors sees how long a password is, so a tenant with many, or with long ones, can
  keep the configuration from being updated. What is in force stays; the operator's
  \`prometheus_operator_reconcile_errors_total\` tells. Certificates of \`tlsConfig\` go into as many Secrets
  as they need, and Prometheus is rolled over whenever their number changes: a tenant with megabytes of
  certificates can have that done again and again. One replica stays, as long as there are two.
- **How much a tenant brings.** The limits are of one scrape. A tenant with many targets, or with other series
  at each scrape, stays within them and can still fill the memory of a Prometheus that all share:
  \`scrape_series_added\` tells whose they are. A quota of pods and of monitors bounds it.
- **Native histograms**, where \`unsafeNativeHistograms\` takes them, or where Prometheus itself is told to
  scrape them by a patch: each target is trusted with every query and with the compactor. What else writes
  series, such as a gateway for remote write, has to refuse them itself.
- **Administrators.** Whoever may write in a namespace of the platform, change the policies, or do
  everything, is not confined. That holds for a deployment tool with such rights that applies what a tenant
  wrote, except for addresses of endpoints: those are the controllers' alone.
- **Namespaces of the operator.** Let the operator look for instances in the platform's namespaces alone
  (\`--prometheus-instance-namespaces\` and its like); the policies refuse new instances elsewhere, not old ones.`;

const DEFAULTS = {} as const;
const MORE = { unsafeScrapeConfigs: true, probers: ['blackbox.monitoring:9115'] } as const;

/** What is refused, from the policies themselves. */
export const ADMISSION_PAGE: Page = {
  file: 'admission.md',
  markdown: () => {
    const policies = admissionPolicies(resolveAdmission('docs', 'monitoring', DEFAULTS));
    const more = admissionPolicies(resolveAdmission('docs', 'monitoring', MORE)).filter(
      ({ name }) => name === 'probes' || name === 'scrapeconfigs',
    );
    return [
      INTRODUCTION,
      GENERATED_NOTE,
      '## What is refused by default',
      ...policies.filter(({ name }) => name !== 'probes').map(section),
      '### Probe',
      'Refused altogether, unless `probers` names some; then as below.',
      '## What is refused where more is allowed',
      'With `probers`, and with `unsafeScrapeConfigs`:',
      ...more.map(section),
      AUDIT,
      LEFT,
      '',
    ].join('\n\n');
  },
};

function section({ kinds, rules }: AdmissionPolicy): string {
  const rows = rules.map(({ id, message, why }) => [`\`${id}\``, quoted(message), why]);
  return `### ${kinds.join(', ')}\n\n${table(['rule', 'says', 'why'], rows)}`;
}

// Markdown would read some of these texts as its own.
function quoted(text: string): string {
  return text.replaceAll(/[<>*_`\\[\]]/g, (it) => `\\${it}`);
}
