import { describe, expect, it } from '@jest/globals';
import type { WriteVerb } from '../../frontend/access/access.ts';
import { createStaticAccess } from '../../frontend/access/static-access.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { FakeAccessReviewer, identityOf, plainHash, tenants } from './fakes.ts';
import { kubernetesAccess, type Setup } from './kubernetes-setup.ts';

const JANE = identityOf('jane');
const ATTRIBUTES = { group: '', resource: 'namespace', subresource: 'silences' };

function verbs(...allowed: readonly string[]): FakeAccessReviewer {
  return new FakeAccessReviewer(({ attributes, namespace }) =>
    allowed.includes(`${attributes.verb} ${namespace}`) ? 'allowed' : 'denied',
  );
}

async function write(
  access: ReturnType<typeof kubernetesAccess>,
  verb: WriteVerb,
  ...names: readonly string[]
): Promise<unknown> {
  const authorized = await access.authorizeWrite?.(JANE, tenants(...names), verb);
  if (authorized === undefined) return undefined;
  return authorized.ok ? authorized.value.scope.tenants : authorized.rejection;
}

function access(
  accessReviewer: FakeAccessReviewer,
  more: Partial<Setup> = {},
): ReturnType<typeof kubernetesAccess> {
  return kubernetesAccess({ accessReviewer, silenceAttributes: ATTRIBUTES, ...more });
}

describe('authorizeWrite', () => {
  it('asks for the verb of the change, with attributes of its own', async () => {
    const accessReviewer = verbs('update a');
    expect(await write(access(accessReviewer), 'update', 'a')).toEqual(['a']);
    expect(accessReviewer.calls).toEqual([
      { identity: JANE, attributes: { ...ATTRIBUTES, verb: 'update' }, namespace: 'a' },
    ]);
  });

  it('takes no verb for another, and none for the right to read', async () => {
    const accessReviewer = verbs('get a', 'create a');
    const granted = access(accessReviewer);
    expect(await granted.authorize(JANE, tenants('a'))).toMatchObject({ ok: true });
    expect(await write(granted, 'create', 'a')).toEqual(['a']);
    for (const verb of ['update', 'delete'] as const) {
      expect(await write(granted, verb, 'a')).toEqual({ code: 'tenant_denied', tenant: 'a' });
    }
  });

  it('refuses the whole for one namespace', async () => {
    const outcome = await write(access(verbs('create a', 'create b')), 'create', 'a', 'b', 'c');
    expect(outcome).toEqual({ code: 'tenant_denied', tenant: 'c' });
  });

  it('remembers each verb by itself, and forgets them with the rights', async () => {
    const accessReviewer = verbs('create a', 'delete a');
    const granted = access(accessReviewer);
    await write(granted, 'create', 'a');
    await write(granted, 'create', 'a');
    await write(granted, 'delete', 'a');
    expect(accessReviewer.calls).toHaveLength(2);
    granted.forgetRights('a');
    await write(granted, 'create', 'a');
    await write(granted, 'delete', 'a');
    expect(accessReviewer.calls).toHaveLength(4);
  });

  it('is not there without attributes, and not for static tokens', () => {
    expect(kubernetesAccess({}).authorizeWrite).toBeUndefined();
    const fixed = createStaticAccess([], { hash: plainHash, tenancyLabel: DEFAULT_TENANCY_LABEL });
    expect(fixed.authorizeWrite).toBeUndefined();
  });
});
