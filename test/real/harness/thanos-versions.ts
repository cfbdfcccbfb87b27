import { NEWEST_THANOS, type ThanosVersion } from '../../../lib/thanos/version.ts';
import { type Part, PARTS } from './parts.ts';

/** A component of Thanos, as its first argument names it. */
export type ThanosComponent =
  'compact' | 'query' | 'query-frontend' | 'receive' | 'rule' | 'sidecar' | 'store' | 'tools';

const ROLES: readonly string[] = [
  'compact',
  'query',
  'query-frontend',
  'receive',
  'rule',
  'sidecar',
  'store',
  'tools',
] satisfies readonly ThanosComponent[];

// What they were released with. Older ones keep labels in slices by themselves.
const OLD_TAGS = ['netgo'];
const NEW_TAGS = PARTS.thanos.tags;

// Its domain has expired, so the proxies of Go do not give it. Thanos 0.40 and newer replace it so, too.
const EXPIRED_DOMAIN =
  'zenhack.net/go/util=github.com/zenhack/go-util@v0.0.0-20231005031245-66f5419c2aea';

function older(version: string, tags: readonly string[], replaced: readonly string[] = []): Part {
  const { buildTime, folder, module, name, package: program } = PARTS.thanos;
  return {
    name,
    folder,
    module,
    version,
    package: program,
    tags,
    linked: `github.com/prometheus/common/version.Version=${version.slice(1)}`,
    buildTime,
    release: { replaced },
  };
}

/** What stands for each version of Thanos that the kit knows, the oldest first. */
export const THANOS_PARTS: Readonly<Record<ThanosVersion, Part>> = {
  '0.38': older('v0.38.0', OLD_TAGS, [EXPIRED_DOMAIN]),
  '0.39': older('v0.39.2', OLD_TAGS, [EXPIRED_DOMAIN]),
  '0.40': older('v0.40.1', NEW_TAGS),
  '0.41': older('v0.41.0', NEW_TAGS),
  '0.42': PARTS.thanos,
};

/** The environment variable that chooses versions of Thanos. It is read here alone. */
export const THANOS_VARIABLE = 'TENANCY_KIT_THANOS';

/**
 * The version that tests run a component of Thanos in: the newest, or what `TENANCY_KIT_THANOS` says.
 * That is one version, such as `0.38`, and behind it those components that have another one, such as
 * `0.38,query=0.42,query-frontend=0.42`.
 *
 * @param role - A component. @defaultValue whatever is not named
 * @throws {RangeError} If the variable names a version or a component that there is not.
 */
export function thanosVersion(
  role?: ThanosComponent,
  chosen: string = process.env[THANOS_VARIABLE] ?? '',
): ThanosVersion {
  if (chosen === '') return NEWEST_THANOS;
  const [rest = '', ...named] = chosen.split(',');
  const others = known(rest);
  const versions = new Map(
    named.map((entry) => {
      const [name = '', version = ''] = entry.split('=');
      if (!ROLES.includes(name)) refuse(name, `components are ${ROLES.join(', ')}`);
      return [name, known(version)];
    }),
  );
  return versions.get(role ?? '') ?? others;
}

/** The part that tests run a component of Thanos with. */
export function thanosPart(role?: ThanosComponent): Part {
  return THANOS_PARTS[thanosVersion(role)];
}

function known(version: string): ThanosVersion {
  if (Object.hasOwn(THANOS_PARTS, version)) return version as ThanosVersion;
  return refuse(version, `versions are ${Object.keys(THANOS_PARTS).join(', ')}`);
}

function refuse(word: string, remedy: string): never {
  throw new RangeError(`${THANOS_VARIABLE}: there is no ${JSON.stringify(word)}; ${remedy}`);
}
