import type { AdmissionPolicy } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { alertmanagerConfigPolicy } from './alertmanager-config-policy.ts';
import {
  endpointPolicies,
  namespaceLabelPolicy,
  OPERATOR_INSTANCE_POLICY,
} from './cluster-policies.ts';
import { podMonitorPolicy, serviceMonitorPolicy } from './monitor-policies.ts';
import { probePolicy } from './probe-policy.ts';
import { prometheusRulePolicy } from './rule-policies.ts';
import { scrapeConfigPolicy } from './scrape-config-policy.ts';
import { SERVICE_POLICY } from './service-policy.ts';

/** Every policy, in the order of the documentation. */
export function admissionPolicies(settings: AdmissionSettings): readonly AdmissionPolicy[] {
  return [
    serviceMonitorPolicy(settings),
    podMonitorPolicy(settings),
    probePolicy(settings),
    scrapeConfigPolicy(settings),
    prometheusRulePolicy(settings),
    alertmanagerConfigPolicy(settings),
    OPERATOR_INSTANCE_POLICY,
    ...endpointPolicies(settings),
    SERVICE_POLICY,
    namespaceLabelPolicy(settings),
  ];
}
