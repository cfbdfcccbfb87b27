import { describe, expect, it } from '@jest/globals';
import type { Access, VerdictSource } from '../../frontend/access/access.ts';
import { createStaticAccess } from '../../frontend/access/static-access.ts';
import { Fault } from '../../frontend/fault.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { FakeAccessReviewer, identityOf, plainHash, tenants } from './fakes.ts';
import { kubernetesAccess } from './kubernetes-setup.ts';

const JANE = identityOf('jane');

async function sourcesHeard(
  access: Access,
  ...names: readonly string[]
): Promise<readonly VerdictSource[]> {
  const heard: VerdictSource[] = [];
  await access.authorize(JANE, tenants(...names), (source) => heard.push(source));
  return heard;
}

describe('where a denial came from', () => {
  it('is the API server, and then the memory of it', async () => {
    const access = kubernetesAccess({ accessReviewer: new FakeAccessReviewer(() => 'denied') });
    expect(await sourcesHeard(access, 'a')).toEqual(['live']);
    expect(await sourcesHeard(access, 'a')).toEqual(['cache']);
  });

  it('is not told where nothing is denied', async () => {
    const access = kubernetesAccess({ accessReviewer: new FakeAccessReviewer(() => 'allowed') });
    expect(await sourcesHeard(access, 'a', 'b')).toEqual([]);
    const away = new FakeAccessReviewer(() => {
      throw new Fault('api_server_timeout', 'away');
    });
    expect(await sourcesHeard(kubernetesAccess({ accessReviewer: away }), 'a')).toEqual([]);
  });

  it('is the token file', async () => {
    const deps = { hash: plainHash, tenancyLabel: DEFAULT_TENANCY_LABEL };
    expect(await sourcesHeard(createStaticAccess([], deps), 'a')).toEqual(['static']);
  });
});
