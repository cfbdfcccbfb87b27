/** Version of Prometheus that the kit is tested with. */
export const PROMETHEUS_VERSION = 'v3.15.0';

/** Version of Thanos that the kit is tested with; the flag table speaks of this one. */
export const THANOS_VERSION = 'v0.42.4';

/** Image of Prometheus. */
export const PROMETHEUS_IMAGE: string = `quay.io/prometheus/prometheus:${PROMETHEUS_VERSION}`;

/** Image of every Thanos component. */
export const THANOS_IMAGE: string = `quay.io/thanos/thanos:${THANOS_VERSION}`;

/** Repository of the image that runs the runtime's code. */
export const NODE_IMAGE_REPOSITORY = 'docker.io/library/node';

/** Tag of that image. */
export const NODE_IMAGE_TAG = '24-slim';

/** Image of memcached. */
export const MEMCACHED_IMAGE = 'docker.io/library/memcached:1.6-alpine';
