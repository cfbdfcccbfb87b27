import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
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
import type { SelfSigned } from './self-signed.ts';

/** A name of a subject: the attributes of each relative distinguished name. */
export type SubjectName = readonly (readonly (readonly ['CN' | 'O' | 'OU', string])[])[];

/** What a certificate of a test is to be. */
export interface IssueOptions {
  /** Who signs it. @defaultValue itself */
  readonly issuer?: Issued | undefined;
  /** @defaultValue false */
  readonly isAuthority?: boolean;
  /** How many authorities may stand below it. @defaultValue any number */
  readonly pathLength?: number;
  /** Extended key usages; none at all: no such extension. @defaultValue client authentication */
  readonly usages?: readonly (keyof typeof USAGES)[];
  /** When its validity begins and ends, in milliseconds from now. @defaultValue -1 h and 24 h */
  readonly validMs?: readonly [number, number];
}

/** A certificate, its key, and the name that its own certificates have for their issuer. */
export interface Issued extends SelfSigned {
  readonly name: Buffer;
}

const ATTRIBUTES: Readonly<Record<'CN' | 'O' | 'OU', Buffer>> = {
  CN: objectId('550403'),
  O: objectId('55040a'),
  OU: objectId('55040b'),
};
const USAGES: Readonly<Record<'client' | 'server' | 'any', Buffer>> = {
  client: objectId('2b06010505070302'),
  server: objectId('2b06010505070301'),
  any: objectId('551d2500'),
};
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));
const BASIC_CONSTRAINTS = objectId('551d13');
const EXTENDED_KEY_USAGE = objectId('551d25');
const TRUE = element(0x01, Buffer.from([0xff]));

/** Makes a certificate with an ECDSA P-256 key. */
export function issueCertificate(subject: SubjectName, options: IssueOptions = {}): Issued {
  const { issuer, isAuthority = false, pathLength, usages = ['client'] } = options;
  const [fromMs, toMs] = options.validMs ?? [-3_600_000, 86_400_000];
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(
    ...subject.map((rdn) =>
      set(...rdn.map(([type, value]) => sequence(ATTRIBUTES[type], utf8String(value)))),
    ),
  );
  const constraints = [
    ...(isAuthority ? [TRUE] : []),
    ...(pathLength === undefined ? [] : [integer(Buffer.from([pathLength]))]),
  ];
  const extensions = [
    sequence(BASIC_CONSTRAINTS, TRUE, octetString(sequence(...constraints))),
    ...(isAuthority || usages.length === 0
      ? []
      : [sequence(EXTENDED_KEY_USAGE, octetString(sequence(...usages.map((it) => USAGES[it]))))]),
  ];
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))), // Version 3, which has extensions.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    issuer?.name ?? name,
    sequence(utcTime(fromMs), utcTime(toMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  );
  const signingKey = issuer === undefined ? privateKey : createPrivateKey(issuer.keyPem);
  const signature = sign('sha256', body, signingKey);
  return {
    name,
    certPem: pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bitString(signature))),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

/** Makes a certificate authority. */
export function issueAuthority(commonName: string, options: IssueOptions = {}): Issued {
  return issueCertificate([[['CN', commonName]]], { ...options, isAuthority: true });
}

/** The name of a user in groups, as Kubernetes writes it into certificates. */
export function subjectOf(user: string, ...groups: readonly string[]): SubjectName {
  return [...groups.map((group) => [['O', group] as const]), [['CN', user] as const]];
}
