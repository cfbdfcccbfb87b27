import { Duration, Size } from 'cdk8s';
import { Cpu, type k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import { OBJSTORE_FILE, type ObjstoreSecret } from '../objstore-secret.ts';
import type { PodGroup } from '../pod-group.ts';
import type { ContainerResources } from '../resources.ts';
import { addServiceAccount } from '../service-account.ts';
import { printGoDuration } from '../units.ts';
import { programArgs } from './common-args.ts';
import { podFolders } from './pod-folders.ts';
import { THANOS_HTTP } from './ports.ts';
import { addThanosService } from './service.ts';
import { addThanosDeployment, podGroupOf, thanosWorkload } from './workload.ts';
import { resolveWorkload, type ThanosWorkloadProps } from './workload-props.ts';

/** Settings of a {@link ThanosBucketWeb}. */
export interface ThanosBucketWebProps extends ThanosWorkloadProps {
  /**
   * The configuration of the object store. It is only read.
   * @default - key `thanos.yaml` of the Secret `thanos-objstore-secret`
   */
  readonly objstore?: ObjstoreSecret;
  /**
   * Name of the Deployment and its Service.
   * @default 'thanos-bucket-web'
   */
  readonly name?: string;
  /**
   * Pause between two looks into the object store.
   * @default Duration.minutes(30)
   */
  readonly refresh?: Duration;
  /**
   * The external label by which blocks are grouped on the page.
   * @default 'cluster'
   */
  readonly groupLabel?: string;
  /** @default - 50m CPU and 128 MiB, at most 512 MiB */
  readonly resources?: ContainerResources;
}

/**
 * A page for the platform's people that shows which blocks are in the object store.
 *
 * It asks nobody who they are, and network policies let in nobody but Prometheus: people reach it by
 * `kubectl port-forward`. It can change nothing.
 */
export class ThanosBucketWeb extends Construct implements NetworkPart {
  /** Name of the Deployment and its Service. */
  readonly name: string;
  readonly pods: PodGroup;
  /** It connects to no other pod. */
  readonly connections: readonly PodConnection[] = [];
  /** It reads the object store. */
  readonly usesObjstore: boolean = true;
  /** The Deployment. */
  readonly deployment: k8s.KubeDeployment;
  /** The Service. */
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, props: ThanosBucketWebProps = {}) {
    super(scope, id);
    const subject = `ThanosBucketWeb ${this.node.path}`;
    const settings = resolveWorkload(subject, props, {
      cpu: Cpu.millis(50),
      memory: Size.mebibytes(128),
      memoryLimit: Size.mebibytes(512),
    });
    const { mounts, volumes } = podFolders({ objstore: props.objstore ?? {} });
    this.name = props.name ?? 'thanos-bucket-web';
    const workload = thanosWorkload('thanos-bucket-web', this.name, settings);
    this.pods = podGroupOf(workload);
    addServiceAccount(this, this.name, workload.labels, settings.serviceAccountAnnotations);
    this.deployment = addThanosDeployment(this, subject, {
      workload,
      settings,
      pod: {
        serviceAccountName: this.name,
        container: {
          name: 'thanos-bucket-web',
          args: programArgs('bucket-web', subject, settings)
            .enable('web.disable-cors')
            .enable('disable-admin-operations')
            .value('objstore.config-file', OBJSTORE_FILE)
            .value('refresh', printGoDuration(props.refresh ?? Duration.minutes(30)))
            .value('label', props.groupLabel ?? 'cluster')
            .extra(settings.extraArgs)
            .toArray(),
          mounts,
          ports: [THANOS_HTTP],
          startup: { periodSeconds: 5, failureThreshold: 60 },
        },
        volumes,
      },
      replicas: 1,
    });
    this.service = addThanosService(this, workload, { ports: [THANOS_HTTP] });
  }
}
