import tls, { type SecureContext, type SecureContextOptions } from 'node:tls';
import { expect, it, jest } from '@jest/globals';
import { REREAD_AFTER_MS } from '../../../frontend/adapters/files/reread-file.ts';
import { FakeClock } from '../../access/fakes.ts';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import { tempFolder } from '../temp-folder.ts';

// The real function, counted: nothing else shows how often files are looked at in vain.
const counted = jest.fn((options?: SecureContextOptions): SecureContext =>
  tls.createSecureContext(options),
);
jest.unstable_mockModule('node:tls', () => ({ ...tls, createSecureContext: counted }));
const { FollowedCredentials } =
  await import('../../../frontend/adapters/upstream/upstream-credentials.ts');

it('files that do not fit together are tried once, and again when they change', async () => {
  await using folder = await tempFolder();
  const [first, next] = [selfSignedCertificate(['frontend']), selfSignedCertificate(['frontend'])];
  const certFile = await folder.write('tls.crt', first.certPem);
  const keyFile = await folder.write('tls.key', first.keyPem);
  const clock = new FakeClock();
  const credentials = new FollowedCredentials({ tls: { certFile, keyFile } }, clock);
  const { tls: inUse } = await credentials.read();
  expect(counted).toHaveBeenCalledTimes(1);
  await folder.write('tls.crt', next.certPem);
  clock.advance(REREAD_AFTER_MS);
  for (let request = 0; request < 10; request += 1) {
    expect((await credentials.read()).tls).toBe(inUse);
  }
  expect(counted).toHaveBeenCalledTimes(2);
  await folder.write('tls.key', next.keyPem);
  clock.advance(REREAD_AFTER_MS);
  expect((await credentials.read()).tls).not.toBe(inUse);
  await credentials.read();
  expect(counted).toHaveBeenCalledTimes(3);
});
