/** The settings that the demo may change: who decides access, where things are, and TLS. */
export const ALLOWED_DIFFERENCES: readonly string[] = [
  'access',
  'listener.address',
  'listener.port',
  'listener.tls',
  'operations.address',
  'operations.port',
  'upstream.url',
];

/** Overrides of the demo, in the form of the configuration document. */
export interface DemoOverrides {
  readonly tokensFile: string;
  readonly upstreamUrl: string;
}

/** A configuration document as plain members. */
export type ConfigDocument = Readonly<Record<string, unknown>>;

/** Applies what the demo has to change: static tokens, loopback addresses, plain HTTP. */
export function overrideConfig(config: ConfigDocument, overrides: DemoOverrides): ConfigDocument {
  const { tls: _tls, ...listener } = membersOf(config['listener']);
  return {
    ...config,
    access: { kind: 'staticTokens', file: overrides.tokensFile },
    listener: { ...listener, address: '127.0.0.1', port: 0 },
    operations: { ...membersOf(config['operations']), address: '127.0.0.1', port: 0 },
    upstream: { ...membersOf(config['upstream']), url: overrides.upstreamUrl },
  };
}

/** The paths of all members that differ; a member of {@link ALLOWED_DIFFERENCES} counts as one. */
export function differences(a: unknown, b: unknown, path = ''): readonly string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (ALLOWED_DIFFERENCES.includes(path) || !isMembers(a) || !isMembers(b)) return [path];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].flatMap((name) =>
    differences(a[name], b[name], path === '' ? name : `${path}.${name}`),
  );
}

function membersOf(value: unknown): ConfigDocument {
  return isMembers(value) ? value : {};
}

function isMembers(value: unknown): value is ConfigDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
