/** An address as Go programs take it. */
export interface ListenAddress {
  /** The host without brackets, or `undefined` for every address of the machine. */
  readonly host: string | undefined;
  readonly port: number;
}

const FORM = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/;
const LAST_PORT = 65_535;

/** Reads `host:port`, `[IPv6]:port` or `:port`; ports by name are not read. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  return port > LAST_PORT ? undefined : { host: host === '' ? undefined : host, port };
}

/** Whether only the machine, or the pod, itself can reach a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
