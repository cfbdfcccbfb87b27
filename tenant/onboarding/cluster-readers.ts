import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ResourceAttributesConfig } from '../../frontend/config/access-attributes.ts';
import { addClusterGrant } from '../../lib/cluster-grant.ts';
import { PART_OF } from '../../lib/labels.ts';
import { SynthError } from '../../lib/synth-error.ts';
import { rulesOf } from './reader-rules.ts';
import { refuseEverybody, type Subject } from './subject.ts';

/** Settings of {@link ClusterReaders}. */
export interface ClusterReadersProps {
  /** The query frontend, which says what a reader of the whole cluster must be allowed. */
  readonly frontend: {
    /** Empty where nobody reads the whole cluster. */
    readonly clusterWideAttributes: readonly ResourceAttributesConfig[];
  };
  /** Who may read. A ServiceAccount needs its namespace here. */
  readonly readers: readonly Subject[];
  /**
   * Name of the ClusterRole and its binding.
   * @default 'prometheus-tenancy-kit-cluster-reader'
   */
  readonly name?: string;
}

/**
 * Lets people and programs of the platform read the whole cluster at once, below `/all-namespaces/`.
 * Their right holds in each namespace, too, so they can also read as a tenant does.
 *
 * @throws {SynthError} If the frontend does not offer it or asks for more than a right to read, if there
 *   is no reader, if a reader is a ServiceAccount without a namespace, or if everybody would be one.
 */
export class ClusterReaders extends Construct {
  /** What is needed. */
  readonly clusterRole: k8s.KubeClusterRole;
  /** Who has it. */
  readonly clusterRoleBinding: k8s.KubeClusterRoleBinding;

  constructor(scope: Construct, id: string, props: ClusterReadersProps) {
    super(scope, id);
    const subject = `ClusterReaders ${this.node.path}`;
    requireOffer(subject, props);
    const subjects = props.readers.map((reader) => requireOne(subject, reader.inCluster()));
    const grant = addClusterGrant(this, {
      name: props.name ?? 'prometheus-tenancy-kit-cluster-reader',
      labels: {
        'app.kubernetes.io/part-of': PART_OF,
        'app.kubernetes.io/component': 'cluster-readers',
      },
      rules: rulesOf(subject, props.frontend.clusterWideAttributes),
      subjects,
    });
    this.clusterRole = grant.clusterRole;
    this.clusterRoleBinding = grant.clusterRoleBinding;
  }
}

function requireOffer(subject: string, { frontend, readers }: ClusterReadersProps): void {
  if (frontend.clusterWideAttributes.length === 0) {
    throw new SynthError(
      subject,
      'the frontend offers no reads of the whole cluster',
      'set features.clusterWide of the frontend to { enabled: true }',
    );
  }
  if (readers.length > 0) return;
  throw new SynthError(`${subject} readers`, 'is empty', 'name a reader, or leave the object out');
}

function requireOne(subject: string, reader: k8s.Subject): k8s.Subject {
  if (reader.kind === 'ServiceAccount' && reader.namespace === undefined) {
    throw new SynthError(
      `${subject} readers`,
      `the ServiceAccount ${reader.name} has no namespace`,
      'name it: Subject.serviceAccount(name, namespace)',
    );
  }
  refuseEverybody(`${subject} readers`, reader, "read every tenant's series");
  return reader;
}
