import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { selfSignedCertificate } from './self-signed.ts';

describe('selfSignedCertificate', () => {
  it('is for its names, and vouches for itself', () => {
    const { certPem } = selfSignedCertificate(['localhost', '127.0.0.1']);
    const certificate = new X509Certificate(certPem);
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  it('takes many names', () => {
    const names = Array.from({ length: 40 }, (_, index) => `host-${index}.example.test`);
    const { subjectAltName } = new X509Certificate(selfSignedCertificate(names).certPem);
    expect(subjectAltName?.split(', ')).toHaveLength(40);
  });
});
