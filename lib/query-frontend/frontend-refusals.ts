import { SynthError } from '../synth-error.ts';
import { refuseSeveralTenancyLabels, requireTenancyLabel } from '../tenancy-labels.ts';
import { refuseCredentials } from './caller-credentials.ts';
import type { TenantQueryFrontendProps } from './tenant-query-frontend-props.ts';

/** Refuses settings that contradict each other, or ask an upstream for what it has not. */
export function refuseContradictions(subject: string, props: TenantQueryFrontendProps): void {
  refuseForeignLabels(subject, props);
  if (props.unsafePlainHttp === true && props.certificate !== undefined) {
    throw new SynthError(
      subject,
      'unsafePlainHttp and certificate contradict each other',
      'leave one of them out',
    );
  }
  if (props.image !== undefined && props.code?.image !== undefined) {
    throw new SynthError(
      `${subject} image`,
      'the code comes in an image of its own, so it would have no effect',
      'leave it out',
    );
  }
  refuseCredentials(subject, props.credentials ?? {}, props.unsafePlainHttp !== true);
  refuseAudiences(subject, props);
  refuseSilences(subject, props);
  refuseForeignSoftware(subject, props);
}

function refuseForeignLabels(subject: string, props: TenantQueryFrontendProps): void {
  const { tenancyLabel, upstream, upstreams = {} } = props;
  const label = requireTenancyLabel(subject, tenancyLabel ?? upstream.tenancyLabel);
  const rules = upstreams.rules?.tenancyLabel;
  refuseSeveralTenancyLabels(subject, {
    'the frontend': label,
    'the upstream': upstream.tenancyLabel,
    ...(rules !== undefined && { 'the rules': rules }),
  });
}

function refuseAudiences(
  subject: string,
  { audiences, clusterIssuer }: TenantQueryFrontendProps,
): void {
  if (audiences !== undefined && clusterIssuer !== undefined) {
    throw new SynthError(
      subject,
      'audiences replaces the default list, so clusterIssuer would have no effect',
      'put the audience of the API server into audiences',
    );
  }
  if (audiences?.length === 0) {
    throw new SynthError(
      `${subject} audiences`,
      'is empty, so a token meant for any service would do',
      'name at least one audience',
    );
  }
}

function refuseSilences(subject: string, props: TenantQueryFrontendProps): void {
  const { endpoints = {}, silenceAttributes, upstreams = {} } = props;
  if (endpoints.silenceWrites === true && upstreams.alertmanager === undefined) {
    throw new SynthError(
      `${subject} endpoints.silenceWrites`,
      'there is no Alertmanager to keep a silence',
      'pass upstreams.alertmanager',
    );
  }
  if (silenceAttributes !== undefined && endpoints.silenceWrites !== true) {
    throw new SynthError(
      `${subject} silenceAttributes`,
      'nobody may change a silence, so it would have no effect',
      'set endpoints.silenceWrites, or leave it out',
    );
  }
}

function refuseForeignSoftware(
  subject: string,
  { endpoints = {}, ui, upstream }: TenantQueryFrontendProps,
): void {
  if (upstream.software === 'prometheus') {
    if (ui === undefined) return;
    throw new SynthError(
      `${subject} ui`,
      'the page is that of a Thanos querier, and the upstream is a Prometheus',
      'leave it out, or pass a querier as upstream',
    );
  }
  const setting =
    endpoints.federate === true
      ? 'federate'
      : endpoints.metadata === 'targets'
        ? 'metadata'
        : undefined;
  if (setting === undefined) return;
  throw new SynthError(
    `${subject} endpoints.${setting}`,
    'Thanos has no such endpoint of its own, and only a Prometheus knows its targets',
    "leave it out, or pass an upstream whose software is 'prometheus'",
  );
}
