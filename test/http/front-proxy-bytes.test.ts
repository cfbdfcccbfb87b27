import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Issued, issueCertificate, subjectOf } from '../support/issued-certificate.ts';
import {
  CERTIFIED_PATH,
  type CertifiedFrontend,
  PROXY_NAME,
  startCertifiedFrontend,
} from './harness/certified-frontend.ts';

let certified: CertifiedFrontend;

beforeEach(async () => {
  certified = await startCertifiedFrontend();
});

afterEach(async () => {
  await certified[Symbol.asyncDispose]();
});

function proxy(): Issued {
  return issueCertificate(subjectOf(PROXY_NAME), { issuer: certified.proxyCa });
}

function requestOf(...lines: readonly string[]): string {
  return `${[`GET ${CERTIFIED_PATH} HTTP/1.1`, 'Host: h', ...lines].join('\r\n')}\r\n\r\n`;
}

/** Sends requests as they are over one connection, and gives all that comes back until it ends. */
function sendRaw(certificate: Issued, requests: readonly string[]): Promise<string> {
  const socket = tls.connect({
    port: certified.frontend.port,
    host: '127.0.0.1',
    ca: certified.ca,
    cert: certificate.certPem,
    key: certificate.keyPem,
  });
  socket.write(requests.join(''), 'latin1');
  return new Promise((resolve, reject) => {
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString('latin1')));
    socket.on('close', () => {
      resolve(received);
    });
    socket.on('error', reject);
  });
}

function statusesOf(received: string): readonly string[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status = '']) => status);
}

describe('a front proxy that sends bytes as they are', () => {
  it.each<[string, readonly string[], string]>([
    ['a user over two lines', ['X-Remote-User: ann', ' jane'], '400'],
    ['a user on the second line', ['X-Remote-User:', '\tjane'], '400'],
    ['a blank before the colon', ['X-Remote-User : jane'], '400'],
    ['a bare line feed', ['X-Foo: a\nX-Remote-User: jane'], '400'],
    ['a bare carriage return', ['X-Foo: a\rX-Remote-User: jane'], '400'],
    ['a NUL', ['X-Remote-User: ja\0ne'], '400'],
    ['a vertical tab before a group', ['X-Remote-User: jane', 'X-Remote-Group: \vreaders'], '400'],
    ['bytes that are no ASCII', ['X-Remote-User: j\u00e4ne'], '401'],
    ['its header among those of the hop alone', ['Connection: close, X-Remote-User'], '401'],
  ])('is refused with %s', async (_what, lines, status) => {
    const received = await sendRaw(proxy(), [requestOf(...lines)]);
    expect(statusesOf(received)).toEqual([status]);
    expect(certified.authorised).toEqual([]);
  });

  it('names no user behind the body', async () => {
    const request =
      'POST /api/v1/query?namespace=team-a HTTP/1.1\r\nHost: h\r\n' +
      'Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n' +
      'Trailer: X-Remote-User\r\n\r\n8\r\nquery=up\r\n0\r\nX-Remote-User: jane\r\n\r\n';
    expect(statusesOf(await sendRaw(proxy(), [request]))).toEqual(['401']);
    expect(certified.authorised).toEqual([]);
  });

  it('is asking for one user a request, also where requests follow without a pause', async () => {
    const requests = [
      requestOf('X-Remote-User: ann', 'X-Remote-Group: readers'),
      requestOf('X-Remote-User: bob'),
      requestOf('X-Remote-User: jane'),
      requestOf('Connection: close'),
    ];
    const received = await sendRaw(proxy(), requests);
    expect(statusesOf(received)).toEqual(['200', '403', '200', '401']);
    expect(certified.authorised.map(({ username }) => username)).toEqual(['ann', 'bob', 'jane']);
  });
});
