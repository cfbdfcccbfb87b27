import { BlockList, isIP, isIPv6 } from 'node:net';
import { SynthError } from '../synth-error.ts';

/** A block of addresses. */
export interface Cidr {
  /** As it was written, such as `10.0.0.0/8`. */
  readonly text: string;
  /** Whether an address lies in the block. */
  contains(address: string): boolean;
}

/** Reads a block of addresses, or throws with the setting that holds it. */
export function requireCidr(subject: string, text: string): Cidr {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const bits = isIPv6(address) ? 128 : 32;
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (isIP(address) === 0 || rest.length > 0 || !(length <= bits)) {
    throw new SynthError(
      subject,
      `${JSON.stringify(text)} is not a block of addresses`,
      'write it as 10.0.0.0/8 or fd00::/8; one address is a block of /32 or /128',
    );
  }
  const block = new BlockList();
  block.addSubnet(address, length, family(address));
  return {
    text,
    contains: (candidate) => isIP(candidate) !== 0 && block.check(candidate, family(candidate)),
  };
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
