/**
 * The program that {@link file://./network-namespace.ts} starts in a network of its own, which exists as
 * long as it runs. It is told the path of `ip`, the addresses that are to exist in it, and its passages.
 */
import { execFileSync } from 'node:child_process';
import { READY } from './network-namespace.ts';
import { openPassage, type Passage } from './passage.ts';

const [ip = '', addresses = '[]', passages = '[]'] = process.argv.slice(2);

execFileSync(ip, ['link', 'set', 'lo', 'up']);
for (const address of JSON.parse(addresses) as readonly string[]) {
  execFileSync(ip, ['address', 'add', address, 'dev', 'lo']);
}
for (const passage of JSON.parse(passages) as readonly Passage[]) {
  await openPassage(passage);
}
process.stdout.write(READY);
// Passages keep no process alive.
setInterval(() => undefined, 3_600_000);
