import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { SynthError } from './synth-error.ts';

/** The namespace of the chart that a construct stands in; bindings and addresses need its name. */
export function requireNamespace(construct: Construct, subject: string): string {
  const { namespace } = Chart.of(construct);
  if (namespace !== undefined) return namespace;
  throw new SynthError(
    subject,
    'its chart has no namespace, which role bindings and certificates must name',
    'create the chart with a namespace',
  );
}
