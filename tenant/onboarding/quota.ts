import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { type ContainerResources, toResourceRequirements } from '../../lib/resources.ts';
import { SynthError } from '../../lib/synth-error.ts';

/**
 * How much of the platform, and of the cluster, a tenant may take.
 *
 * A quota bounds how many objects there are. How much one scrape of them may bring is bounded by the
 * enforced limits of `TenantPrometheus`, which are the same for all tenants.
 */
export interface TenantQuota {
  /**
   * ServiceMonitors, and as many PodMonitors.
   * @default 50
   */
  readonly monitors?: number;
  /**
   * PrometheusRules.
   * @default 50
   */
  readonly rules?: number;
  /**
   * Further bounds in the words of a ResourceQuota, such as `{ 'requests.cpu': '10' }`. Where CPU or
   * memory is among them, pods that name none are refused, unless `containerDefaults` gives them some.
   * @default - none
   */
  readonly hard?: Readonly<Record<string, string>>;
  /**
   * What a container gets that asks for nothing, as a LimitRange.
   * @default - none
   */
  readonly containerDefaults?: ContainerResources;
}

/** Where a quota goes. */
export interface QuotaTarget {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The objects of a quota. */
export interface QuotaObjects {
  readonly resourceQuota: k8s.KubeResourceQuota;
  readonly limitRange: k8s.KubeLimitRange | undefined;
}

const NAME = 'monitoring';
const GROUP = 'monitoring.coreos.com';

/**
 * Adds a quota.
 *
 * @throws {SynthError} If a bound is not a whole number from 0 on, or is set twice.
 */
export function addQuota(scope: Construct, quota: TenantQuota, target: QuotaTarget): QuotaObjects {
  const subject = `Tenant ${target.namespace} quota`;
  const { containerDefaults, hard = {}, monitors = 50, rules = 50 } = quota;
  const counts = {
    [`count/servicemonitors.${GROUP}`]: requireCount(`${subject}.monitors`, monitors),
    [`count/podmonitors.${GROUP}`]: monitors,
    [`count/prometheusrules.${GROUP}`]: requireCount(`${subject}.rules`, rules),
  };
  refuseTwice(subject, Object.keys(counts), hard);
  const bounds = { ...counts, ...hard };
  const metadata = { name: NAME, namespace: target.namespace, labels: { ...target.labels } };
  const resourceQuota = new k8s.KubeResourceQuota(scope, 'quota', {
    metadata,
    spec: {
      hard: Object.fromEntries(
        Object.entries(bounds).map(([name, bound]) => [
          name,
          typeof bound === 'number'
            ? k8s.Quantity.fromNumber(bound)
            : k8s.Quantity.fromString(bound),
        ]),
      ),
    },
  });
  const limitRange =
    containerDefaults === undefined ? undefined : addLimitRange(scope, metadata, containerDefaults);
  return { resourceQuota, limitRange };
}

function addLimitRange(
  scope: Construct,
  metadata: k8s.ObjectMeta,
  resources: ContainerResources,
): k8s.KubeLimitRange {
  const { limits, requests } = toResourceRequirements(resources);
  return new k8s.KubeLimitRange(scope, 'limit-range', {
    metadata,
    spec: {
      limits: [
        {
          type: 'Container',
          ...(limits !== undefined && { default: limits }),
          ...(requests !== undefined && { defaultRequest: requests }),
        },
      ],
    },
  });
}

function requireCount(subject: string, count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new SynthError(
    subject,
    `${count} is no number of objects`,
    'write a whole number from 0 on',
  );
}

function refuseTwice(
  subject: string,
  counts: readonly string[],
  hard: Readonly<Record<string, string>>,
): void {
  const twice = counts.find((name) => hard[name] !== undefined);
  if (twice === undefined) return;
  throw new SynthError(`${subject}.hard`, `sets ${twice} a second time`, 'use monitors or rules');
}
