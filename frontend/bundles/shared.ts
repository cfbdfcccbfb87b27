// What changes least: the configuration, pure cores and the libraries. The bundler puts what this
// file and a role have in common into a file of its own, so that no ConfigMap gets too large for
// kubectl, and a new version of the runtime may leave one of the two as it is.
export { createLocalJWKSet, errors, jwtVerify } from 'jose';
export { default as Counter } from 'prom-client/lib/counter.js';
export { default as Gauge } from 'prom-client/lib/gauge.js';
export { default as Histogram } from 'prom-client/lib/histogram.js';
export { default as Registry } from 'prom-client/lib/registry.js';
export { parseQueryFrontendConfig } from '../config/query-frontend.ts';
export * from '../answers/alertmanager.ts';
export * from '../answers/alerts.ts';
export * from '../answers/exemplars.ts';
export * from '../answers/metadata.ts';
export * from '../answers/read-json.ts';
export * from '../answers/rules.ts';
export * from '../answers/silence-owner.ts';
export * from '../answers/silence-request.ts';
export { describeProblem } from '../promql/describe-problem.ts';
export { parseQuery, parseSeriesSelector } from '../promql/parse.ts';
export { scopeQuery, scopeSeriesSelectors } from '../promql/scope.ts';
