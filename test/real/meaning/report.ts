/** Tells a line of figures to whoever runs the tests. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
