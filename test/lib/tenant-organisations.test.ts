import { describe, expect, it } from '@jest/globals';
import type { Chart } from 'cdk8s';
import { SynthError } from '../../lib/synth-error.ts';
import { GrafanaDataSource, Tenant, Token } from '../../tenant/onboarding/index.ts';
import { manifestsOf, platformChart } from './support/manifests.ts';
import { SCRAPER, TENANT_FRONTEND } from './support/tenant.ts';

function add(chart: Chart, namespace: string, grafana?: GrafanaDataSource, token?: Token): Tenant {
  return new Tenant(chart, namespace, {
    namespace,
    frontend: TENANT_FRONTEND,
    scraper: SCRAPER,
    ...(grafana !== undefined && { grafana }),
    ...(token !== undefined && { token }),
  });
}

/** Adds two tenants to one installation. */
function addBoth(a?: GrafanaDataSource, b?: GrafanaDataSource): Chart {
  const chart = platformChart();
  add(chart, 'team-a', a);
  add(chart, 'team-b', b);
  return chart;
}

const { organisation, unsafeSharedOrganisation: unsafe, ownInstance } = GrafanaDataSource;

describe('an organisation of a shared Grafana', () => {
  it.each<readonly [string, GrafanaDataSource, GrafanaDataSource]>([
    ['is asked for twice as one of its own', organisation(7), organisation(7)],
    ['is shared unsafely with one that has it alone', organisation(7), unsafe(7)],
    ['is to be one of its own beside an unsafe one', unsafe(7), organisation(7)],
    ['is of a Grafana with that name', organisation(7, { grafana: 'x' }), organisation(7, { grafana: 'x' })], // prettier-ignore
  ])('takes no second token when it %s', (_what, a, b) => {
    expect(() => addBoth(a, b)).toThrow(SynthError);
    expect(() => addBoth(a, b)).toThrow(/^GrafanaDataSource of team-b: organisation 7 .* team-a/);
  });

  it.each<readonly [string, GrafanaDataSource | undefined, GrafanaDataSource | undefined]>([
    ['each has its own', organisation(7), organisation(8)],
    ['each has its own Grafana', ownInstance(), undefined],
    ['the Grafanas are two', organisation(7, { grafana: 'x' }), organisation(7)],
    ['both say that it is unsafe', unsafe(7), unsafe(7)],
  ])('is no concern when %s', (_what, a, b) => {
    expect(manifestsOf(addBoth(a, b)).filter(({ kind }) => kind === 'ConfigMap')).toHaveLength(2);
  });

  it('is shared by all whose users bring their own tokens', () => {
    const chart = platformChart();
    const tenants = ['team-a', 'team-b'].map((namespace) =>
      add(chart, namespace, GrafanaDataSource.forwardedOAuth(7), Token.none()),
    );
    add(chart, 'team-c', organisation(7));
    expect(tenants.map(({ tokenSecretName }) => tokenSecretName)).toEqual([undefined, undefined]);
    expect(JSON.stringify(manifestsOf(chart))).not.toContain('/tokens/team-a');
  });

  it('is counted for each installation on its own', () => {
    for (const _round of [1, 2]) expect(addBoth(organisation(7), organisation(8))).toBeDefined();
  });

  it('that is shared goes by no name but an unsafe one', () => {
    expect(() => organisation(1)).toThrow(/unsafeSharedOrganisation/);
    expect(unsafe(1).claim).toEqual({ grafana: 'shared', orgId: 1, isExclusive: false });
    expect(ownInstance().claim).toBeUndefined();
  });
});
