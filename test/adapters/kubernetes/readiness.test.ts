import { describe, expect, it } from '@jest/globals';
import { createReadiness } from '../../../frontend/adapters/kubernetes/readiness.ts';
import { SEED_ATTRIBUTES } from '../../../frontend/config/query-frontend.ts';
import { Fault } from '../../../frontend/fault.ts';
import { FakeAccessReviewer } from '../../access/fakes.ts';
import { nobody } from '../../access/kubernetes-setup.ts';

function setUp(ownToken: string) {
  const state = { fault: undefined as Fault | undefined };
  const tokenReviewer = nobody();
  const accessReviewer = new FakeAccessReviewer(() => {
    if (state.fault !== undefined) throw state.fault;
    return 'denied';
  });
  const ready = createReadiness({
    client: { ownToken: async () => ownToken },
    tokenReviewer,
    accessReviewer,
    attributes: SEED_ATTRIBUTES,
  });
  return { state, tokenReviewer, accessReviewer, ready };
}

describe('readiness', () => {
  it('comes when both reviews were answered, whatever the verdict, and stays', async () => {
    const { state, accessReviewer, tokenReviewer, ready } = setUp('own');
    expect(await ready()).toEqual({ isReady: true });
    state.fault = new Fault('api_server_unreachable', 'away');
    expect(await ready()).toEqual({ isReady: true });
    expect(accessReviewer.calls).toHaveLength(1);
    expect(tokenReviewer.calls).toEqual([{ token: 'own', audiences: [] }]);
  });

  it('names what stands in the way until then', async () => {
    const { state, ready } = setUp('own');
    state.fault = new Fault('api_server_refused', 'forbidden');
    expect(await ready()).toEqual({ isReady: false, reason: 'api_server_refused' });
    state.fault = undefined;
    expect(await ready()).toEqual({ isReady: true });
  });

  it('does not come with a token that cannot be one', async () => {
    expect(await setUp('two words').ready()).toEqual({
      isReady: false,
      reason: 'own_token_malformed',
    });
  });
});
