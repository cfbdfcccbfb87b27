import { describe, expect, it } from '@jest/globals';
import type { OidcVerdict, OidcVerifier } from '../../frontend/access/oidc-verifier.ts';
import { bearer, FakeClock, identityOf, NOW_MS, unsignedJwt } from './fakes.ts';
import { everyone, kubernetesAccess } from './kubernetes-setup.ts';

const ISSUER = 'https://idp.example';
const REJECTED = { ok: false, rejection: { code: 'token_rejected' } };

/** Knows one issuer, and keeps what it was asked. */
function verifierOf(verdict: OidcVerdict): OidcVerifier & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    knowsIssuer: (issuer) => issuer === ISSUER,
    verifyToken: async (_token, issuer) => {
      calls.push(issuer);
      return verdict;
    },
  };
}

const JANE: OidcVerdict = { kind: 'authenticated', identity: identityOf('idp:jane') };

function jwt(claims: object = {}): ReturnType<typeof unsignedJwt> {
  return unsignedJwt({ iss: ISSUER, exp: NOW_MS / 1_000 + 600, ...claims });
}

describe('a token of a configured issuer', () => {
  it('is verified by that issuer and reviewed by nobody', async () => {
    const tokenReviewer = everyone();
    const oidcVerifier = verifierOf(JANE);
    const access = kubernetesAccess({ tokenReviewer, oidcVerifier });
    expect(await access.identify(jwt())).toEqual({
      ok: true,
      value: { identity: identityOf('idp:jane'), source: 'issuer' },
    });
    expect(tokenReviewer.calls).toEqual([]);
  });

  it('is not reviewed either when its issuer rejects it', async () => {
    const tokenReviewer = everyone();
    const access = kubernetesAccess({
      tokenReviewer,
      oidcVerifier: verifierOf({ kind: 'rejected' }),
    });
    expect(await access.identify(jwt())).toEqual(REJECTED);
    expect(tokenReviewer.calls).toEqual([]);
  });

  it('is no verdict, and nothing to remember, while the keys cannot be read', async () => {
    const tokenReviewer = everyone();
    const oidcVerifier = verifierOf({ kind: 'unknown' });
    const access = kubernetesAccess({ tokenReviewer, oidcVerifier });
    for (let turn = 1; turn <= 3; turn += 1) {
      expect(await access.identify(jwt())).toEqual({
        ok: false,
        rejection: { code: 'access_review_unavailable', retryAfterSeconds: 5 },
      });
      expect(oidcVerifier.calls).toHaveLength(turn);
    }
    expect(tokenReviewer.calls).toEqual([]);
  });

  it('is remembered no longer than to its own end', async () => {
    const clock = new FakeClock();
    const oidcVerifier = verifierOf(JANE);
    const access = kubernetesAccess({ clock, oidcVerifier });
    const token = jwt({ exp: NOW_MS / 1_000 + 3 });
    await access.identify(token);
    clock.advance(2_999);
    expect(await access.identify(token)).toMatchObject({ value: { source: 'cache' } });
    clock.advance(1);
    await access.identify(token);
    expect(oidcVerifier.calls).toHaveLength(2);
  });

  it('that is rejected pushes nothing out of a cache', async () => {
    const oidcVerifier = verifierOf({ kind: 'rejected' });
    const access = kubernetesAccess({ oidcVerifier, cache: { maxEntries: 2 } });
    await access.identify(bearer('known'));
    for (let turn = 0; turn < 10; turn += 1) await access.identify(jwt({ jti: turn }));
    expect(await access.identify(bearer('known'))).toMatchObject({ value: { source: 'cache' } });
  });

  it.each([`${ISSUER}/`, 'http://idp.example', 'https://idp.example.evil', '', undefined, 7])(
    'is none whose iss is %s',
    async (iss) => {
      const tokenReviewer = everyone();
      const oidcVerifier = verifierOf(JANE);
      const access = kubernetesAccess({ tokenReviewer, oidcVerifier });
      await access.identify(jwt({ iss }));
      expect(oidcVerifier.calls).toEqual([]);
      expect(tokenReviewer.calls).toHaveLength(1);
    },
  );
});
