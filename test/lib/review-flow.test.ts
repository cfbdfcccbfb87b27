import { describe, expect, it } from '@jest/globals';
import { RuntimeCode, SynthError, TenantQueryFrontend } from '../../lib/index.ts';
import type { TenantQueryFrontendProps } from '../../lib/index.ts';
import {
  at,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  platformChart,
} from './support/manifests.ts';
import { parseTenancyLabel } from '../../tenant/index.ts';

const pods = { component: 'querier', podLabels: { app: 'querier' }, metricsPorts: [] };

function synth(props: Partial<TenantQueryFrontendProps>): readonly Manifest[] {
  const chart = platformChart();
  const tenancyLabel = parseTenancyLabel('namespace');
  if (tenancyLabel === undefined) throw new TypeError('no label');
  void new TenantQueryFrontend(chart, 'frontend', {
    upstream: {
      queryUrl: 'http://querier:10902',
      pods,
      queryPort: { name: 'http', port: 10_902 },
      tenancyLabel,
    },
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...props,
  });
  return manifestsOf(chart);
}

const FLOW_KINDS = ['FlowSchema', 'PriorityLevelConfiguration'];
const NAME = 'prometheus-tenancy-kit-tenant-query-frontend-reviews';

describe('the flow of reviews', () => {
  it('is left to the cluster by default', () => {
    expect(synth({}).filter(({ kind }) => FLOW_KINDS.includes(kind))).toEqual([]);
  });

  it('is that of the ServiceAccount, for the two reviews and nothing else', () => {
    const manifests = synth({ reviewFlow: {}, features: { allNamespaces: { enabled: true } } });
    const schema = only(manifests, 'FlowSchema', NAME);
    expect(schema.apiVersion).toBe('flowcontrol.apiserver.k8s.io/v1');
    expect(schema.metadata.namespace).toBeUndefined();
    expect(schema.spec).toEqual({
      priorityLevelConfiguration: { name: NAME },
      matchingPrecedence: 1_000,
      rules: [
        {
          subjects: [
            {
              kind: 'ServiceAccount',
              serviceAccount: { name: 'tenant-query-frontend', namespace: 'monitoring' },
            },
          ],
          resourceRules: [
            review('authentication.k8s.io', 'tokenreviews'),
            review('authorization.k8s.io', 'subjectaccessreviews'),
          ],
        },
      ],
    });
  });

  it('has seats that it lends to nobody', () => {
    const manifests = synth({ reviewFlow: { shares: 40, matchingPrecedence: 700 } });
    const level = only(manifests, 'PriorityLevelConfiguration', NAME);
    expect(level.metadata.namespace).toBeUndefined();
    expect(level.spec).toEqual({
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 40,
        lendablePercent: 0,
        limitResponse: {
          type: 'Queue',
          queuing: { queues: 1, handSize: 1, queueLengthLimit: 100 },
        },
      },
    });
    expect(at(only(manifests, 'FlowSchema').spec, 'matchingPrecedence')).toBe(700);
  });

  it.each<[string, Partial<TenantQueryFrontendProps>]>([
    ['no share', { reviewFlow: { shares: 0 } }],
    ['half a share', { reviewFlow: { shares: 1.5 } }],
    ['more shares than all others together', { reviewFlow: { shares: 1_001 } }],
    ['a precedence of exempt requests', { reviewFlow: { matchingPrecedence: 0 } }],
    ['a precedence that is none', { reviewFlow: { matchingPrecedence: 10_001 } }],
    ['callers that ask for themselves', { reviewFlow: {}, features: { review: 'self' } }],
  ])('refuses %s', (_what, props) => {
    expect(() => synth(props)).toThrow(SynthError);
  });
});

function review(group: string, resource: string): object {
  return { apiGroups: [group], resources: [resource], verbs: ['create'], clusterScope: true };
}
