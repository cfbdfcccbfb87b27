import { SynthError } from '../synth-error.ts';
import { POD_NAME } from './container.ts';

// The last word of a name says what it is: AWS_SECRET_ACCESS_KEY, but not HTTPS_PROXY.
const SECRET_NAME = /(?:secret|password|passphrase|token|credentials|key)$/i;

// It ends like a secret, but names a file; where its value is no path, it may be the secret itself.
const PATH_OF_CREDENTIALS = 'GOOGLE_APPLICATION_CREDENTIALS';

/** Refuses variables that are no business of whoever writes them, or that would show a secret. */
export function fitEnv(
  subject: string,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(env)) {
    const variable = `${subject} ${name}`;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new SynthError(variable, 'is no name of a variable', 'use letters, digits and _');
    }
    if (name === POD_NAME) {
      throw new SynthError(variable, 'is the name of the pod, on which labels rest', 'rename it');
    }
    if (!SECRET_NAME.test(name)) continue;
    if (name === PATH_OF_CREDENTIALS && value.startsWith('/')) continue;
    throw new SynthError(
      variable,
      'looks like a secret, which whoever sees the pod could read',
      'put it into the Secret of the object store, or give the ServiceAccount a role of the cloud',
    );
  }
  return env;
}
