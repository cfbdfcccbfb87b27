import https from 'node:https';
import { setTimeout } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Issued,
  issueAuthority,
  issueCertificate,
  type IssueOptions,
  type SubjectName,
  subjectOf,
} from '../support/issued-certificate.ts';
import type { Answer } from './harness/ask.ts';
import {
  CERTIFIED_PATH,
  type CertifiedFrontend,
  PROXY_NAME,
  startCertifiedFrontend,
} from './harness/certified-frontend.ts';
import { eventually } from './harness/eventually.ts';
import { READER } from './harness/frontend.ts';
import { tellsIntermediates } from './harness/told-intermediates.ts';

type Headers = Readonly<Record<string, string | readonly string[]>>;

const READERS = subjectOf('joe', 'readers');
const MANY_GROUPS = Array.from({ length: 201 }, (_, at) => (at === 0 ? 'readers' : `g${at}`));

let certified: CertifiedFrontend;
let agents: https.Agent[];

beforeEach(async () => {
  agents = [];
  certified = await startCertifiedFrontend();
});

afterEach(async () => {
  for (const agent of agents) agent.destroy();
  await certified[Symbol.asyncDispose]();
});

function ofClient(subject: SubjectName, options: IssueOptions = {}): Issued {
  return issueCertificate(subject, { issuer: certified.clientCa, ...options });
}

function ofProxy(name = PROXY_NAME, options: IssueOptions = {}): Issued {
  return issueCertificate(subjectOf(name), { issuer: certified.proxyCa, ...options });
}

function keepAlive(certificate: Issued): https.Agent {
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: certified.ca,
    cert: certificate.certPem,
    key: certificate.keyPem,
  });
  agents.push(agent);
  return agent;
}

function verdictOf({ status, text }: Answer): string {
  const body: unknown = JSON.parse(text);
  const code: unknown = typeof body === 'object' && body !== null && 'code' in body && body.code;
  return typeof code === 'string' ? `${status} ${code}` : String(status);
}

const together = (...chain: readonly Issued[]): Issued => {
  const [first] = chain;
  if (first === undefined) throw new TypeError('an empty chain');
  return { ...first, certPem: chain.map(({ certPem }) => certPem).join('') };
};

// Where Node does not tell of intermediate authorities, what goes over them is refused.
async function overIntermediates(): Promise<string> {
  const intermediate = issueAuthority('intermediate', { issuer: certified.clientCa });
  const client = issueCertificate(READERS, { issuer: intermediate });
  const server = issueCertificate(subjectOf('localhost'), { issuer: certified.clientCa });
  return (await tellsIntermediates(certified.clientCa, server, together(client, intermediate)))
    ? '200'
    : '401 certificate_rejected';
}

describe('a client certificate', () => {
  it('names its user by the common name and its groups by the organizations', async () => {
    const certificate = ofClient(subjectOf('joe', 'readers', 'ops, and\\more', 'größe'));
    expect(verdictOf(await certified.ask(certificate))).toBe('200');
    expect(certified.authorised).toMatchObject([
      {
        username: 'joe',
        uid: '',
        groups: ['readers', 'ops, and\\more', 'größe', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': [
            expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/),
          ],
        },
      },
    ]);
  });

  it('names several groups in one relative distinguished name', async () => {
    const certificate = ofClient([
      [
        ['O', 'readers'],
        ['CN', 'joe'],
        ['O', 'more'],
      ],
    ]);
    expect(verdictOf(await certified.ask(certificate))).toBe('200');
    expect(certified.authorised[0]?.groups.toSorted()).toEqual([
      'more',
      'readers',
      'system:authenticated',
    ]);
  });

  it('reads only what its holder may', async () => {
    expect(verdictOf(await certified.ask(ofClient(subjectOf('joe', 'others'))))).toBe(
      '403 tenant_denied',
    );
    expect(certified.frontend.upstream.recorded).toEqual([]);
  });

  it('has no group by an organizational unit, nor by another case or letter', async () => {
    const subject: SubjectName = [
      [['OU', 'readers']],
      [['O', 'Readers']],
      [['O', 'CN=joe,O=readers']],
      [['CN', 'joe,O=readers']],
    ];
    expect(verdictOf(await certified.ask(ofClient(subject)))).toBe('403 tenant_denied');
    expect(certified.authorised).toMatchObject([
      {
        username: 'joe,O=readers',
        groups: ['Readers', 'CN=joe,O=readers', 'system:authenticated'],
      },
    ]);
  });

  it('cannot be brought in later, by a second handshake', async () => {
    const { certPem, keyPem } = ofClient(READERS);
    const socket = tls.connect({
      port: certified.frontend.port,
      host: '127.0.0.1',
      ca: certified.ca,
      maxVersion: 'TLSv1.2',
    });
    const refused = new Promise<unknown>((resolve) => {
      socket.once('error', ({ code }: NodeJS.ErrnoException) => {
        resolve(code);
      });
    });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    socket.setKeyCert(tls.createSecureContext({ cert: certPem, key: keyPem }));
    socket.renegotiate({}, () => undefined);
    expect(await refused).toBe('ERR_SSL_NO_RENEGOTIATION');
    socket.destroy();
    expect(certified.authorised).toEqual([]);
  });

  it('is told apart in the audit line', async () => {
    await certified.ask(ofClient(READERS));
    const line = (): unknown =>
      certified.frontend.log.find(({ event }) => event === 'decision')?.fields;
    await eventually(line, (fields) => fields !== undefined);
    expect(line()).toMatchObject({
      user: 'joe',
      identitySource: 'certificate',
      delegatedBy: undefined,
      credentialId: expect.stringMatching(/^X509SHA256=/),
    });
  });

  it('may come over an intermediate authority that the client sends', async () => {
    const intermediate = issueAuthority('intermediate', { issuer: certified.clientCa });
    const leaf = issueCertificate(READERS, { issuer: intermediate });
    const expected = await overIntermediates();
    expect(verdictOf(await certified.ask(together(leaf, intermediate)))).toBe(expected);
    expect(verdictOf(await certified.ask(leaf))).toBe('401 certificate_rejected');
  });

  it('may not come over more authorities than one of them allows', async () => {
    const chainOf = (options: IssueOptions): Issued => {
      const first = issueAuthority('first', { issuer: certified.clientCa, ...options });
      const second = issueAuthority('second', { issuer: first });
      return together(issueCertificate(READERS, { issuer: second }), second, first);
    };
    expect(verdictOf(await certified.ask(chainOf({})))).toBe(await overIntermediates());
    expect(verdictOf(await certified.ask(chainOf({ pathLength: 0 })))).toBe(
      '401 certificate_rejected',
    );
  });

  it.each<[string, () => Issued]>([
    ['of an unknown authority', () => issueCertificate(READERS, { issuer: issueAuthority('x') })],
    [
      'of an unknown authority with the name of a known one',
      () => issueCertificate(READERS, { issuer: issueAuthority('clients') }),
    ],
    [
      'of an unknown authority, sent with a known one',
      () =>
        together(
          issueCertificate(READERS, { issuer: issueAuthority('clients') }),
          certified.clientCa,
        ),
    ],
    ['that signs itself', () => issueCertificate(READERS)],
    [
      'signed by one that is no authority',
      () => {
        const leaf = ofClient(READERS);
        return together(issueCertificate(READERS, { issuer: leaf }), leaf);
      },
    ],
    ['that is expired', () => ofClient(READERS, { validMs: [-7_200_000, -3_600_000] })],
    ['that is not valid yet', () => ofClient(READERS, { validMs: [3_600_000, 7_200_000] })],
    ['for servers only', () => ofClient(READERS, { usages: ['server'] })],
    ['for any usage', () => ofClient(READERS, { usages: ['any'] })],
    ['without an extended key usage', () => ofClient(READERS, { usages: [] })],
    ['of the authority itself', () => certified.clientCa],
    ['without a common name', () => ofClient([[['O', 'readers']]])],
    ['with an empty common name', () => ofClient(subjectOf('', 'readers'))],
    ['with an empty organization', () => ofClient(subjectOf('joe', 'readers', ''))],
    ['with two common names', () => ofClient([[['CN', 'joe']], [['CN', 'jane']]])],
    [
      'with two common names in one part of its subject',
      () =>
        ofClient([
          [
            ['CN', 'joe'],
            ['CN', 'jane'],
          ],
        ]),
    ],
    ['without any subject', () => ofClient([])],
    ['with an invisible character in its name', () => ofClient(subjectOf('ja\u200bne', 'readers'))],
    ['with more groups than are taken', () => ofClient(subjectOf('joe', ...MANY_GROUPS))],
    ['with a NUL in its name', () => ofClient(subjectOf('jane\0', 'readers'))],
    ['with a line break in its name', () => ofClient(subjectOf('jane\nO=readers'))],
    ['with a blank behind its name', () => ofClient(subjectOf('jane '))],
    ['with an endless name', () => ofClient(subjectOf('j'.repeat(4_000)))],
    ['of a component of the cluster', () => ofClient(subjectOf('system:admin', 'readers'))],
    ['of a group of the cluster', () => ofClient(subjectOf('joe', 'readers', 'system:masters'))],
    [
      'of a ServiceAccount',
      () => ofClient(subjectOf('system:serviceaccount:team-a:grafana', 'readers')),
    ],
  ])('is refused: one %s', async (_what, make) => {
    expect(verdictOf(await certified.ask(make()))).toBe('401 certificate_rejected');
    expect(certified.authorised).toEqual([]);
    expect(certified.frontend.upstream.recorded).toEqual([]);
  });

  it('leaves callers without one to their token', async () => {
    expect(verdictOf(await certified.ask(undefined))).toBe('401 token_missing');
    const token = { Authorization: `Bearer ${READER}` };
    expect(verdictOf(await certified.ask(undefined, token))).toBe('200');
  });

  it('is refused beside a token, whoever of the two might', async () => {
    const joe = ofClient(READERS);
    const tokens = [READER, 'unknown'].map((it) => ({ Authorization: `Bearer ${it}` }));
    for (const token of tokens) {
      expect(verdictOf(await certified.ask(joe, token))).toBe('401 credentials_several');
    }
    expect(verdictOf(await certified.ask(joe, { Authorization: 'Basic x' }))).toBe(
      '401 token_malformed',
    );
    expect(verdictOf(await certified.ask(joe, { Authorization: '' }))).toBe('200');
    expect(certified.authorised).toHaveLength(1);
  });

  it('that does not verify leaves the decision to a token', async () => {
    const expired = ofClient(READERS, { validMs: [-7_200_000, -3_600_000] });
    const ask = (token: string): Promise<Answer> =>
      certified.ask(expired, { Authorization: `Bearer ${token}` });
    expect(verdictOf(await ask(READER))).toBe('200');
    expect(certified.authorised.map(({ username }) => username)).toEqual(['jane']);
    expect(verdictOf(await ask('unknown'))).toBe('401 token_rejected');
  });

  it('never speaks for others', async () => {
    const answer = await certified.ask(ofClient(subjectOf('eve')), {
      'X-Remote-User': 'jane',
      'X-Remote-Group': 'readers',
    });
    expect(verdictOf(answer)).toBe('403 tenant_denied');
    expect(certified.authorised).toMatchObject([
      { username: 'eve', groups: ['system:authenticated'] },
    ]);
  });

  it('expires on an open connection', async () => {
    // A certificate counts whole seconds.
    const brief = ofClient(READERS, { validMs: [-3_600_000, 2_500] });
    const agent = keepAlive(brief);
    const first = await certified.ask(brief, {}, agent);
    expect(verdictOf(first)).toBe('200');
    await setTimeout(4_000);
    const last = await certified.ask(brief, {}, agent);
    expect(verdictOf(last)).toBe('401 certificate_rejected');
    expect(last.localPort).toBe(first.localPort);
    expect(last.headers.connection).toBe('close');
  });
});

describe('an authority that is replaced', () => {
  it('takes its certificates along, on open connections too', async () => {
    const old = ofClient(READERS);
    const agent = keepAlive(old);
    const first = await certified.ask(old, {}, agent);
    expect(verdictOf(first)).toBe('200');
    const next = issueAuthority('clients');
    await certified.replace('client', next);
    const second = await certified.ask(old, {}, agent);
    expect(second.localPort).toBe(first.localPort);
    expect(verdictOf(second)).toBe('401 certificate_rejected');
    expect(verdictOf(await certified.ask(old))).toBe('401 certificate_rejected');
    expect(verdictOf(await certified.ask(issueCertificate(READERS, { issuer: next })))).toBe('200');
  });

  it('keeps them while it stands beside the new one', async () => {
    const old = ofClient(READERS);
    const agent = keepAlive(old);
    await certified.ask(old, {}, agent);
    await certified.replace('client', issueAuthority('next'), certified.clientCa);
    expect(verdictOf(await certified.ask(old, {}, agent))).toBe('200');
    expect(verdictOf(await certified.ask(old))).toBe('200');
  });

  it('stays in use while its file cannot be used', async () => {
    const certificate = ofClient(READERS);
    const told = (): number =>
      certified.frontend.log.filter(({ event }) => event === 'client_authorities_unusable').length;
    const shared = certified.clientCa.certPem + certified.proxyCa.certPem;
    for (const text of ['', 'nonsense', certificate.certPem, shared]) {
      const before = told();
      await certified.write('client', text);
      await eventually(told, (count) => count > before);
      expect(verdictOf(await certified.ask(certificate))).toBe('200');
    }
  });

  it('stays the only one when the serving certificate is renewed', async () => {
    const ca = await certified.renewServing();
    const stranger = issueCertificate(READERS, { issuer: issueAuthority('clients') });
    const ask = (certificate: Issued): Promise<Answer> =>
      certified.frontend.ask(CERTIFIED_PATH, {
        ca,
        certificate,
        headers: { Authorization: [] },
      });
    expect(verdictOf(await ask(ofClient(READERS)))).toBe('200');
    expect(verdictOf(await ask(stranger))).toBe('401 certificate_rejected');
  });

  it('leaves no session that could be resumed', async () => {
    const { certPem: cert, keyPem: key } = ofClient(READERS);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = {
        port: certified.frontend.port,
        host: '127.0.0.1',
        ca: certified.ca,
        cert,
        key,
      };
      const sessions: Buffer[] = [];
      for (let turn = 0; turn < 2; turn += 1) {
        const session = sessions.at(-1);
        const socket = tls.connect({ ...options, maxVersion, ...(session && { session }) });
        socket.on('session', (it: Buffer) => sessions.push(it));
        const request = 'GET /api/v1/query?namespace=team-a&query=up HTTP/1.1\r\nHost: h\r\n\r\n';
        socket.write(request);
        const [status] = await new Promise<string[]>((resolve) => {
          socket.once('data', (data: Buffer) => {
            resolve(data.toString().split('\r\n'));
          });
        });
        expect(status).toBe('HTTP/1.1 200 OK');
        expect(socket.isSessionReused()).toBe(false);
        socket.destroy();
      }
    }
  });
});

describe('a front proxy', () => {
  const named = (user: string, ...groups: readonly string[]): Headers => ({
    'X-Remote-User': user,
    'X-Remote-Group': groups,
  });

  it('asks for the user that its headers name', async () => {
    expect(verdictOf(await certified.ask(ofProxy(), named('ann', 'readers', 'a, b')))).toBe('200');
    expect(certified.authorised).toEqual([
      {
        username: 'ann',
        uid: '',
        groups: ['readers', 'a, b', 'system:authenticated'],
        extra: {},
      },
    ]);
    const line = (): unknown =>
      certified.frontend.log.find(({ event }) => event === 'decision')?.fields;
    await eventually(line, (fields) => fields !== undefined);
    expect(line()).toMatchObject({
      user: 'ann',
      identitySource: 'front_proxy',
      delegatedBy: PROXY_NAME,
    });
  });

  it('is named where a request is explained', async () => {
    const answer = await certified.frontend.ask('/-/explain?namespace=team-a', {
      ca: certified.ca,
      certificate: ofProxy(),
      headers: { Authorization: [], ...named('ann', 'readers') },
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      data: { identity: { username: 'ann', source: 'front_proxy', delegatedBy: PROXY_NAME } },
    });
  });

  it('asks for one user after another over one connection', async () => {
    const proxy = ofProxy();
    const agent = keepAlive(proxy);
    expect(verdictOf(await certified.ask(proxy, named('ann', 'readers'), agent))).toBe('200');
    expect(verdictOf(await certified.ask(proxy, named('bob'), agent))).toBe('403 tenant_denied');
    expect(verdictOf(await certified.ask(proxy, {}, agent))).toBe('401 delegation_malformed');
    expect(certified.authorised.map(({ username }) => username)).toEqual(['ann', 'bob']);
  });

  it('sends none of its headers upstream', async () => {
    await certified.ask(ofProxy(), named('ann', 'readers'));
    const [sent] = certified.frontend.upstream.recorded;
    expect(sent?.headers).toBeDefined();
    expect(JSON.stringify(sent)).not.toMatch(/x-remote|ann/i);
  });

  it.each<[string, Headers]>([
    ['no user', {}],
    ['an empty user', named('', 'readers')],
    ['a user twice', { 'X-Remote-User': ['ann', 'jane'], 'X-Remote-Group': 'readers' }],
    ['the same user twice', { 'X-Remote-User': ['jane', 'jane'] }],
    ['a user of the cluster', named('system:admin', 'readers')],
    ['a ServiceAccount', named('system:serviceaccount:team-a:grafana', 'readers')],
    ['a group of the cluster', named('ann', 'readers', 'system:masters')],
    ['an empty group', named('ann', 'readers', '')],
    ['too many groups', named('ann', ...MANY_GROUPS)],
    ['a user with a tab in its name', named('jane\teve', 'readers')],
    ['the group of all who are let in', named('ann', 'readers', 'system:authenticated')],
    ['a user of other letters', named('\u00e4nn', 'readers')],
    ['an endless user', named('a'.repeat(600), 'readers')],
    ['a user under another spelling of the header', { X_Remote_User: 'jane' }],
  ])('is refused where it names %s', async (_what, headers) => {
    expect(verdictOf(await certified.ask(ofProxy(), headers))).toBe('401 delegation_malformed');
    expect(certified.authorised).toEqual([]);
  });

  it.each<[string, () => Issued]>([
    ['an unknown name', () => ofProxy('other')],
    ['a known name in another case', () => ofProxy(PROXY_NAME.toUpperCase())],
    ['a certificate that is expired', () => ofProxy(undefined, { validMs: [-7_200_000, -1] })],
    ['a certificate for servers', () => ofProxy(undefined, { usages: ['server'] })],
    [
      'a certificate of somebody else',
      () => issueCertificate(subjectOf(PROXY_NAME), { issuer: issueAuthority('proxies') }),
    ],
    [
      'a certificate that another one has signed',
      () => {
        const other = ofProxy('other');
        return together(issueCertificate(subjectOf(PROXY_NAME), { issuer: other }), other);
      },
    ],
  ])('is refused with %s', async (_what, make) => {
    const answer = await certified.ask(make(), named('ann', 'readers'));
    expect(verdictOf(answer)).toBe('401 certificate_rejected');
    expect(certified.authorised).toEqual([]);
  });

  it('is none by its name alone: a client of that name asks for itself', async () => {
    const answer = await certified.ask(ofClient(subjectOf(PROXY_NAME)), named('ann', 'readers'));
    expect(verdictOf(answer)).toBe('403 tenant_denied');
    expect(certified.authorised.map(({ username }) => username)).toEqual([PROXY_NAME]);
  });

  it('is refused where it passes a token on', async () => {
    const headers = { ...named('ann', 'readers'), Authorization: `Bearer ${READER}` };
    expect(verdictOf(await certified.ask(ofProxy(), headers))).toBe('401 credentials_several');
  });

  it('is no more, once its authority is replaced', async () => {
    const proxy = ofProxy();
    const agent = keepAlive(proxy);
    expect(verdictOf(await certified.ask(proxy, named('ann', 'readers'), agent))).toBe('200');
    await certified.replace('proxy', issueAuthority('proxies'));
    expect(verdictOf(await certified.ask(proxy, named('ann', 'readers'), agent))).toBe(
      '401 certificate_rejected',
    );
  });

  it('is not believed without a certificate, nor beside a token', async () => {
    const headers = named('jane', 'readers');
    expect(verdictOf(await certified.ask(undefined, headers))).toBe('401 token_missing');
    const robot = { ...headers, Authorization: 'Bearer robot-token' };
    expect(verdictOf(await certified.ask(undefined, robot))).toBe('403 tenant_denied');
    expect(certified.authorised).toMatchObject([
      { username: 'system:serviceaccount:team-a:grafana', groups: [] },
    ]);
  });
});
