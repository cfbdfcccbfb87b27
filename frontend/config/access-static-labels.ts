import * as v from 'valibot';
import { isStaticLabelName } from '../../tenant/static-labels.ts';
import { described, text } from './fields.ts';

/** The setting `staticLabels`: a label's name and its value. */
export const staticLabels: v.GenericSchema<
  Record<string, string> | undefined,
  Record<string, string>
> = described(
  v.record(
    v.pipe(
      v.string(),
      v.check(isStaticLabelName, 'must be label names that do not begin with "__"'),
    ),
    text(),
  ),
  {},
  'Labels, such as `cluster`, that every series must carry besides that of its tenant. Needed where several clusters share one store, because a namespace of that name is a tenant in each.',
);
