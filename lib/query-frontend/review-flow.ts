import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { clusterScoped } from '../cluster-scoped.ts';
import { SynthError } from '../synth-error.ts';
import type { ReviewRule } from './review-rules.ts';

/** The part of the API server's concurrency that reviews get. */
export interface ReviewFlowSettings {
  /**
   * Shares of the API server's concurrency, 1 to 1,000. Those of the levels that Kubernetes brings
   * along sum up to 245; `workload-low`, where tenants' own requests are, has 100.
   * @default 20
   */
  readonly shares?: number;
  /**
   * Where the FlowSchema stands among those of the cluster, 1 to 10,000; the lowest that matches
   * decides. Those of ServiceAccounts in general stand at 9,000.
   * @default 1000
   */
  readonly matchingPrecedence?: number;
}

/** Settings of {@link ReviewFlow}. */
export interface ReviewFlowProps {
  /** The ServiceAccount that asks. */
  readonly serviceAccountName: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The reviews that it asks for. */
  readonly reviews: readonly ReviewRule[];
  /** Its part of the API server. */
  readonly settings: ReviewFlowSettings;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';

/** Requests that wait for a seat. More get 429, which the frontend obeys. */
const QUEUE_LENGTH = 100;

/**
 * Gives the frontend's reviews a priority level of their own at the API server. Without one they
 * share the seats of `workload-low` with every ServiceAccount outside `kube-system`, so tenants whose
 * programs flood the API server take them from all tenants' queries; and a flood of reviews takes them
 * from the cluster.
 *
 * Seats are not lent, because reviews are short and come at once.
 *
 * @throws {SynthError} If there is nothing to review, or a setting is out of its bounds.
 */
export class ReviewFlow extends Construct {
  /** How many requests are served at once, and how many wait. */
  readonly priorityLevel: ApiObject;
  /** Which requests these are. */
  readonly flowSchema: ApiObject;

  constructor(scope: Construct, id: string, props: ReviewFlowProps) {
    super(scope, id);
    const subject = `ReviewFlow ${this.node.path}`;
    const { shares = 20, matchingPrecedence = 1_000 } = props.settings;
    requireWhole(`${subject} shares`, shares, 1_000);
    requireWhole(`${subject} matchingPrecedence`, matchingPrecedence, 10_000);
    requireReviews(subject, props.reviews);
    const name = `prometheus-tenancy-kit-${props.serviceAccountName}-reviews`;
    const metadata = { name, labels: { ...props.labels } };
    this.priorityLevel = clusterScoped(
      new ApiObject(this, 'priority-level', {
        apiVersion: API_VERSION,
        kind: 'PriorityLevelConfiguration',
        metadata,
        spec: {
          type: 'Limited',
          limited: {
            nominalConcurrencyShares: shares,
            lendablePercent: 0,
            // One user asks them all, so there is one flow, and one queue for it.
            limitResponse: {
              type: 'Queue',
              queuing: { queues: 1, handSize: 1, queueLengthLimit: QUEUE_LENGTH },
            },
          },
        },
      }),
    );
    this.flowSchema = clusterScoped(
      new ApiObject(this, 'flow-schema', {
        apiVersion: API_VERSION,
        kind: 'FlowSchema',
        metadata,
        spec: {
          priorityLevelConfiguration: { name },
          matchingPrecedence,
          rules: [
            {
              subjects: [
                {
                  kind: 'ServiceAccount',
                  serviceAccount: { name: props.serviceAccountName, namespace: props.namespace },
                },
              ],
              resourceRules: props.reviews.map((rule) => ({ ...rule, clusterScope: true })),
            },
          ],
        },
      }),
    );
  }
}

function requireReviews(subject: string, reviews: readonly ReviewRule[]): void {
  if (reviews.length > 0) return;
  throw new SynthError(
    subject,
    'the frontend asks for no reviews in its own name, so there is no flow to give seats to',
    'leave reviewFlow out, or let the frontend review its callers',
  );
}

function requireWhole(subject: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new SynthError(
    subject,
    `${value} is no whole number from 1 to ${max}`,
    'leave it out for the default',
  );
}
