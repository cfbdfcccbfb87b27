import { AT_FLOOR } from '../harness/parts.ts';
import { readPath } from '../harness/read-path.ts';
import type { AdmissionCase } from './admission-case.ts';

/** Cases by whether the definitions of the operator's resources know all that is in them. */
export interface CasesByDefinitions {
  readonly known: readonly AdmissionCase[];
  /** None but for the oldest operator, whose definitions refuse these by themselves. */
  readonly unknown: readonly AdmissionCase[];
}

// Fields that the oldest operator does not have, and labels without a name, which its definitions refuse.
const LATER = /"(?:scrapeNativeHistograms|payload)":|"sourceLabels":\[(?:"[^"]+",)?""/;

/** Tells them apart. */
export function byDefinitions(cases: readonly AdmissionCase[]): CasesByDefinitions {
  const isUnknown = ({ object }: AdmissionCase): boolean =>
    AT_FLOOR &&
    (LATER.test(JSON.stringify(object)) ||
      (object['kind'] === 'Probe' && JSON.stringify(object).includes('"followRedirects":')));
  return {
    known: cases.filter((it) => !isUnknown(it)),
    unknown: cases.filter(isUnknown),
  };
}

/** What the API server says of something that the definitions do not know, in a strict request. */
export const UNKNOWN_TO_DEFINITIONS: RegExp = /unknown field "|in body should match/;

const LATER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Probe: ['followRedirects'],
  ScrapeConfig: ['bodySizeLimit'],
};

/** Says whether a warning of the type checker is about a field that the oldest operator does not have. */
export function isAboutLaterField(warning: unknown): boolean {
  const text = String(readPath(warning, 'warning'));
  const fields = [...text.matchAll(/undefined field '([^']*)'/g)].map(([, field]) => field);
  const [, kind = ''] = /Kind=(\w+):/.exec(text) ?? [];
  const later = ['scrapeNativeHistograms', ...(LATER_FIELDS[kind] ?? [])];
  return AT_FLOOR && fields.length > 0 && fields.every((it) => later.includes(String(it)));
}
