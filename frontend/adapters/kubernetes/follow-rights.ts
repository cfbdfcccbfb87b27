import type { AccessObserver } from '../../access/access-observer.ts';
import type { KubernetesAccess } from '../../access/kubernetes-access.ts';
import type { Log } from '../../http/log.ts';
import type { ApiClient } from './api-client.ts';
import { ResourceWatch } from './resource-watch.ts';
import type { ObjectMetadata } from './watch-event.ts';

/** What {@link followRights} needs. */
export interface FollowRightsDeps {
  readonly client: Pick<ApiClient, 'get' | 'openStream'>;
  /** Told to forget what an object that changed may have decided. */
  readonly access: Pick<KubernetesAccess, 'forgetRights' | 'forgetTokens'>;
  readonly observer: Pick<AccessObserver, 'watchChanged'>;
  readonly log: Log;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/**
 * Follows everything of RBAC, and the ServiceAccounts, and drops what is remembered as soon as
 * something changes: about one namespace where the object is in one, else about all.
 *
 * While a watch is broken nothing is dropped early, and verdicts last as long as the configuration
 * says. When it works again everything is dropped, because nobody knows what was missed.
 *
 * @returns What stops it.
 */
export function followRights({ client, access, observer, log }: FollowRightsDeps): () => void {
  const forgetTokens = ({ namespace, name }: ObjectMetadata): void => {
    access.forgetTokens({ namespace, name });
  };
  const followed: readonly {
    readonly path: string;
    readonly forget: (object?: ObjectMetadata) => void;
  }[] = [
    ...['roles', 'rolebindings'].map((kind) => ({
      path: `${RBAC}/${kind}`,
      forget: (object?: ObjectMetadata) => {
        // An object without a namespace is none of these kinds, and may concern all.
        access.forgetRights(object?.namespace === '' ? undefined : object?.namespace);
      },
    })),
    ...['clusterroles', 'clusterrolebindings'].map((kind) => ({
      path: `${RBAC}/${kind}`,
      forget: () => {
        access.forgetRights();
      },
    })),
    {
      path: '/api/v1/serviceaccounts',
      forget: (object) => {
        if (object === undefined) access.forgetTokens();
        else forgetTokens(object);
      },
    },
  ];
  const broken = new Set(followed.map(({ path }) => path));
  const warned = new Set<string>();
  observer.watchChanged('rights', false);
  const report = (path: string, isBroken: boolean): void => {
    const before = broken.size;
    if (isBroken) broken.add(path);
    else broken.delete(path);
    if ((before === 0) !== (broken.size === 0)) observer.watchChanged('rights', broken.size === 0);
  };
  const watches = followed.map(
    ({ path, forget }) =>
      new ResourceWatch({
        client,
        path,
        needsObjects: false,
        started: () => {
          forget();
          report(path, false);
          warned.delete(path);
          if (broken.size === 0) log('info', 'rights_followed');
        },
        changed: forget,
        broke: (error) => {
          report(path, true);
          if (!warned.has(path)) log('warn', 'rights_not_followed', { path, error });
          warned.add(path);
        },
      }),
  );
  return () => {
    for (const watch of watches) watch.stop();
  };
}
