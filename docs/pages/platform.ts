import { TenancyApp } from '../../charts/tenancy-app.ts';
import type { RuntimeBundle } from '../../lib/index.ts';
import { type Manifest, manifestsOf } from '../../test/lib/support/manifests.ts';
import { mermaid } from '../platform/mermaid.ts';
import { NEIGHBOURS } from '../platform/neighbours.ts';
import { type Part, type PartService, partsOf, servicesOf } from '../platform/parts.ts';
import { policiesIn, type Reach, reachesBetween } from '../platform/reach.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const NAMESPACE = 'monitoring';

const INTRODUCTION = `# The platform

What \`npm run synth\` makes of \`charts/\`, drawn from the objects themselves: the workloads, the Services
in front of them, and who may connect to whom. The connections are those that the network policies let
through, found by the rules of Kubernetes for every pair and every port; \`isReachable\` of the package is
the same function, for manifests of your own.

A network plugin that does not enforce NetworkPolicy makes none of this true.`;

const OBJECTS = `## Workloads and Services

An arrow is a connection that the policies allow, with its port; a dotted one is a scrape of Prometheus,
or a Service in front of its pods. Services are round.`;

const REACH = `## Who reaches what

Each row is everything that one may reach; a pair that is not there is closed on every port. "All" means
every port: there no policy stands in the way. The ports are those of TCP; names are resolved by UDP as
well.`;

const READING = `Where a rule says "anywhere" on a port, any pod that no policy of its own protects counts, too. The
policies that do so carry the annotation \`prometheus-tenancy-kit/warning\`, until the API server and the
object store are named by \`apiServer\` and \`objstore\` of \`TenancyNetworkPolicies\`. Pods of tenants are
open to each other because they belong to the tenants: the kit has a policy only for those that ask for it
by a label.`;

// The pictures show no code, so a stand-in will do.
const RUNTIME: RuntimeBundle = {
  role: 'query-frontend',
  files: ['query-frontend.mjs', 'query-frontend-shared.mjs'].map((name) => ({ name, code: '' })),
};

/** The pictures and the table, from the objects of the example. */
export const PLATFORM_PAGE: Page = {
  file: 'platform.md',
  markdown: () => {
    const { charts } = new TenancyApp({
      runtime: RUNTIME,
      namespace: NAMESPACE,
      tenants: [{ namespace: 'team-a' }, { namespace: 'team-b' }],
    });
    return platformMarkdown(manifestsOf(...charts));
  },
};

/** The document about a platform in the namespace `monitoring` and two tenants. */
export function platformMarkdown(manifests: readonly Manifest[]): string {
  const parts = partsOf(manifests, NAMESPACE);
  const services = servicesOf(manifests, NAMESPACE, parts);
  const others = NEIGHBOURS.map(({ node }) => node);
  const nodes = [...parts.map(({ node }) => node), ...others];
  const reaches = reachesBetween(policiesIn(manifests), nodes, nodes, portsToTry(parts));
  return [
    INTRODUCTION,
    GENERATED_NOTE,
    OBJECTS,
    objectPicture(parts, services, reaches),
    table(
      ['workload', 'kind', 'replicas', 'ports', 'Services'],
      parts.map((part) => [
        `\`${part.name}\``,
        part.kind,
        String(part.replicas),
        part.ports.map(({ name, port }) => `${port} ${name}`).join(', '),
        services
          .filter((it) => it.parts.includes(part.name))
          .map((it) => `\`${it.name}\`${it.isHeadless ? ' (headless)' : ''}`)
          .join(', '),
      ]),
    ),
    REACH,
    reachPicture(parts, reaches),
    table(
      ['who', 'reaches'],
      nodes.map(({ name }) => [name, reachText(reaches.filter(({ from }) => from === name))]),
    ),
    table(
      ['beside the platform', 'stands for'],
      NEIGHBOURS.map(({ node, standsFor }) => [node.name, standsFor]),
    ),
    READING,
    '',
  ].join('\n\n');
}

// Those that somebody listens on, those that a policy may speak of, and one that nobody knows.
function portsToTry(parts: readonly Part[]): readonly number[] {
  const listened = parts.flatMap(({ ports }) => ports.map(({ port }) => port));
  return [...new Set([...listened, 53, 80, 443, 6_443, 9_100])].toSorted((a, b) => a - b);
}

function objectPicture(
  parts: readonly Part[],
  services: readonly PartService[],
  reaches: readonly Reach[],
): string {
  const serviceNode = (name: string): string => `Service ${name}`;
  const isPart = (name: string): boolean => parts.some((part) => part.name === name);
  return mermaid(
    [
      {
        title: `namespace ${NAMESPACE}`,
        nodes: [
          ...parts.map(({ kind, name, replicas }) => ({
            name,
            lines: [name, `${kind}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`],
          })),
          ...services.map(({ name, ports }) => ({
            name: serviceNode(name),
            lines: [name, ports.map(({ port }) => port).join(', ')],
            shape: 'round' as const,
          })),
        ],
      },
    ],
    [
      ...services.flatMap((service) =>
        service.parts.map((to) => ({ from: serviceNode(service.name), to, isDotted: true })),
      ),
      ...reaches
        .filter(({ from, to }) => isPart(from) && isPart(to))
        .map((it) => ({
          from: it.from,
          to: it.to,
          text: portsText(it),
          isDotted: it.from.startsWith('prometheus-'),
        })),
    ],
  );
}

// Connections across the borders: what stays within the platform is in the other picture.
function reachPicture(parts: readonly Part[], reaches: readonly Reach[]): string {
  const isPart = (name: string): boolean => parts.some((part) => part.name === name);
  const named = (names: readonly string[]): readonly { name: string; lines: string[] }[] =>
    names.map((name) => ({ name, lines: [name] }));
  const inTenants = NEIGHBOURS.filter(({ node }) => node.name.includes(' of team-'));
  const elsewhere = NEIGHBOURS.filter((it) => !inTenants.includes(it));
  return mermaid(
    [
      { title: 'tenants', nodes: named(inTenants.map(({ node }) => node.name)) },
      { title: 'platform', nodes: named(parts.map(({ name }) => name)) },
      { title: 'others', nodes: named(elsewhere.map(({ node }) => node.name)) },
    ],
    reaches
      .filter(({ from, to }) => isPart(from) !== isPart(to))
      .map((it) => ({ from: it.from, to: it.to, text: portsText(it) })),
  );
}

function reachText(reaches: readonly Reach[]): string {
  if (reaches.length === 0) return 'nothing';
  return reaches.map((it) => `${it.to} (${portsText(it)})`).join('; ');
}

function portsText({ isEverything, ports }: Reach): string {
  return isEverything ? 'all' : ports.join(', ');
}
