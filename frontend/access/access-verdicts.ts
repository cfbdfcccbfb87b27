import type { TenantId } from '../../tenant/tenant-id.ts';
import { canonicalAttributes } from './access-review-spec.ts';
import type { AccessReviewer, AccessVerdict } from './access-reviewer.ts';
import type { KubernetesAccessSettings } from './access-settings.ts';
import type { Identity } from './identity.ts';
import {
  type KeyedQuestion,
  RememberedVerdicts,
  type RememberedVerdictsDeps,
  type Reviewed,
} from './remembered-verdicts.ts';
import type { ReviewLane } from './review-budget.ts';

/** What {@link AccessVerdicts} asks. */
export interface AccessVerdictsDeps extends RememberedVerdictsDeps {
  readonly reviewer: AccessReviewer;
}

/** One question: may this identity read in this namespace? */
export interface AccessQuestion extends KeyedQuestion {
  readonly namespace: TenantId;
}

/** The verdicts on what identities may do in namespaces: those remembered, and those asked for. */
export class AccessVerdicts {
  readonly #reviewer: AccessReviewer;
  readonly #settings: Pick<KubernetesAccessSettings, 'attributes' | 'cache'>;
  readonly #remembered: RememberedVerdicts<TenantId>;

  constructor(
    deps: AccessVerdictsDeps,
    settings: Pick<KubernetesAccessSettings, 'attributes' | 'cache'>,
  ) {
    this.#reviewer = deps.reviewer;
    this.#settings = settings;
    this.#remembered = new RememberedVerdicts(deps, settings.cache);
  }

  /** Puts a question. */
  question(identity: Identity, namespace: TenantId): AccessQuestion {
    const what = canonicalAttributes(this.#settings.attributes, namespace);
    return { ...this.#remembered.question(identity, what), namespace };
  }

  /** Returns the verdict that is remembered, if one is. */
  lookUp(question: AccessQuestion): AccessVerdict | undefined {
    return this.#remembered.lookUp(question);
  }

  /** Asks for a verdict and remembers it. Equal questions at one time are asked once. */
  review(question: AccessQuestion, lane: ReviewLane = 'known'): Promise<Reviewed> {
    const { identity, namespace } = question;
    const { attributes } = this.#settings;
    return this.#remembered.review(question, {
      about: namespace,
      namespace,
      lane,
      ask: () => this.#reviewer.reviewAccess({ identity, attributes, namespace }),
    });
  }

  /** Forgets every verdict about a namespace, or all of them. */
  forget(namespace?: string): void {
    this.#remembered.forget((it) => namespace === undefined || it === namespace);
  }
}
