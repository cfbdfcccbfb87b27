import type { Size } from 'cdk8s';
import { type Cpu, k8s } from 'cdk8s-plus-28';
import { toQuantity } from './units.ts';

/** What a container asks for and may use at most. CPU has no limit: throttling only adds latency. */
export interface ContainerResources {
  /** CPU that is set aside. */
  readonly cpu: Cpu;
  /** Memory that is set aside. */
  readonly memory: Size;
  /** Memory above which the container is killed. */
  readonly memoryLimit: Size;
}

/** The same in the words of Kubernetes. */
export function toResourceRequirements(resources: ContainerResources): k8s.ResourceRequirements {
  return {
    requests: {
      cpu: k8s.Quantity.fromString(resources.cpu.amount),
      memory: toQuantity(resources.memory),
    },
    limits: { memory: toQuantity(resources.memoryLimit) },
  };
}

/** The same as a custom resource stores it, with plain texts for quantities. */
export function resourceFields(resources: ContainerResources): Readonly<Record<string, unknown>> {
  const { limits, requests } = toResourceRequirements(resources);
  return { requests: unwrap(requests), limits: unwrap(limits) };
}

function unwrap(
  quantities: Readonly<Record<string, { readonly value: unknown }>> = {},
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(quantities).map(([key, it]) => [key, it.value]));
}
