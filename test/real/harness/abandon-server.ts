/**
 * A program that starts a server in a folder, says `<pid> <folder>`, and then waits to be killed:
 * `processes.test.ts` sees what is left of both.
 */
import { join } from 'node:path';
import { tempFolder } from './places.ts';
import { startServer } from './processes.ts';

const folder = await tempFolder('abandoned');
const server = await startServer({
  program: process.execPath,
  args: ['-e', 'setInterval(() => {}, 1000)'],
  folder: folder.path,
  logFile: join(folder.path, 'server.log'),
  isReady: () => Promise.resolve(true),
});
process.stdout.write(`${server.pid} ${folder.path}\n`);
setInterval(() => undefined, 1_000);
