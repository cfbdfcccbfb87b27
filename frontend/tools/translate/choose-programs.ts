import { accept, refuse, type Result } from '../../result.ts';
import { flagOf, readCommand } from './command.ts';
import { type Finding, warn } from './finding.ts';
import type { FoundProgram } from './find-programs.ts';
import type { PeerName, PeerSpec } from './flag.ts';
import { KUBE_RBAC_PROXY } from './kube-rbac-proxy-flags.ts';
import { PROM_LABEL_PROXY } from './prom-label-proxy-flags.ts';
import { leadsTo } from './upstream.ts';

/** The programs that one query frontend replaces. At least one is there. */
export interface ChosenPrograms {
  readonly kubeRbacProxy: FoundProgram | undefined;
  readonly promLabelProxy: FoundProgram | undefined;
  /** One warning for each program that was left out. */
  readonly findings: readonly Finding[];
}

/**
 * Chooses the pair that is translated. Of several kube-rbac-proxies it is the one that leads to the
 * prom-label-proxy, or the one in the container with the given name.
 */
export function choosePrograms(
  found: readonly FoundProgram[],
  container: string | undefined,
): Result<ChosenPrograms, string> {
  const [promLabelProxy, second] = named(found, 'prom-label-proxy');
  if (second !== undefined)
    return refuse('the input holds several prom-label-proxies; give one pod');
  const all = named(found, 'kube-rbac-proxy');
  const candidates = chooseCandidates(all, promLabelProxy, container);
  const [kubeRbacProxy, another] = candidates;
  if (container !== undefined && kubeRbacProxy === undefined) {
    return refuse(`the input holds no kube-rbac-proxy in a container ${container}`);
  }
  if (another !== undefined || (all.length > 0 && kubeRbacProxy === undefined)) {
    const names = all.map((program) => program.container || '(an argument list)').join(', ');
    return refuse(`the input holds several kube-rbac-proxies; name one by --container: ${names}`);
  }
  if (kubeRbacProxy === undefined && promLabelProxy === undefined) {
    return refuse('the input holds neither a kube-rbac-proxy nor a prom-label-proxy');
  }
  const leftOut = all.filter((program) => program !== kubeRbacProxy);
  const message = 'this kube-rbac-proxy is left out: keep it as it is, or translate it on its own';
  return accept({
    kubeRbacProxy,
    promLabelProxy,
    findings: leftOut.map((program) => warn('container', program.container, message)),
  });
}

function chooseCandidates(
  all: readonly FoundProgram[],
  promLabelProxy: FoundProgram | undefined,
  container: string | undefined,
): readonly FoundProgram[] {
  if (container !== undefined) return all.filter((program) => program.container === container);
  if (all.length < 2) return all;
  const target = valueOf(PROM_LABEL_PROXY, promLabelProxy, 'insecure-listen-address');
  return all.filter((program) => leadsTo(valueOf(KUBE_RBAC_PROXY, program, 'upstream'), target));
}

function valueOf(peer: PeerSpec, program: FoundProgram | undefined, flag: string): string {
  const command = readCommand(peer, program?.args);
  return (command.ok ? flagOf(command.value, flag)?.value : undefined) ?? '';
}

function named(found: readonly FoundProgram[], name: PeerName): readonly FoundProgram[] {
  return found.filter((program) => program.name === name);
}
