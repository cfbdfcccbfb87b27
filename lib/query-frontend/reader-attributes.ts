import type {
  AttributesByEndpointConfig,
  ResourceAttributesConfig,
} from '../../frontend/config/access-attributes.ts';
import type { AccessConfig, QueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import type { SilenceAttributesConfig } from '../../frontend/config/upstreams.ts';

/** What single classes of endpoints ask for instead of what all ask for. */
export function attributesByEndpointOf(access: AccessConfig): AttributesByEndpointConfig {
  return access.kind === 'kubernetes' ? access.attributesByEndpoint : {};
}

/**
 * What somebody must be allowed in all namespaces at once to read the whole cluster at every
 * endpoint; empty where that is not offered.
 */
export function clusterWideAttributesOf(access: AccessConfig): readonly ResourceAttributesConfig[] {
  if (access.kind !== 'kubernetes' || !access.clusterWide.enabled) return [];
  const { attributes, attributesByEndpoint, clusterWide } = access;
  if (clusterWide.attributes !== undefined) return [clusterWide.attributes];
  return [attributes, ...Object.values(attributesByEndpoint)].filter((set) => set !== undefined);
}

/** What whoever changes silences must be allowed in the namespace, or `undefined` where nobody may. */
export function silenceAttributesOf({
  access,
  endpoints,
}: QueryFrontendConfig): SilenceAttributesConfig | undefined {
  return access.kind === 'kubernetes' && endpoints.silenceWrites
    ? access.silenceAttributes
    : undefined;
}
