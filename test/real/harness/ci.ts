/** Says whether the tests run in continuous integration, where nothing may be skipped. */
export function runsInCi(): boolean {
  const value = process.env['CI'] ?? '';
  return !['', '0', 'false'].includes(value);
}
