import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { policiesIn } from '../../../docs/platform/reach.ts';
import type { Connection, ManifestPolicy, NetworkNode } from '../../../lib/index.ts';
import { everyThanos } from '../../lib/support/every-thanos.ts';
import { type Manifest, manifestsOf } from '../../lib/support/manifests.ts';
import { PROJECT } from '../../support/source-files.ts';
import { judgeConnections, type NetworkQuestion } from '../harness/network-oracle.ts';
import { describeReal } from '../harness/skip.ts';
import { copyOverlays, KUSTOMIZATIONS, type OverlayFolder } from '../kit/overlays.ts';
import { connectionsBetween, nodeOf, nodesAround, portsOf } from './connections.ts';
import { connectionText, disagreements } from './judgement.ts';
import { randomQuestions } from './random-policies.ts';

const EVERY_PART = 'every part of Thanos';
const SEED = 6_443;

// The policy that each tenant gets for its exporters.
const METRICS_INGRESS = 'metrics-prometheus-only';

/** One reading of policies that is wrong, as what it would make of them. */
const WRONG_READINGS: Readonly<Record<string, (policy: ManifestPolicy) => ManifestPolicy>> = {
  'a peer without its namespace': edited((key) => key === 'namespaceSelector'),
  'a peer without its pods': edited((key, value) => key === 'podSelector' && !isEmpty(value)),
  'a block without its exceptions': edited((key) => key === 'except'),
  'a rule without its ports': edited((key) => key === 'ports'),
  'TCP alone': edited((key) => key === 'protocol'),
  'no egress': edited((key) => key === 'egress'),
};

function edited(isLeftOut: (key: string, value: unknown) => boolean) {
  return (policy: ManifestPolicy): ManifestPolicy => {
    const text = JSON.stringify(policy.spec, (key, value: unknown) =>
      isLeftOut(key, value) ? undefined : value,
    );
    const spec = JSON.parse(text) as Partial<ManifestPolicy['spec']>;
    return { ...policy, spec: { ...spec, podSelector: policy.spec.podSelector } };
  };
}

function isEmpty(value: unknown): boolean {
  return JSON.stringify(value) === '{}';
}

await describeReal('the network policies', ['kubectl', 'network-oracle'], () => {
  let overlays: OverlayFolder;

  beforeAll(async () => {
    overlays = await copyOverlays();
  });

  afterAll(() => overlays.folder.remove());

  async function render(name: string): Promise<readonly Manifest[]> {
    if (name === EVERY_PART) return manifestsOf(everyThanos({ memcached: true }));
    return overlays.render(name);
  }

  async function questionOf(name: string): Promise<NetworkQuestion> {
    const manifests = await render(name);
    const connections = connectionsBetween(nodesAround(manifests));
    return { policies: policiesIn(manifests), connections };
  }

  async function judge(question: NetworkQuestion): Promise<readonly boolean[]> {
    const [answers] = await judgeConnections([question]);
    return answers ?? [];
  }

  it.each([...KUSTOMIZATIONS, EVERY_PART])('are read alike by another judge: %s', async (name) => {
    const question = await questionOf(name);
    const answers = await judge(question);
    expect(disagreements(question, answers)).toEqual([]);
    const open = answers.filter((it) => it).length;
    expect(open).toBeGreaterThan(1_000);
    expect(answers.length - open).toBeGreaterThan(5_000);
  });

  it.each(Object.entries(WRONG_READINGS))(
    'would be told to be misread: %s',
    async (_how, wrong) => {
      const questions = [await questionOf('dist'), ...randomQuestions(100, SEED)];
      const answers = await judgeConnections(questions);
      const found = questions.flatMap((question, index) =>
        disagreements(question, answers[index] ?? [], question.policies.map(wrong)),
      );
      expect(found.length).toBeGreaterThan(0);
    },
  );

  it('are read alike whatever they are', async () => {
    const questions = randomQuestions(2_000, SEED);
    const answers = await judgeConnections(questions);
    const found = questions.map((question, index) => disagreements(question, answers[index] ?? []));
    expect(found.filter((it) => it.length > 0)).toEqual([]);
    const all = answers.flat();
    const open = all.filter((it) => it).length;
    expect(Math.min(open, all.length - open) / all.length).toBeGreaterThan(0.1);
  });

  describe('as docs/platform.md shows them', () => {
    /** Where the judge, given these policies, says something else than the document. */
    async function deviations(
      manifests: readonly Manifest[],
      policies: readonly ManifestPolicy[],
    ): Promise<readonly Connection[]> {
      const nodes = nodesAround(manifests);
      const table = await documentedTable();
      const shown = nodes.filter(({ name }) => table.has(name));
      expect(shown).toHaveLength(table.size);
      const connections = shown.flatMap((from) =>
        shown.flatMap((to) => portsOf(nodes).map((port) => ({ from, to, port }))),
      );
      const answers = await judge({ policies, connections });
      return connections.filter((connection, index) => {
        const ports = table.get(connection.from.name)?.get(connection.to.name) ?? '';
        const isShown = ports === 'all' || ports.split(', ').includes(String(connection.port));
        return isShown !== answers[index] && !isOutside(connection);
      });
    }

    it('let through these connections and no other', async () => {
      const manifests = await render('dist');
      const found = await deviations(manifests, policiesIn(manifests));
      expect(found.map(connectionText)).toEqual([]);
    });

    it('would let through others if one of them was missing', async () => {
      const manifests = await render('dist');
      const policies = policiesIn(manifests);
      const unmissed: string[] = [];
      for (const missing of policies) {
        const others = policies.filter((policy) => policy !== missing);
        const { name, namespace } = missing.metadata;
        if ((await deviations(manifests, others)).length === 0) {
          unmissed.push(`${namespace}/${name}`);
        }
      }
      expect(policies.length).toBeGreaterThan(5);
      // The document shows no pod of the platform that no other policy knows, and no exporter of team-b.
      expect(unmissed).toEqual([
        'monitoring/prometheus-tenancy-kit-default-deny',
        `team-b/${METRICS_INGRESS}`,
      ]);
    });
  });

  it('let pods of the kit that no policy of a part knows ask for names, and nothing else', async () => {
    const manifests = await render('dist');
    const nodes = nodesAround(manifests);
    const unknown = nodeOf(nodes, 'unknown part in monitoring');
    const connections = connectionsBetween(nodes).filter((it) =>
      [it.from, it.to].includes(unknown),
    );
    const policies = policiesIn(manifests);
    const answers = await judge({ policies, connections });
    const open = connections.filter((_it, index) => answers[index]).map(connectionText);
    expect(open).toEqual([
      'unknown part in monitoring -> DNS: 53/TCP',
      'unknown part in monitoring -> DNS: 53/UDP',
    ]);
    expect(await judge({ policies: [], connections })).not.toContain(false);
  });

  describe('between tenants', () => {
    const judged = async (policies: readonly ManifestPolicy[], nodes: readonly NetworkNode[]) => {
      const exporter = nodeOf(nodes, 'exporter of team-a');
      const froms = ['pod of team-a', 'pod of team-b', 'stranger', 'prometheus-tenancy'];
      const connections = froms.map((from) => ({
        from: nodeOf(nodes, from),
        to: exporter,
        port: 9_100,
      }));
      const answers = await judge({ policies, connections });
      return froms.filter((_from, index) => answers[index]);
    };

    it.each(KUSTOMIZATIONS)(
      'keep all but Prometheus from exporters, which any pod reads without them: %s',
      async (name) => {
        const manifests = await render(name);
        const nodes = nodesAround(manifests);
        const policies = policiesIn(manifests);
        const others = policies.filter(({ metadata }) => metadata.name !== METRICS_INGRESS);
        expect(policies.length - others.length).toBe(2);
        expect(await judged(policies, nodes)).toEqual(['prometheus-tenancy']);
        expect(await judged(others, nodes)).toEqual([
          'pod of team-a',
          'pod of team-b',
          'stranger',
          'prometheus-tenancy',
        ]);
      },
    );
  });
});

// Two addresses outside have no pod that a policy could bind, and the document leaves them out.
function isOutside({ from, to }: Connection): boolean {
  return from.pod === undefined && to.pod === undefined;
}

/** Who reaches whom by which ports, as the document tells it. */
async function documentedTable(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const text = await readFile(join(PROJECT, 'docs/platform.md'), 'utf8');
  const [, table = ''] = /^\| who +\| reaches .*\n\|[ -|]+\n((?:\|.*\n)+)/m.exec(text) ?? [];
  const rows = table.trim().split('\n');
  return new Map(
    rows.map((row) => {
      const [, who = '', reaches = ''] = row.split('|').map((cell) => cell.trim());
      const pairs = [...reaches.matchAll(/([^;(]+) \(([^)]+)\)/g)];
      return [who, new Map(pairs.map(([, to = '', ports = '']) => [to.trim(), ports]))];
    }),
  );
}
