/** Name of the program in its ConfigMap. */
export const SCRIPT_FILE_NAME = 'renew-token.mjs';

/** Name of the file with its settings, beside it. */
export const SETTINGS_FILE_NAME = 'settings.json';

/** Where the kubelet mounts the pod's own token, the authority of the API server and the namespace. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the program reads. */
export interface RenewalSettings {
  /** Folder of the pod's own token and of the API server's authority. */
  readonly folder: string;
  /** The namespace of both objects. */
  readonly namespace: string;
  /** The ServiceAccount that the token is to stand for. */
  readonly serviceAccount: string;
  /** The Secret that gets it, under the key `token`. It must exist. */
  readonly secret: string;
  /** For whom the token is meant; empty for the API server itself. */
  readonly audiences: readonly string[];
  /** How long it is to be valid, in seconds. */
  readonly expirationSeconds: number;
  /** How long it is until the next renewal, in seconds. A token that ends before that is a failure. */
  readonly renewalSeconds: number;
}

/**
 * Asks the API server for a token and writes it into a Secret, with nothing but Node.
 *
 * A failure ends it with a message and exit code 1, so that the Job is tried again; the earlier token
 * stays. A token that the API server made too short is written, since it is all there is, and is a
 * failure, too. No message holds a token: of what the API server answers, only codes are repeated.
 */
export const RENEWAL_SCRIPT: string = String.raw`import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const settings = JSON.parse(readFileSync(new URL('settings.json', import.meta.url), 'utf8'));
const { audiences, expirationSeconds, folder, namespace } = settings;
const { renewalSeconds, secret, serviceAccount } = settings;

// Messages about texts that do not parse, and those of refusals, repeat parts of the text.
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return { reason: 'no JSON' };
  }
}

function send(method, path, contentType, body) {
  return new Promise((resolve, reject) => {
    const sent = request({
      method,
      path: '/api/v1/namespaces/' + namespace + path,
      host: process.env.KUBERNETES_SERVICE_HOST,
      port: process.env.KUBERNETES_SERVICE_PORT,
      ca: readFileSync(folder + '/ca.crt'),
      headers: {
        authorization: 'Bearer ' + readFileSync(folder + '/token', 'utf8').trim(),
        'content-type': contentType,
      },
      timeout: 10000,
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => (text += chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const parsed = parse(text);
        const isDone = answer.statusCode >= 200 && answer.statusCode < 300;
        if (isDone) resolve(parsed);
        else reject(new Error(method + ' ' + path + ': ' + answer.statusCode + ' ' + parsed.reason));
      });
    });
    sent.end(JSON.stringify(body));
  });
}

try {
  const asked = await send('POST', '/serviceaccounts/' + serviceAccount + '/token', 'application/json', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences, expirationSeconds },
  });
  const { expirationTimestamp, token } = asked.status ?? {};
  if (typeof token !== 'string' || token === '') throw new Error('the answer holds no token');
  await send('PATCH', '/secrets/' + secret, 'application/merge-patch+json', {
    metadata: { annotations: { 'prometheus-tenancy-kit/token-expires': expirationTimestamp } },
    data: { token: Buffer.from(token).toString('base64') },
  });
  const secondsLeft = (Date.parse(expirationTimestamp) - Date.now()) / 1000;
  if (!(secondsLeft > renewalSeconds)) {
    throw new Error('written, but shortened to ' + expirationTimestamp + ', before the next renewal');
  }
  console.log('renewed, valid until ' + expirationTimestamp);
} catch (error) {
  console.error('failed: ' + error.message);
  process.exitCode = 1;
}
`;
