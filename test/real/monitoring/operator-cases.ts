import { ALL_JOBS, type AlertCase, own, PLATFORM, type Samples } from './alert-case.ts';

const [OPERATOR] = ALL_JOBS.operator;
const CONTROLLER = { controller: 'prometheus' };
const IDENTITY = { namespace: PLATFORM, job: OPERATOR };

/** Failures and attempts of one kind: a counter each, which grow by this much a minute. */
function attempts(
  failed: string,
  all: string,
  [failures, total]: readonly [number, number],
): Samples {
  return {
    [own(OPERATOR, `prometheus_operator_${failed}`, CONTROLLER)]: `0+${failures}x60`,
    [own(OPERATOR, `prometheus_operator_${all}`, CONTROLLER)]: `0+${total}x60`,
  };
}

/** A gauge of one controller. */
function state(
  alert: string,
  metric: string,
  labels: Readonly<Record<string, string>>,
  [bad, good]: readonly [number, number],
): AlertCase {
  const series = own(OPERATOR, `prometheus_operator_${metric}`, { ...CONTROLLER, ...labels });
  return {
    alert,
    fires: { [series]: `${bad}x60` },
    labels: { ...IDENTITY, ...CONTROLLER, ...labels, instance: 'pod-1' },
    value: String(bad),
    quiet: { [series]: `${good}x60` },
  };
}

/** What the alerts on the Prometheus operator do. */
export const OPERATOR_CASES: readonly AlertCase[] = [
  {
    alert: 'TenancyOperatorReconcileErrors',
    fires: attempts('reconcile_errors_total', 'reconcile_operations_total', [6, 24]),
    labels: { ...IDENTITY, ...CONTROLLER },
    value: '25%',
    quiet: attempts('reconcile_errors_total', 'reconcile_operations_total', [6, 120]),
  },
  ...['list', 'watch'].map((operation): AlertCase => {
    const counter = `${operation}_operations`;
    return {
      alert: 'TenancyOperatorReadsFailing',
      fires: attempts(`${counter}_failed_total`, `${counter}_total`, [6, 12]),
      labels: { ...IDENTITY, ...CONTROLLER, operation },
      value: '50%',
      quiet: attempts(`${counter}_failed_total`, `${counter}_total`, [6, 24]),
    };
  }),
  state('TenancyOperatorSyncFailed', 'syncs', { status: 'failed' }, [2, 0]),
  state('TenancyOperatorNotReady', 'ready', {}, [0, 1]),
  state(
    'TenancyOperatorResourcesRejected',
    'managed_resources',
    { resource: 'ServiceMonitor', state: 'rejected' },
    [3, 0],
  ),
];
