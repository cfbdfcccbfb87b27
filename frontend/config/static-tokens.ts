import * as v from 'valibot';
import { parseTenantId, type TenantId } from '../../tenant/tenant-id.ts';
import type { Result } from '../result.ts';
import { CONFIG_API_VERSION } from './api-version.ts';
import { type ConfigProblem, parseDocument } from './document.ts';
import { described } from './fields.ts';

/** A file of tokens for local use. The schema describes each setting. */
export interface StaticTokensDocument {
  readonly apiVersion: typeof CONFIG_API_VERSION;
  readonly kind: 'StaticTokens';
  readonly tokens: readonly StaticTokenConfig[];
}

/** One token, and what its holder may read. */
export interface StaticTokenConfig {
  readonly token: string;
  readonly username: string;
  readonly namespaces: readonly TenantId[];
  readonly clusterWide: boolean;
}

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const MAX_TOKEN_LENGTH = 8_192;
const MAX_TOKENS = 10_000;
const MAX_USERNAME_LENGTH = 253;

// The messages are written out because those of the library quote the input, which is a secret.
const token = v.pipe(
  v.string('must be a text'),
  v.check(
    (text) => text.length <= MAX_TOKEN_LENGTH && VISIBLE_ASCII.test(text),
    `must be 1 to ${MAX_TOKEN_LENGTH} visible ASCII characters without spaces`,
  ),
  v.description('The bearer token in clear, unique in the file.'),
);

const namespace = v.pipe(
  v.string('must be a text'),
  v.rawTransform<string, TenantId>(({ dataset, addIssue, NEVER }) => {
    const tenant = parseTenantId(dataset.value);
    if (tenant !== undefined) return tenant;
    addIssue({ message: 'must be the name of a namespace: an RFC 1123 label' });
    return NEVER;
  }),
);

const SCHEMA: v.GenericSchema<unknown, StaticTokensDocument> = v.strictObject({
  apiVersion: v.pipe(v.literal(CONFIG_API_VERSION), v.description('Version of this format.')),
  kind: v.pipe(v.literal('StaticTokens'), v.description('The kind of this document.')),
  tokens: v.pipe(
    v.array(
      v.strictObject({
        token,
        username: v.pipe(
          v.string(),
          v.nonEmpty(),
          v.maxLength(MAX_USERNAME_LENGTH),
          v.check((name) => !name.startsWith('system:'), 'must not begin with "system:"'),
          v.description('The name of the holder in the audit line; several tokens may share it.'),
        ),
        namespaces: v.pipe(
          v.array(namespace),
          v.nonEmpty(),
          v.description('The namespaces that the holder may read.'),
        ),
        clusterWide: described(
          v.boolean(),
          false,
          'Whether the holder may also read below `/all-namespaces/`, whatever the tenancy label of a series is.',
        ),
      }),
    ),
    v.maxLength(MAX_TOKENS),
    v.check((list) => new Set(list.map((it) => it.token)).size === list.length, 'tokens repeat'),
    v.description('The tokens. The file holds secrets: keep it readable by its owner alone.'),
  ),
});

/** Reads a token file. Every problem is reported by its place, and none quotes a token. */
export function parseStaticTokens(
  document: unknown,
): Result<StaticTokensDocument, readonly ConfigProblem[]> {
  return parseDocument(SCHEMA, document);
}
