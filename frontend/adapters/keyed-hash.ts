import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyedHash } from '../access/keyed-hash.ts';

/** HMAC-SHA256 with a key of its own, drawn at random and never written anywhere. */
export function createKeyedHash(): KeyedHash {
  const key = createSecretKey(randomBytes(32));
  return {
    digest: (parts) => {
      const hmac = createHmac('sha256', key);
      for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
      return hmac.digest('base64');
    },
  };
}
