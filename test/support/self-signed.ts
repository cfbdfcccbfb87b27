import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  element,
  integer,
  objectId,
  octetString,
  pem,
  sequence,
  set,
  utcTime,
  utf8String,
} from './der.ts';

/** A certificate that signs itself, so it is its own certificate authority. */
export interface SelfSigned {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * Makes a certificate with an ECDSA P-256 key, valid from an hour ago for a day.
 *
 * @param names - The DNS names and IPv4 addresses that it is for.
 */
export function selfSignedCertificate(names: readonly string[]): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(COMMON_NAME, utf8String(names[0] ?? 'test'))));
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))), // Version 3, which has extensions.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(-3_600_000), utcTime(86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(sequence(BASIC_CONSTRAINTS, IS_AUTHORITY), alternativeNames(names))),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return {
    certPem: pem('CERTIFICATE', certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

const COMMON_NAME = objectId('550403');
const BASIC_CONSTRAINTS = objectId('551d13');
const ALTERNATIVE_NAME = objectId('551d11');
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));
const IS_AUTHORITY = octetString(sequence(element(0x01, Buffer.from([0xff]))));

function alternativeNames(names: readonly string[]): Buffer {
  const encoded = names.map((name) =>
    isIP(name) === 4
      ? element(0x87, Buffer.from(name.split('.').map(Number)))
      : element(0x82, Buffer.from(name, 'ascii')),
  );
  return sequence(ALTERNATIVE_NAME, octetString(sequence(...encoded)));
}
