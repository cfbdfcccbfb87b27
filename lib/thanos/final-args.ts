import type { ApiObject } from 'cdk8s';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { finalSpec } from '../prometheus/final-spec.ts';
import { refuseSharedTenancyLabel } from './common-args.ts';

/**
 * Says what is wrong with the arguments of a workload that is about to be written.
 *
 * They are read from the final text, so that a JSON patch cannot put what no property takes: the
 * tenancy label where it is one value for everything, or the tenancy of Thanos itself, which replaces
 * matchers and so answers what was not asked.
 */
export function brokenArgs(workload: ApiObject, tenancyLabel: TenancyLabel): string[] {
  const args = argsOf(finalSpec(workload));
  const enforced = args.some((arg) => /^--query\.enforce-tenancy(?:=|$)/.test(arg))
    ? [`${workload.name} --query.enforce-tenancy: answers what was not asked; leave it out`]
    : [];
  try {
    refuseSharedTenancyLabel(workload.name, tenancyLabel, args);
    return enforced;
  } catch (error) {
    return [...enforced, error instanceof Error ? error.message : String(error)];
  }
}

function argsOf(spec: unknown): string[] {
  const containers = at(at(at(spec, 'template'), 'spec'), 'containers');
  return listOf(containers).flatMap((container) =>
    ['command', 'args'].flatMap((field) => joined(listOf(at(container, field)).map(String))),
  );
}

// A flag and its value may be two arguments, which Thanos reads as one.
function joined(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const next = args[index + 1];
    const isPair = /^--[^=]+$/.test(arg) && next !== undefined && !next.startsWith('--');
    return isPair ? [arg, `${arg}=${next}`] : [arg];
  });
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
