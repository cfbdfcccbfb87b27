import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';

type Labels = Readonly<Record<string, string>>;

/**
 * Whether a Service of the same app leads to these pods and to no other, in the namespace of the construct,
 * and carries their labels, so that it can be selected like them.
 */
export function hasServiceInFront(construct: Construct, podLabels: Labels): boolean {
  const { namespace } = Chart.of(construct);
  return construct.node.root.node
    .findAll()
    .filter((it): it is ApiObject => ApiObject.isApiObject(it) && it.kind === 'Service')
    .filter((it) => (it.metadata.namespace ?? it.chart.namespace) === namespace)
    .some((it) => isSame(selectorOf(it), podLabels) && carries(it, podLabels));
}

function selectorOf(service: ApiObject): Labels {
  const manifest: { readonly spec?: { readonly selector?: Labels } } = service.toJson();
  return manifest.spec?.selector ?? {};
}

function isSame(selector: Labels, podLabels: Labels): boolean {
  const entries = Object.entries(selector);
  return (
    entries.length === Object.keys(podLabels).length &&
    entries.every(([label, value]) => podLabels[label] === value)
  );
}

function carries({ metadata }: ApiObject, labels: Labels): boolean {
  return Object.entries(labels).every(([label, value]) => metadata.getLabel(label) === value);
}
