import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { ListenerConfig } from '../config/query-frontend.ts';
import { CallerConnections } from './caller-connections.ts';
import { answerClientError, readClientError } from './client-error.ts';
import type { CurrentParts } from './current-parts.ts';
import { type Exchange, type ExchangeParts, serveExchange } from './exchange.ts';
import { type FollowFilesOptions, ListenerTls } from './listener-tls.ts';
import { listeningUrl } from './listening-url.ts';
import { NO_PEER_CERTIFICATE, type PeerCertificates } from './peer-certificates.ts';
import { RequestsUnderWay } from './requests-under-way.ts';

/** A listening server. */
export interface Listener {
  /** The address tenants connect to, as a URL without path. */
  readonly url: string;
  /** Takes no new connection, lets requests under way finish, and closes after `graceMs` at the latest. */
  drain(graceMs: number): Promise<void>;
}

type Server = http.Server | https.Server;

const IDLE_CHECK_MS = 50;

/** How long a connection may take to its first request, at most: until then nobody answers for it. */
const FIRST_REQUEST_MS = 5_000;

/** The log says at most this often that connections are dropped. */
const DROP_LOG_MS = 60_000;

/** How a listener follows the files of its certificate, and of its clients' authorities. */
export interface CertificateOptions {
  /** How often they are read again, in milliseconds. @defaultValue 30_000 */
  readonly checkMs?: number | undefined;
  /** Hears after each look whether the files hold what is in use. @defaultValue nobody */
  readonly onCheck?: ((isInUse: boolean) => void) | undefined;
}

/**
 * Starts the listener that tenants talk to. Each request is served by the parts of its beginning.
 * @throws {Error} If the address cannot be listened on, or a certificate file cannot be read.
 */
export async function startListener(
  config: ListenerConfig,
  current: CurrentParts<ExchangeParts>,
  certificates: CertificateOptions = {},
): Promise<Listener> {
  const { server, followRenewals, peers } = await createServer(config);
  const life = { isDraining: false };
  const underWay = new RequestsUnderWay();
  const callers = new CallerConnections(config.maxConnectionsPerCaller, (connection) =>
    underWay.isIdle(connection),
  );
  serveRequests(server, current, { life, underWay, callers, peers });
  if (config.headersTimeoutMs > FIRST_REQUEST_MS) hurryFirstRequests(server, underWay);
  noteDrops(server, current);
  await listen(server, config);
  server.on('error', (error) => {
    current.latest.log('error', 'listener_failed', { error });
  });
  const { log } = current.latest;
  const stopFollowing = followRenewals({ log, ...certificates });
  return {
    url: listeningUrl(server, config.tls === undefined ? 'http' : 'https', config.address),
    drain: (graceMs) => {
      life.isDraining = true;
      stopFollowing();
      return drain(server, graceMs);
    },
  };
}

interface CreatedServer {
  readonly server: Server;
  readonly followRenewals: (options: FollowFilesOptions) => () => void;
  /** Not there: clients are not asked for a certificate. */
  readonly peers?: PeerCertificates | undefined;
}

async function createServer(config: ListenerConfig): Promise<CreatedServer> {
  const options = {
    headersTimeout: config.headersTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, config.headersTimeoutMs),
    // A flag for the whole process must not loosen the parser, and missing hosts get our answer.
    insecureHTTPParser: false,
    requireHostHeader: false,
  };
  const { tls } = config;
  if (tls === undefined) {
    const server = bounded(http.createServer(options), config);
    return { server, followRenewals: () => () => undefined };
  }
  const security = await ListenerTls.read(tls);
  const handshakeTimeout = config.headersTimeoutMs;
  const server = bounded(
    https.createServer({ ...options, ...security.options, handshakeTimeout }),
    config,
  );
  security.watch(server);
  return {
    server,
    followRenewals: (it) => security.follow(server, it),
    peers: security.peers,
  };
}

function bounded<S extends Server>(server: S, config: ListenerConfig): S {
  server.maxConnections = config.maxConnections;
  // By default headers after the 2,000th vanish without a word; their bytes are bounded anyway.
  server.maxHeadersCount = 0;
  return server;
}

interface Connections {
  readonly life: { readonly isDraining: boolean };
  readonly underWay: RequestsUnderWay;
  readonly callers: CallerConnections;
  readonly peers: PeerCertificates | undefined;
}

function serveRequests(
  server: Server,
  current: CurrentParts<ExchangeParts>,
  { life, underWay, callers, peers }: Connections,
): void {
  const serve =
    (expectsContinue: boolean): http.RequestListener =>
    (request, response) => {
      if (!underWay.enter(request, response)) {
        request.socket.destroy();
        return;
      }
      if (life.isDraining) response.setHeader('Connection', 'close');
      const exchange: Exchange = {
        request,
        response,
        expectsContinue,
        onIdentified: ({ username }) => {
          const taken = callers.take(request.socket, username);
          if (taken.ok) underWay.identified(request);
          return taken;
        },
        mayStay: () => underWay.mayStay(request),
        peer: () => peers?.of(request.socket, Date.now()) ?? NO_PEER_CERTIFICATE,
      };
      current
        .use((parts) => serveExchange(parts, exchange))
        .catch((error: unknown) => {
          current.latest.log('error', 'defect', { error });
          response.destroy();
        });
    };
  server.on('request', serve(false));
  server.on('checkContinue', serve(true));
  server.on('checkExpectation', serve(false));
  server.on('clientError', (error: NodeJS.ErrnoException, connection: Duplex) => {
    const rejection = readClientError(error.code);
    if (rejection === undefined || !connection.writable || !underWay.canAnswer(connection)) {
      connection.destroy();
      return;
    }
    answerClientError(connection, rejection);
  });
}

function hurryFirstRequests(server: Server, underWay: RequestsUnderWay): void {
  // Under TLS the handshake has a limit of its own, of the same kind.
  const event = server instanceof https.Server ? 'secureConnection' : 'connection';
  server.on(event, (connection: Duplex) => {
    const timer = setTimeout(() => {
      if (!underWay.hasBegun(connection)) answerClientError(connection, REQUEST_TIMEOUT);
    }, FIRST_REQUEST_MS).unref();
    connection.once('close', () => {
      clearTimeout(timer);
    });
  });
}

const REQUEST_TIMEOUT = { code: 'request_timeout' } as const;

// Past the most connections the kernel's handshake succeeds and the connection is reset.
function noteDrops(server: Server, current: CurrentParts<ExchangeParts>): void {
  let untold = 0;
  let toldMs = -Infinity;
  server.on('drop', () => {
    const { telemetry, log } = current.latest;
    telemetry.connectionDropped?.();
    untold += 1;
    const nowMs = performance.now();
    if (nowMs - toldMs < DROP_LOG_MS) return;
    log('warn', 'connections_dropped', { dropped: untold, maxConnections: server.maxConnections });
    untold = 0;
    toldMs = nowMs;
  });
}

function listen(server: Server, config: ListenerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // A connection that becomes idle only now would otherwise stay for its whole keep-alive time.
  const idleCheck = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  const grace = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearInterval(idleCheck);
  clearTimeout(grace);
}
