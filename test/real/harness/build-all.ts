/**
 * Builds the parts named on the command line, or all of them, and prints where each is:
 * `node test/real/harness/build-all.ts [part...]`.
 */
import { partBinary } from './build-part.ts';
import { isPartName, PART_NAMES } from './parts.ts';

const words = process.argv.slice(2);
const unknown = words.filter((word) => !isPartName(word));
if (unknown.length > 0) {
  process.stderr.write(`no such part: ${unknown.join(', ')}; there are ${PART_NAMES.join(', ')}\n`);
  process.exit(2);
}
const wanted = words.length === 0 ? PART_NAMES : words.filter(isPartName);
for (const name of wanted) {
  process.stdout.write(`${name} ${await partBinary(name)}\n`);
}
