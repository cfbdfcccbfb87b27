import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { SynthError } from '../synth-error.ts';
import { refuseTenancyLabelAmong } from '../tenancy-labels.ts';
import { ThanosArgs } from './args.ts';
import type { ThanosComponent } from './flags.ts';
import { grpcFiles, type GrpcTls } from './grpc-tls.ts';
import { THANOS_GRPC, THANOS_HTTP } from './ports.ts';
import type { ThanosWorkloadSettings } from './workload-props.ts';

/** The arguments that every component begins with. */
export function programArgs(
  component: ThanosComponent,
  subject: string,
  settings: ThanosWorkloadSettings,
): ThanosArgs {
  return new ThanosArgs(component, subject, settings.version)
    .value('log.format', 'json')
    .value('http-address', `0.0.0.0:${THANOS_HTTP.port}`)
    .enable('enable-auto-gomemlimit');
}

/** Adds what a component needs to answer gRPC. */
export function addGrpcServer(args: ThanosArgs, tls: GrpcTls | undefined): ThanosArgs {
  args.value('grpc-address', `0.0.0.0:${THANOS_GRPC.port}`);
  if (tls === undefined) return args;
  const files = grpcFiles('server');
  return args
    .value('grpc-server-tls-cert', files.cert)
    .value('grpc-server-tls-key', files.key)
    .value('grpc-server-tls-client-ca', files.ca);
}

// Flags that give a label to everything, or take one off everything.
const SHARED_LABEL_FLAGS =
  /^--(?:label|query\.replica-label|query\.partition-label|deduplication\.replica-label|alert\.label-drop|restore-ignored-label|selector-label|receive\.(?:split-)?tenant-label-name)=["']?([^=]*?)["']?(?:=|$)/;

/** Refuses arguments, written by hand or not, that would put every series in one tenant. */
export function refuseSharedTenancyLabel(
  subject: string,
  tenancyLabel: TenancyLabel,
  args: readonly string[],
): void {
  const labels = args
    .flatMap((arg) => SHARED_LABEL_FLAGS.exec(arg)?.[1]?.split(',') ?? [])
    .map((label) => label.trim());
  refuseTenancyLabelAmong(`${subject} arguments`, tenancyLabel, labels);
  refuseRepeatedLabels(subject, args);
}

// Thanos takes the last of two values, and replicas of one name make blocks that cannot be told apart.
function refuseRepeatedLabels(subject: string, args: readonly string[]): void {
  const names = args.flatMap((arg) => /^--label=["']?([^=]*)=/.exec(arg)?.[1] ?? []);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw new SynthError(
    `${subject} --label`,
    `gives ${repeated} two values, which would contradict each other`,
    'leave out the one that was written by hand',
  );
}
