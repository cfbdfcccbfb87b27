import type { Connection, ManifestPolicy, NetworkNode } from '../../../lib/index.ts';
import { partBinary } from './build-part.ts';
import { runProgram } from './processes.ts';

/** Some network policies, and the connections to be judged by them. */
export interface NetworkQuestion {
  readonly policies: readonly ManifestPolicy[];
  readonly connections: readonly Connection[];
}

/** Has a judge that is not ours say, for each question, which of its connections are let through. */
export async function judgeConnections(
  questions: readonly NetworkQuestion[],
): Promise<readonly (readonly boolean[])[]> {
  const stdin = questions.map((it) => `${JSON.stringify(written(it))}\n`).join('');
  const program = await partBinary('network-oracle');
  const { exitCode, stderr, stdout } = await runProgram(program, [], { stdin });
  const answers = stdout.trim().split('\n');
  if (exitCode !== 0 || answers.length !== questions.length) {
    throw new Error(`network-oracle: ${answers.length} answers, code ${exitCode}: ${stderr}`);
  }
  return answers.map((line) => JSON.parse(line) as readonly boolean[]);
}

/** A question as the program reads it: each node once, and connections by their places. */
function written({ connections, policies }: NetworkQuestion): object {
  const places = new Map<NetworkNode, number>();
  const placeOf = (node: NetworkNode): number => {
    const place = places.get(node) ?? places.size;
    places.set(node, place);
    return place;
  };
  return {
    policies,
    connections: connections.map(({ from, to, port, protocol = 'TCP' }) => ({
      from: placeOf(from),
      to: placeOf(to),
      port,
      protocol,
    })),
    nodes: [...places.keys()].map(({ address, pod }) => ({ address, pod })),
  };
}
