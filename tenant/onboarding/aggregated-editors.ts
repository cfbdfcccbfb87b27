import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PART_OF } from '../../lib/labels.ts';
import { SynthError } from '../../lib/synth-error.ts';
import { METRICS_WRITE, RULES_EDIT, type WriteAttributes } from '../write-attributes.ts';
import { addAggregatedRole, type UserFacingRole } from './aggregated-role.ts';
import { writeRule } from './editors.ts';

/** Settings of {@link AggregatedEditors}. */
export interface AggregatedEditorsProps {
  /**
   * The weakest role that writes series; `view` never does.
   * @default 'edit'
   */
  readonly metrics?: Exclude<UserFacingRole, 'view'>;
  /**
   * The weakest role that edits rules; `view` never does.
   * @default 'edit'
   */
  readonly rules?: Exclude<UserFacingRole, 'view'>;
}

/**
 * Lets whoever may edit a namespace write its series and edit its rules, too: both rights become a
 * part of the ClusterRole `edit` of Kubernetes, by aggregation, or of `admin` alone.
 *
 * The rights are those that the remote-write gateway and the rules API ask for, and nothing else
 * answers to them.
 *
 * @throws {SynthError} If a role is neither `edit` nor `admin`.
 */
export class AggregatedEditors extends Construct {
  /** The right to write series, with the label by which the control plane finds it. */
  readonly metricsWriter: k8s.KubeClusterRole;
  /** The right to edit rules. */
  readonly rulesEditor: k8s.KubeClusterRole;

  constructor(scope: Construct, id: string, props: AggregatedEditorsProps = {}) {
    super(scope, id);
    this.metricsWriter = this.#add('metrics', 'metrics-writer', props.metrics, METRICS_WRITE);
    this.rulesEditor = this.#add('rules', 'rules-editor', props.rules, RULES_EDIT);
  }

  #add(
    setting: string,
    name: string,
    role: string = 'edit',
    attributes: WriteAttributes,
  ): k8s.KubeClusterRole {
    if (role !== 'edit' && role !== 'admin') {
      throw new SynthError(
        `AggregatedEditors ${this.node.path} ${setting}`,
        `${JSON.stringify(role)} is no role that edits`,
        'use edit or admin',
      );
    }
    return addAggregatedRole(this, name, {
      name: `${PART_OF}-${name}`,
      role,
      rules: [writeRule(attributes)],
    });
  }
}
