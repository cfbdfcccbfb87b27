import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ask } from '../../http/harness/ask.ts';
import {
  type Issued,
  issueAuthority,
  issueCertificate,
  subjectOf,
} from '../../support/issued-certificate.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from '../query-frontend/support/envelope.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { formOf } from '../query-frontend/support/question.ts';
import { AT, shows } from '../query-frontend/support/tenant-series.ts';
import {
  startTwoTenants,
  TWO_TENANTS_PARTS,
  type TwoTenants,
} from '../query-frontend/support/two-tenants.ts';

const ALLOWED = { status: 200, code: undefined };
const DENIED = { status: 403, code: 'tenant_denied' };
const PROXY = 'front-proxy';

type Headers = Readonly<Record<string, string | readonly string[]>>;
type Answer = Awaited<ReturnType<typeof ask>>;

await describeReal('callers with certificates', TWO_TENANTS_PARTS, () => {
  const clients = issueAuthority('clients');
  const proxies = issueAuthority('proxies');
  let folder: TempFolder;
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  let clusterCa: string;

  beforeAll(async () => {
    folder = await tempFolder('client-authorities');
    const clientCaFile = join(folder.path, 'clients.crt');
    const frontProxyCaFile = join(folder.path, 'proxies.crt');
    await writeFile(clientCaFile, clients.certPem);
    await writeFile(frontProxyCaFile, proxies.certPem);
    tenants = await startTwoTenants({
      apiserverFlags: [
        `--client-ca-file=${clientCaFile}`,
        `--requestheader-client-ca-file=${frontProxyCaFile}`,
        `--requestheader-allowed-names=${PROXY}`,
        '--requestheader-username-headers=X-Remote-User',
        '--requestheader-group-headers=X-Remote-Group',
      ],
    });
    clusterCa = await readFile(tenants.cluster.caFile, 'utf8');
    await tenants.cluster.bindRole({
      namespace: 'team-a',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'Group', name: 'team-a readers' },
    });
    await tenants.cluster.bindRole({
      namespace: 'team-b',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'User', name: 'ann' },
    });
    frontend = await tenants.startFrontend(
      {
        frontProxy: { allowedNames: [PROXY] },
        cache: { allowedTtlMs: 0, deniedTtlMs: 0 },
      },
      { clientCaFile, frontProxyCaFile },
    );
  }, 300_000);

  afterAll(async () => {
    await tenants?.stop();
    await folder?.remove();
  });

  const client = (user: string, ...groups: readonly string[]): Issued =>
    issueCertificate(subjectOf(user, ...groups), { issuer: clients });
  const proxy = (): Issued => issueCertificate(subjectOf(PROXY), { issuer: proxies });
  const query = (tenant: string, certificate: Issued, headers: Headers = {}): Promise<Answer> =>
    ask(
      `${frontend.url}/namespaces/${tenant}/api/v1/query?${formOf({ query: 'shop_orders', ...AT })}`,
      {
        ca: frontend.ca,
        certificate,
        headers,
      },
    );

  /** Who somebody is to the frontend. */
  const explained = async (certificate: Issued, headers: Headers = {}): Promise<unknown> => {
    const { text } = await ask(`${frontend.url}/-/explain`, {
      ca: frontend.ca,
      certificate,
      headers,
    });
    const identity = readPath(JSON.parse(text), 'data', 'identity');
    return [readPath(identity, 'username'), sorted(readPath(identity, 'groups'))];
  };

  /** Who the same is to the API server. */
  const reviewed = async (certificate: Issued, headers: Headers = {}): Promise<unknown> => {
    const { text } = await ask(
      `${tenants.cluster.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`,
      {
        method: 'POST',
        ca: clusterCa,
        certificate,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'SelfSubjectReview',
        }),
      },
    );
    const user = readPath(JSON.parse(text), 'status', 'userInfo');
    return [readPath(user, 'username'), sorted(readPath(user, 'groups'))];
  };

  it('read what a RoleBinding gives to their group, and nothing else', async () => {
    const joe = client('joe', 'others', 'team-a readers');
    const own = await query('team-a', joe);
    expect(outcomeOf(own)).toEqual(ALLOWED);
    expect(shows(own.text, 'team-a')).toBe(true);
    expect(shows(own.text, 'team-b')).toBe(false);
    expect(outcomeOf(await query('team-b', joe))).toEqual(DENIED);
    expect(outcomeOf(await query('team-a,team-b', joe))).toEqual(DENIED);
    expect(outcomeOf(await query('team-a', client('joe', 'others')))).toEqual(DENIED);
  });

  it('read what a RoleBinding gives to the user whom a front proxy names', async () => {
    const ann = { 'X-Remote-User': 'ann', 'X-Remote-Group': ['x', 'y'] };
    const answer = await query('team-b', proxy(), ann);
    expect(outcomeOf(answer)).toEqual(ALLOWED);
    expect(shows(answer.text, 'team-b')).toBe(true);
    expect(outcomeOf(await query('team-a', proxy(), ann))).toEqual(DENIED);
    const grouped = { 'X-Remote-User': 'bob', 'X-Remote-Group': ['x', 'team-a readers'] };
    expect(outcomeOf(await query('team-a', proxy(), grouped))).toEqual(ALLOWED);
    // The headers are what lets them in: with a certificate of a client they are nothing.
    expect(outcomeOf(await query('team-b', client(PROXY), ann))).toEqual(DENIED);
    expect(outcomeOf(await query('team-a', client('bob'), grouped))).toEqual(DENIED);
  });

  it('are whom the API server takes them for', async () => {
    for (const certificate of [
      client('joe'),
      client('joe', 'team-a readers', 'b, c', 'größe', 'a"b\\c'),
      issueCertificate(
        [
          [
            ['O', 'one'],
            ['CN', 'joe'],
            ['OU', 'no group'],
          ],
          [['O', 'two']],
        ],
        { issuer: clients },
      ),
    ]) {
      const identity = await reviewed(certificate);
      expect(identity).toMatchObject(['joe', expect.arrayContaining(['system:authenticated'])]);
      expect(await explained(certificate)).toEqual(identity);
    }
    const headers = { 'X-Remote-User': 'ann', 'X-Remote-Group': ['a', 'b,c', 'd|e'] };
    const named = await reviewed(proxy(), headers);
    expect(named).toMatchObject(['ann', ['a', 'b,c', 'd|e', 'system:authenticated']]);
    expect(await explained(proxy(), headers)).toEqual(named);
  });

  it('are no administrators by the word of an authority or a proxy', async () => {
    // The same certificate may do everything at the API server.
    const admin = client('admin', 'system:masters');
    expect(await reviewed(admin)).toEqual(['admin', ['system:authenticated', 'system:masters']]);
    expect(outcomeOf(await query('team-b', admin))).toEqual({
      status: 401,
      code: 'certificate_rejected',
    });
    const headers = { 'X-Remote-User': 'ann', 'X-Remote-Group': 'system:masters' };
    expect(outcomeOf(await query('team-a', proxy(), headers))).toEqual({
      status: 401,
      code: 'delegation_malformed',
    });
  });

  it('stand in the audit log with their certificate, and the proxy that named them', async () => {
    await query('team-b', proxy(), { 'X-Remote-User': 'ann' });
    await query('team-a', client('auditor', 'team-a readers'));
    const lines = await poll(
      async () => {
        const log = await readFile(frontend.logFile, 'utf8');
        const found = log.split('\n').filter((line) => /"user":"(?:ann|auditor)"/.test(line));
        return found.some((line) => line.includes('auditor')) ? found : undefined;
      },
      { what: 'the audit line' },
    );
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ user: 'ann', identitySource: 'front_proxy', delegatedBy: PROXY }),
        expect.objectContaining({
          user: 'auditor',
          identitySource: 'certificate',
          credentialId: expect.stringMatching(/^X509SHA256=/),
        }),
      ]),
    );
  });

  it('are kept out within a minute after their authority was replaced', async () => {
    const next = issueAuthority('clients');
    const joe = client('joe', 'team-a readers');
    expect(outcomeOf(await query('team-a', joe))).toEqual(ALLOWED);
    await writeFile(join(folder.path, 'clients.crt'), next.certPem);
    await poll(async () => ((await query('team-a', joe)).status === 401 ? true : undefined), {
      what: 'the frontend to take the new authority',
    });
    expect(outcomeOf(await query('team-a', joe))).toEqual({
      status: 401,
      code: 'certificate_rejected',
    });
    const renewed = issueCertificate(subjectOf('joe', 'team-a readers'), { issuer: next });
    expect(outcomeOf(await query('team-a', renewed))).toEqual(ALLOWED);
  }, 90_000);
});

function sorted(groups: unknown): readonly unknown[] {
  return Array.isArray(groups) ? groups.map(String).toSorted() : [];
}
