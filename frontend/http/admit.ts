import type { TenantId } from '../../tenant/tenant-id.ts';
import { accept, refuse, type Result } from '../result.ts';
import { type ParameterLists, readParameters } from './parameters.ts';
import { headerValues, type RawHeaders } from './raw-headers.ts';
import type { RequestRejection } from './request-rejection.ts';
import { methodsBehind, requireNoTenants, splitPrefix } from './cluster-wide.ts';
import { BASIC_OFFER, matchRoute, type Offer } from './routes.ts';
import type { Method, Route, RouteMatch } from './routes.ts';
import { readSilenceWrite, type SilenceWrite } from './silence-write.ts';
import { readTenants, splitTenantHeader } from './tenant-sources.ts';
import { matchWebUi } from './web-ui-routes.ts';

/** The first lines of a request, as they came. */
export interface RequestHead {
  /** The version of HTTP, such as `1.1`. */
  readonly httpVersion: string;
  readonly method: string;
  /** The request target, one character a byte. */
  readonly target: string;
  readonly rawHeaders: RawHeaders;
}

/** A request whose route, method and framing are known to be right; its body is not read yet. */
export interface AdmittedHead extends RouteMatch {
  /** The query string of the target, without the question mark. */
  readonly queryString: string;
  /** Whether a body is to be read. */
  readonly takesBody: boolean;
  /** The method, where it is one that changes something. */
  readonly write?: Method;
  readonly pathTenants: readonly string[] | undefined;
  readonly headerTenants: readonly string[];
  /** Whether the path asks for the whole cluster. */
  readonly isClusterWide?: true;
  /** The W3C trace context of the caller, if it sent a valid one. */
  readonly traceparent: string | undefined;
}

/** A request that was read as a whole, once. Nothing else of it is looked at again. */
export interface AdmittedRequest extends RouteMatch {
  /** The tenants it names; none when it names none. */
  readonly tenants: readonly TenantId[];
  /** Whether it asks for the whole cluster, and so names no tenant. */
  readonly isClusterWide?: true;
  /** The texts of `query`: exactly one on routes that take it, none on the others. */
  readonly queries: readonly string[];
  /** The texts of `match[]`. */
  readonly matches: readonly string[];
  /** The other parameters that travel on, checked, one value each. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Those with any number of values, on routes that have some. */
  readonly lists?: ParameterLists;
  /** The parameters that are read here and do not travel on, on routes that have some. */
  readonly own?: ReadonlyMap<string, string>;
  /** What is to be changed; absent on requests that only read. */
  readonly write?: SilenceWrite;
  /** How many parameters were dropped: the route does not know them, or withholds their value. */
  readonly droppedParameters: number;
  readonly traceparent: string | undefined;
}

/** Bounds that {@link admitRequest} keeps. */
export interface AdmitLimits {
  /** Most namespaces that one request may name. */
  readonly tenants: number;
}

const FORM = /^application\/x-www-form-urlencoded(?:; *charset="?utf-8"?)?$/i;
const JSON_BODY = /^application\/json(?:; *charset="?utf-8"?)?$/i;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Checks route, method and framing, before a byte of the body is read.
 *
 * @param offer - What the installation offers beside the queries.
 */
export function admitHead(
  head: RequestHead,
  offer: Offer = BASIC_OFFER,
): Result<AdmittedHead, RequestRejection> {
  const header = (name: string): readonly string[] => headerValues(head.rawHeaders, name);
  // Without chunks an answer ends with its connection, and a cut-off one would look complete.
  if (head.httpVersion !== '1.1') return refuse({ code: 'request_malformed', problem: 'version' });
  if (header('host').length !== 1) return refuse({ code: 'request_malformed', problem: 'host' });
  if (header('upgrade').length > 0) return refuse({ code: 'upgrade_refused' });
  if (header('expect').some((it) => it.toLowerCase() !== '100-continue')) {
    return refuse({ code: 'expectation_refused' });
  }
  const question = head.target.indexOf('?');
  const target = question === -1 ? head.target : head.target.slice(0, question);
  const prefixed = splitPrefix(target);
  const match =
    matchRoute(prefixed.path) ?? (offer.webUi === true ? matchWebUi(prefixed) : undefined);
  if (match === undefined) return refuse({ code: 'route_unknown' });
  const allowed = methodsBehind(prefixed, match.route, offer);
  if (allowed.length === 0) return refuse({ code: 'route_unknown' });
  if (!allowed.some((method) => method === head.method)) {
    return refuse({ code: 'method_not_allowed', allowed });
  }
  const write = match.route.writes?.find((method) => method === head.method);
  const framing = admitFraming(head, match.route, write);
  if (!framing.ok) return framing;
  const traceparent = header('traceparent');
  return accept({
    ...match,
    queryString: question === -1 ? '' : head.target.slice(question + 1),
    takesBody: framing.value,
    ...(write !== undefined && { write }),
    pathTenants: prefixed.tenants,
    ...(prefixed.isClusterWide === true && { isClusterWide: true }),
    headerTenants: splitTenantHeader(header('x-scope-orgid')),
    traceparent:
      traceparent.length === 1 ? traceparent.find((it) => TRACEPARENT.test(it)) : undefined,
  });
}

function admitFraming(
  head: RequestHead,
  route: Route,
  write: Method | undefined,
): Result<boolean, RequestRejection> {
  const header = (name: string): readonly string[] => headerValues(head.rawHeaders, name);
  const hasBody =
    header('transfer-encoding').length > 0 ||
    header('content-length').some((it) => Number(it) !== 0);
  if (!hasBody) return accept(false);
  if (head.method !== 'POST' || route.name === 'label_values') {
    return refuse({ code: 'body_unexpected' });
  }
  if (header('content-encoding').length > 0) return refuse({ code: 'body_encoding_unsupported' });
  const [type, ...otherTypes] = header('content-type');
  const expected = write === undefined ? FORM : JSON_BODY;
  if (type === undefined || otherTypes.length > 0 || !expected.test(type)) {
    return refuse({ code: 'body_type_unsupported' });
  }
  return accept(true);
}

/**
 * Reads the parameters of a request, once: the URL and the form body are one source, merged in this
 * order, and what the route does not know, or does not let callers ask for, is dropped.
 *
 * @param body - The body, one character a byte; empty when there is none.
 */
export function admitRequest(
  head: AdmittedHead,
  body: string,
  limits: AdmitLimits,
): Result<AdmittedRequest, RequestRejection> {
  const isForm = head.write === undefined;
  const lists = readParameters(isForm ? [head.queryString, body] : [head.queryString]);
  if (!lists.ok) return lists;
  const named = {
    parameter: lists.value.get('namespace') ?? [],
    header: head.headerTenants,
  };
  const tenants =
    head.isClusterWide === true
      ? requireNoTenants(named)
      : readTenants(
          { ...(head.pathTenants !== undefined && { path: head.pathTenants }), ...named },
          limits.tenants,
        );
  if (!tenants.ok) return tenants;
  const taken = takeParameters(head.route, lists.value);
  if (!taken.ok) return taken;
  const write = isForm ? undefined : readSilenceWrite(head, body);
  if (write?.ok === false) return write;
  return accept({
    route: head.route,
    upstreamPath: head.upstreamPath,
    tenants: tenants.value,
    ...(head.isClusterWide === true && { isClusterWide: true }),
    traceparent: head.traceparent,
    ...taken.value,
    ...(write !== undefined && { write: write.value }),
  });
}

type TakenParameters = Pick<
  AdmittedRequest,
  'queries' | 'matches' | 'parameters' | 'lists' | 'own' | 'droppedParameters'
>;

function takeParameters(
  route: Route,
  lists: ParameterLists,
): Result<TakenParameters, RequestRejection> {
  const parameters = takeSingles(route.parameters, lists);
  if (!parameters.ok) return parameters;
  const own = route.ownParameters && takeSingles(route.ownParameters, lists);
  if (own?.ok === false) return own;
  const several = route.listParameters && takeLists(route.listParameters, lists);
  if (several?.ok === false) return several;
  const queries = takesQuery(route) ? (lists.get('query') ?? []) : [];
  if (queries.length > 1) return refuse({ code: 'parameter_repeated', parameter: 'query' });
  const missing = route.required.find((name) => (lists.get(name)?.[0] ?? '') === '');
  if (missing !== undefined) return refuse({ code: 'parameter_missing', parameter: missing });
  const matches = route.shape === 'matches' ? (lists.get('match[]') ?? []) : [];
  let droppedParameters = 0;
  for (const [name, values] of lists) {
    if (!isKnown(route, name) || isWithheld(route, name, values))
      droppedParameters += values.length;
  }
  return accept({
    queries,
    matches,
    parameters: parameters.value,
    ...(own !== undefined && { own: own.value }),
    ...(several !== undefined && { lists: several.value }),
    droppedParameters,
  });
}

type Kinds = Route['parameters'];

function takeSingles(
  kinds: Kinds,
  lists: ParameterLists,
): Result<ReadonlyMap<string, string>, RequestRejection> {
  const parameters = new Map<string, string>();
  for (const [name, values] of lists) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) continue;
    const value = values[0] ?? '';
    // Grafana sends its custom parameters twice, so equal repeats are one.
    if (values.some((other) => other !== value)) {
      return refuse({ code: 'parameter_repeated', parameter: name });
    }
    // Prometheus takes an empty value for an absent one.
    if (value === '') continue;
    if (!kind.accepts(value)) {
      return refuse({ code: 'parameter_invalid', parameter: name, expected: kind.expected });
    }
    if (kind.withholds?.(value) !== true) parameters.set(name, value);
  }
  return accept(parameters);
}

function takeLists(kinds: Kinds, lists: ParameterLists): Result<ParameterLists, RequestRejection> {
  const taken = new Map<string, readonly string[]>();
  for (const [name, kind] of Object.entries(kinds)) {
    const values = (lists.get(name) ?? []).filter((value) => value !== '');
    if (!values.every((value) => kind.accepts(value))) {
      return refuse({ code: 'parameter_invalid', parameter: name, expected: kind.expected });
    }
    if (values.length > 0) taken.set(name, values);
  }
  return accept(taken);
}

function isWithheld({ parameters }: Route, name: string, [value = '']: readonly string[]): boolean {
  const kind = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return kind?.withholds?.(value) === true;
}

function takesQuery({ shape }: Route): boolean {
  return shape === 'query' || shape === 'syntax' || shape === 'explain';
}

function isKnown(route: Route, name: string): boolean {
  if (name === 'namespace') return true;
  if (name === 'query') return takesQuery(route);
  if (name === 'match[]') return route.shape === 'matches';
  return [route.parameters, route.ownParameters, route.listParameters].some(
    (kinds) => kinds !== undefined && Object.hasOwn(kinds, name),
  );
}
