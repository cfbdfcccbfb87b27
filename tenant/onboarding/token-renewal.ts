import { createHash } from 'node:crypto';
import { type Duration, Size } from 'cdk8s';
import { Cpu, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { contentHash, HashedConfigMap } from '../../lib/hashed-config-map.ts';
import {
  type PodPlacement,
  placementFields,
  placementOf,
  podMetadata,
} from '../../lib/pod-placement.ts';
import { restrictedContainer, restrictedPod, RUNTIME_USER } from '../../lib/pod-security.ts';
import { type NodeImage, printNodeImage } from '../../lib/query-frontend/node-image.ts';
import { toResourceRequirements } from '../../lib/resources.ts';
import {
  RENEWAL_SCRIPT,
  type RenewalSettings,
  SCRIPT_FILE_NAME,
  SERVICE_ACCOUNT_FOLDER,
  SETTINGS_FILE_NAME,
} from './token-renewal-script.ts';

/** Settings of a {@link TokenRenewal}. */
export interface TokenRenewalProps extends PodPlacement {
  /** The ServiceAccount that the token stands for. */
  readonly serviceAccountName: string;
  /** The tenant's namespace. */
  readonly namespace: string;
  /** For whom the token is meant, or `undefined` for the API server itself. */
  readonly audience: string | undefined;
  /** How long a token is valid. */
  readonly lifetime: Duration;
  /** How often a new one is made, in hours; a divisor of 24. */
  readonly everyHours: number;
  /** The image that runs the program. */
  readonly image: NodeImage;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

const FOLDER = '/opt/prometheus-tenancy-kit';

/**
 * Has Kustomize put a hash of its own behind the name, made of what the Job is after all overlays: one may
 * take the image from a mirror. It removes the annotation. The one that is documented for this
 * (`kustomize.config.k8s.io/needs-hash`) has no effect on objects that are read from files
 * (https://github.com/kubernetes-sigs/kustomize/issues/4833).
 */
const HASHED_BY_KUSTOMIZE: Readonly<Record<string, string>> = {
  'internal.config.kubernetes.io/needsHashSuffix': 'enabled',
};

/**
 * A Secret with a token that expires, and what makes a new one in time.
 *
 * The program runs in the tenant's namespace under a ServiceAccount of its own, which may make tokens for
 * the one reader and change the one Secret. It needs a way to the API server, if network policies of the
 * tenant forbid it.
 *
 * Whoever may run pods in the namespace can run them as the reader or as the program: that is the
 * tenant, who may read these metrics anyway. The right to make tokens bounds neither their audience nor
 * their lifetime; `--service-account-max-token-expiration` of the API server bounds the latter.
 */
export class TokenRenewal extends Construct {
  /** Name of the Secret. It has no token until the first Job is done. */
  readonly secretName: string;
  /** Makes the first token at once. */
  readonly firstJob: k8s.KubeJob;
  /** Makes all others. */
  readonly cronJob: k8s.KubeCronJob;

  constructor(scope: Construct, id: string, props: TokenRenewalProps) {
    super(scope, id);
    const { namespace, serviceAccountName } = props;
    const labels = { ...props.labels };
    this.secretName = `${serviceAccountName}-renewed-token`;
    const name = `${serviceAccountName}-token-renewer`;
    const metadata = { name, namespace, labels };
    void new k8s.KubeSecret(this, 'secret', {
      metadata: { name: this.secretName, namespace, labels },
      type: 'Opaque',
    });
    this.#addRights(metadata, serviceAccountName);
    const program = new HashedConfigMap(this, 'program', {
      prefix: name,
      data: {
        [SCRIPT_FILE_NAME]: RENEWAL_SCRIPT,
        [SETTINGS_FILE_NAME]: JSON.stringify(this.#settings(props)),
      },
      labels,
      namespace,
    });
    const image = printNodeImage(`Token.renewed of ${namespace}`, props.image);
    const placement = placementOf(props);
    const spec = jobSpec({ name, image, program: program.name, labels, placement });
    // The template of a Job cannot be changed, so whatever is in it makes a Job of another name.
    const hash = contentHash({ spec: JSON.stringify(spec) });
    this.firstJob = new k8s.KubeJob(this, 'first', {
      metadata: { ...metadata, name: `${name}-${hash}`, annotations: HASHED_BY_KUSTOMIZE },
      spec,
    });
    this.cronJob = new k8s.KubeCronJob(this, 'cron-job', {
      metadata,
      spec: {
        schedule: `${minuteOf(namespace)} */${props.everyHours} * * *`,
        concurrencyPolicy: 'Forbid',
        // Late is better than never, as long as it is before the next.
        startingDeadlineSeconds: props.everyHours * 1_800,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 2,
        jobTemplate: { metadata: { labels }, spec },
      },
    });
  }

  #settings(props: TokenRenewalProps): RenewalSettings {
    return {
      folder: SERVICE_ACCOUNT_FOLDER,
      namespace: props.namespace,
      serviceAccount: props.serviceAccountName,
      secret: this.secretName,
      audiences: props.audience === undefined ? [] : [props.audience],
      expirationSeconds: props.lifetime.toSeconds(),
      renewalSeconds: props.everyHours * 3_600,
    };
  }

  #addRights(
    metadata: k8s.ObjectMeta & { readonly name: string; readonly namespace: string },
    serviceAccount: string,
  ): void {
    const { name, namespace } = metadata;
    void new k8s.KubeServiceAccount(this, 'service-account', {
      metadata,
      automountServiceAccountToken: false,
    });
    void new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [
        {
          apiGroups: [''],
          resources: ['serviceaccounts/token'],
          resourceNames: [serviceAccount],
          verbs: ['create'],
        },
        {
          apiGroups: [''],
          resources: ['secrets'],
          resourceNames: [this.secretName],
          verbs: ['patch'],
        },
      ],
    });
    void new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
}

interface JobParts {
  readonly name: string;
  readonly image: string;
  /** Name of the ConfigMap. */
  readonly program: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly placement: PodPlacement;
}

function jobSpec({ image, labels, name, placement, program }: JobParts): k8s.JobSpec {
  return {
    backoffLimit: 6,
    activeDeadlineSeconds: 1_800,
    template: {
      metadata: podMetadata(labels, placement),
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: true,
        enableServiceLinks: false,
        restartPolicy: 'Never',
        securityContext: restrictedPod(RUNTIME_USER),
        ...placementFields(placement),
        containers: [
          {
            name: 'renew-token',
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', `${FOLDER}/${SCRIPT_FILE_NAME}`],
            resources: toResourceRequirements({
              cpu: Cpu.millis(10),
              memory: Size.mebibytes(64),
              memoryLimit: Size.mebibytes(128),
            }),
            securityContext: restrictedContainer(),
            terminationMessagePolicy: 'FallbackToLogsOnError',
            volumeMounts: [{ name: 'program', mountPath: FOLDER, readOnly: true }],
          },
        ],
        volumes: [{ name: 'program', configMap: { name: program } }],
      },
    },
  };
}

// Tenants do not ask the API server all at the same minute.
function minuteOf(namespace: string): number {
  return createHash('sha256').update(namespace).digest().readUInt16BE(0) % 60;
}
