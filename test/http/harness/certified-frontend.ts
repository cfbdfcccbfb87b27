import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_TENANCY_LABEL } from '../../../tenant/tenancy-label.ts';
import { TenantScope } from '../../../tenant/tenant-scope.ts';
import type { Access } from '../../../frontend/access/access.ts';
import type { Identity } from '../../../frontend/access/identity.ts';
import type { CredentialRules } from '../../../frontend/http/read-credential.ts';
import { accept, refuse } from '../../../frontend/result.ts';
import { type Issued, issueAuthority } from '../../support/issued-certificate.ts';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import type { Answer } from './ask.ts';
import { eventually } from './eventually.ts';
import { ACCESS, type Frontend, startFrontend } from './frontend.ts';

/** A frontend that takes certificates of clients and of front proxies. */
export interface CertifiedFrontend extends AsyncDisposable {
  readonly frontend: Frontend;
  /** The certificate that the frontend shows. */
  readonly ca: string;
  readonly clientCa: Issued;
  readonly proxyCa: Issued;
  /** Everybody who was authorised for something, in order. */
  readonly authorised: readonly Identity[];
  /** Asks for a series of `team-a`, without a token, with these headers and this certificate. */
  ask(certificate: Shown, headers?: AskHeaders, agent?: https.Agent): Promise<Answer>;
  /** Replaces the file of one pool, and waits until it is in use. */
  replace(pool: 'client' | 'proxy', ...authorities: readonly Issued[]): Promise<void>;
  /** Renews what the frontend shows, waits until it is in use, and returns its authority. */
  renewServing(): Promise<string>;
  /** Writes something into the file of one pool. */
  write(pool: 'client' | 'proxy', text: string): Promise<void>;
}

type Shown = Pick<Issued, 'certPem' | 'keyPem'> | undefined;
type AskHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A query of `team-a`. */
export const CERTIFIED_PATH = '/api/v1/query?namespace=team-a&query=up';

/** The common name of the front proxy that is known. */
export const PROXY_NAME = 'front-proxy';

/** Rules that take every kind of credential. */
export const ALL_RULES: CredentialRules = {
  tokenHeaders: ['authorization'],
  clientCertificates: { allowSystemNames: false },
  frontProxy: {
    allowedNames: [PROXY_NAME],
    userHeader: 'x-remote-user',
    groupHeader: 'x-remote-group',
  },
};

/** Starts it, with authorities of its own. Who is in the group `readers` may read `team-a`. */
export async function startCertifiedFrontend(
  credentials: CredentialRules = ALL_RULES,
): Promise<CertifiedFrontend> {
  const folder = await mkdtemp(join(tmpdir(), 'certified-frontend-'));
  const file = (name: string): string => join(folder, name);
  const serving = selfSignedCertificate(['127.0.0.1']);
  const clientCa = issueAuthority('clients');
  const proxyCa = issueAuthority('proxies');
  const files = { client: file('client-ca.crt'), proxy: file('proxy-ca.crt') };
  await Promise.all([
    writeFile(file('tls.crt'), serving.certPem),
    writeFile(file('tls.key'), serving.keyPem),
    writeFile(files.client, clientCa.certPem),
    writeFile(files.proxy, proxyCa.certPem),
  ]);
  const authorised: Identity[] = [];
  const frontend = await startFrontend({
    access: accessOfGroups(authorised),
    credentials,
    certificateCheckMs: 10,
    listener: {
      tls: {
        certFile: file('tls.crt'),
        keyFile: file('tls.key'),
        clientCaFile: files.client,
        frontProxyCaFile: files.proxy,
      },
    },
  });
  const { certPem: ca } = serving;
  return {
    frontend,
    ca,
    clientCa,
    proxyCa,
    authorised,
    ask: (certificate, headers = {}, agent) =>
      frontend.ask(CERTIFIED_PATH, {
        ca,
        certificate,
        headers: { Authorization: [], ...headers },
        ...(agent !== undefined && { agent }),
      }),
    replace: (pool, ...authorities) =>
      untilLogged(frontend, 'client_authorities_renewed', () =>
        writeFile(files[pool], authorities.map(({ certPem }) => certPem).join('')),
      ),
    renewServing: async () => {
      const { certPem, keyPem } = selfSignedCertificate(['127.0.0.1']);
      await untilLogged(frontend, 'certificate_renewed', async () => {
        await writeFile(file('tls.crt'), certPem);
        await writeFile(file('tls.key'), keyPem);
      });
      return certPem;
    },
    write: (pool, text) => writeFile(files[pool], text),
    [Symbol.asyncDispose]: async () => {
      await frontend[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function untilLogged(
  { log }: Frontend,
  event: string,
  work: () => Promise<void>,
): Promise<void> {
  const count = (): number => log.filter((line) => line.event === event).length;
  const before = count();
  await work();
  await eventually(count, (it) => it > before);
}

function accessOfGroups(authorised: Identity[]): Access {
  return {
    identify: (token) => ACCESS.identify(token),
    authorize: async (identity, tenants) => {
      authorised.push(identity);
      const [tenant] = tenants;
      if (tenant === undefined) throw new TypeError('no tenant');
      return identity.groups.includes('readers') || identity.username === 'jane'
        ? accept({ scope: TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants), source: 'live' })
        : refuse({ code: 'tenant_denied', tenant });
    },
  };
}
