import type { AdmissionPolicy } from './admission-policy.ts';
import { celAll } from './cel.ts';

const ORPHAN = 'orphan';

const OPTIONS = 'dyn(request).?options';

// A finalizer that was there before the policy holds unless the options say otherwise, as those of the
// controller that empties a namespace do.
const IS_DELETED_WITH_SLICES = `(${celAll([
  `${OPTIONS}.?propagationPolicy.orValue("") != "Orphan"`,
  `!${OPTIONS}.?orphanDependents.orValue(false)`,
  `!("${ORPHAN}" in oldObject.metadata.?finalizers.orValue([])) || ` +
    `${OPTIONS}.?propagationPolicy.orValue("") in ["Background", "Foreground"] || ` +
    `!${OPTIONS}.?orphanDependents.orValue(true)`,
])})`;

// Who writes the status did not set the finalizer, and may not be able to remove it. Any other change must,
// so that the audit finds what is older than the policy.
const IS_OF_STATUS =
  'request.operation == "UPDATE" && request.?subResource.orValue("") == "status"';

/**
 * What is refused of Services, because the controllers would leave addresses behind that they no longer
 * follow. A pod that ended gives its address back, and a pod of another tenant gets it.
 */
export const SERVICE_POLICY: AdmissionPolicy = {
  name: 'services',
  kinds: ['Service'],
  // Finalizers can be changed by both.
  resources: [{ group: '', versions: ['v1'], resources: ['services', 'services/status'] }],
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
      message: `a Service must not leave its EndpointSlices behind: neither by the propagation policy Orphan nor by the finalizer ${ORPHAN}, which must be removed before it is deleted`,
      why: 'A Service of the same name without a selector takes them over, addresses of pods that are gone included.',
      expression:
        `request.operation == "DELETE" ? ${IS_DELETED_WITH_SLICES} : ` +
        'object.metadata.?finalizers.orValue([]).all(it, ' +
        `it != "${ORPHAN}" || (${IS_OF_STATUS} && it in oldObject.metadata.?finalizers.orValue([])))`,
    },
  ],
};
