import type { AccessRejection } from '../access/rejection.ts';
import type { LimitRejection } from '../limits/rejection.ts';
import type { PromqlProblem } from '../promql/problem.ts';
import type { RequestRejection } from './request-rejection.ts';
import type { UpstreamRejection } from './upstream-rejection.ts';

/** Every way in which a request may be refused, as data. One renderer turns it into an answer. */
export type Rejection =
  | RequestRejection
  | AccessRejection
  | PromqlProblem
  | LimitRejection
  | UpstreamRejection
  | { readonly code: 'internal' };
