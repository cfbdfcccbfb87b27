import { k8s } from 'cdk8s-plus-28';

/** How long a pod that is to stop goes on listening, in seconds. */
const STOP_DELAY_SECONDS = 5;

interface Containers {
  readonly spec: { readonly template: { readonly spec: { readonly containers: object[] } } };
}

/**
 * A Deployment whose pods listen a little longer when they are to stop: the nodes send them new
 * connections until they have heard of it. Every Kubernetes from 1.30 on knows how to wait; the
 * types, which drop what they do not know, are older.
 */
export class FrontendDeployment extends k8s.KubeDeployment {
  /** The manifest. */
  override toJson(): object {
    const manifest: Containers = super.toJson();
    const lifecycle = { preStop: { sleep: { seconds: STOP_DELAY_SECONDS } } };
    const { containers } = manifest.spec.template.spec;
    for (const [index, it] of containers.entries()) containers[index] = { ...it, lifecycle };
    return manifest;
  }
}
