/**
 * What somebody must be allowed in a namespace to change something of its tenant, in the words of a
 * SubjectAccessReview. Resources and subresources are virtual: the API server serves none of them, so
 * the right means nothing but what it was made for.
 */
export interface WriteAttributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Each right that is asked for, one at a time. */
  readonly verbs: readonly string[];
}

/** Writing series. Reading them asks for `get` on the same, so neither gives the other. */
export const METRICS_WRITE: WriteAttributes = {
  group: '',
  resource: 'namespace',
  subresource: 'metrics',
  verbs: ['create'],
};

/** Reading and changing recording and alerting rules. It gives no right to read series. */
export const RULES_EDIT: WriteAttributes = {
  group: '',
  resource: 'namespace',
  subresource: 'rules',
  verbs: ['get', 'create', 'update', 'delete'],
};
