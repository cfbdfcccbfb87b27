import type { AdmissionPolicy } from './admission-policy.ts';

const ORPHAN = 'orphan';

/**
 * What is refused of Services, because the controllers would leave addresses behind that they no longer
 * follow. A pod that ended gives its address back, and a pod of another tenant gets it.
 */
export const SERVICE_POLICY: AdmissionPolicy = {
  name: 'services',
  kinds: ['Service'],
  resources: [{ group: '', versions: ['v1'], resources: ['services'] }],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  reach: 'tenants',
  releasedBy: 'rules',
  variables: [
    {
      name: 'isFollowed',
      expression:
        'request.operation == "UPDATE" && oldObject.spec.?type.orValue("") != "ExternalName" && ' +
        'oldObject.spec.?selector.orValue({}).size() > 0',
    },
  ],
  rules: [
    {
      id: 'serviceSelector',
      message:
        'a Service that has a selector must keep one, and must not become an ExternalName; delete it, and make another',
      why:
        "The controllers then leave its EndpointSlices as they are. When its pods are gone, another tenant's " +
        'pods get their addresses, and Prometheus scrapes these into this tenant.',
      expression:
        '!variables.isFollowed || (object.spec.?type.orValue("") != "ExternalName" && ' +
        'object.spec.?selector.orValue({}).size() > 0)',
    },
    {
      id: 'serviceOrphans',
      message: `a Service must not leave its EndpointSlices behind: neither by the propagation policy Orphan nor by the finalizer ${ORPHAN}`,
      why: 'A Service of the same name without a selector takes them over, addresses of pods that are gone included.',
      expression:
        'request.operation == "DELETE" ' +
        `? dyn(request).?options.?propagationPolicy.orValue("") != "Orphan" && !dyn(request).?options.?orphanDependents.orValue(false) ` +
        `: object.metadata.?finalizers.orValue([]).all(it, it != "${ORPHAN}")`,
    },
  ],
};
