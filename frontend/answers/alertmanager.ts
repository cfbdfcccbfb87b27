import type { SeriesScope } from '../../tenant/cluster-scope.ts';
import { accept, refuse } from '../result.ts';
import type { AnswerFilter } from './answer-filter.ts';
import { isInScope } from './in-scope.ts';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
} from './json-value.ts';
import type { EntriesShape } from './shape.ts';
import { isVisibleSilence } from './silence-owner.ts';

/** Stands for the fingerprint of an inhibiting alert. */
const HIDDEN_FINGERPRINT = '0000000000000000';

/** Filters the answer of `/api/v2/alerts`: an alert stays when its tenancy label is in the scope. */
export function filterAlertmanagerAlerts(scope: SeriesScope): AnswerFilter {
  return { shape: alertsShape(scope), finish: finishList };
}

/**
 * Filters the answer of `/api/v2/alerts/groups`: a group stays when an alert of it stays. Its labels
 * are those that all its alerts share, so they are the caller's own too.
 */
export function filterAlertGroups(scope: SeriesScope): AnswerFilter {
  return {
    shape: {
      kind: 'entries',
      entry: { kind: 'members', members: { alerts: alertsShape(scope) } },
      judge: (group) => {
        const alerts = memberOf(group, 'alerts');
        if (!isJsonList(alerts) || alerts.length === 0) return undefined;
        const labels = memberOf(group, 'labels') ?? {};
        const receiver = memberOf(group, 'receiver') ?? null;
        return { labels, receiver, alerts };
      },
    },
    finish: finishList,
  };
}

/** Filters the answer of `GET /api/v2/silences`: those stay that act on the scope alone. */
export function filterSilences(scope: SeriesScope): AnswerFilter {
  return {
    shape: {
      kind: 'entries',
      judge: (silence) => (isVisibleSilence(silence, scope) ? silence : undefined),
    },
    finish: finishList,
  };
}

function alertsShape(scope: SeriesScope): EntriesShape {
  return {
    kind: 'entries',
    judge: (alert) =>
      isInScope(memberOf(alert, 'labels'), scope) ? withoutFingerprints(alert) : undefined,
  };
}

// A fingerprint is a hash of an alert's labels: with it a guess at another tenant's alert could be
// checked. How many alerts inhibit this one stays visible.
function withoutFingerprints(alert: JsonObject): JsonObject {
  const status = memberOf(alert, 'status');
  const inhibitedBy = memberOf(status, 'inhibitedBy');
  if (!isJsonObject(status) || inhibitedBy === undefined) return alert;
  const hidden = isJsonList(inhibitedBy) ? inhibitedBy.map(() => HIDDEN_FINGERPRINT) : [];
  return { ...alert, status: { ...status, inhibitedBy: hidden } };
}

function finishList(answer: JsonValue): ReturnType<AnswerFilter['finish']> {
  return isJsonList(answer) ? accept(answer) : refuse({ code: 'answer_unexpected' });
}
