import {
  type FlagTable,
  PROGRAM_VALUES,
  WEB_PREFIX_VALUES,
  PROGRAM_REFUSED,
  PROGRAM_SWITCHES,
} from './flag-table.ts';

/** The flags of the viewer of the bucket. */
export const BUCKET_WEB_FLAGS: FlagTable = {
  values: [
    ...PROGRAM_VALUES,
    ...WEB_PREFIX_VALUES,
    'objstore.config-file',
    'web.route-prefix',
    'refresh',
    'timeout',
    'label',
    'min-time',
    'max-time',
    'selector.relabel-config-file',
  ],
  switches: [...PROGRAM_SWITCHES, 'web.disable-cors', 'disable-admin-operations'],
  repeatable: [],
  refused: {
    ...PROGRAM_REFUSED,
    'objstore.config': 'use --objstore.config-file',
    'selector.relabel-config': 'use --selector.relabel-config-file',
  },
  since: {},
};
