import { THANOS_FLAGS, type ThanosComponent } from '../../../lib/index.ts';
import { hasFlag, THANOS_COMMANDS } from '../../../lib/thanos/flags.ts';
import { THANOS_VERSIONS } from '../../../lib/thanos/version.ts';
import { at, type Json, listAt } from '../../lib/support/manifests.ts';
import type { ManifestSet } from './manifest-set.ts';

const COMPONENTS = Object.keys(THANOS_FLAGS) as readonly ThanosComponent[];

/** Every argument of Thanos is one that the version in its image knows, and is given once. */
export function flags({ pods }: ManifestSet): string[] {
  return pods.flatMap((pod) =>
    listAt(pod.spec, 'containers').flatMap((container) =>
      problemsOf(container).map((problem) => `${pod.owner} ${problem}`),
    ),
  );
}

function problemsOf(container: Json): string[] {
  const image = String(at(container, 'image'));
  if (!image.includes('/thanos:')) return [];
  const args = listAt(container, 'args').map(String);
  // The operator writes those of its own pods.
  if (args.length === 0) return [];
  const component = COMPONENTS.find((it) =>
    THANOS_COMMANDS[it].every((word, index) => args[index] === word),
  );
  const version = THANOS_VERSIONS.find((it) => image.includes(`:v${it}.`));
  if (component === undefined) return [`runs no known component of Thanos: ${args[0] ?? ''}`];
  if (version === undefined) return [`runs a Thanos that no table knows: ${image}`];
  const { hidden = [], refused, repeatable, switches, values } = THANOS_FLAGS[component];
  const names = args.slice(THANOS_COMMANDS[component].length).map((arg) => ({
    arg,
    flag: /^--(?:no-)?([a-z0-9._-]+)/.exec(arg)?.[1] ?? arg,
    kind: arg.includes('=') ? [...values, ...hidden] : switches,
  }));
  return names.flatMap(({ arg, flag, kind }, index) => [
    ...(flag in refused || (kind.includes(flag) && hasFlag(component, flag, version))
      ? []
      : [`is given ${arg}, which thanos ${component} ${version} does not know`]),
    ...(flag in refused ? [`is given ${arg}, which is refused: ${refused[flag]}`] : []),
    ...(!repeatable.includes(flag) && names.findIndex((it) => it.flag === flag) < index
      ? [`is given --${flag} twice`]
      : []),
  ]);
}
