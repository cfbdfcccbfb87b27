// As much of DER as certificates of tests need.

/** A SEQUENCE of values. */
export function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

/** A SET of values. */
export function set(...parts: readonly Buffer[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

/** An INTEGER, by its bytes. */
export function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

/** An OBJECT IDENTIFIER, by the hexadecimal digits of its content. */
export function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

/** An OCTET STRING. */
export function octetString(content: Buffer): Buffer {
  return element(0x04, content);
}

/** A BIT STRING without unused bits. */
export function bitString(content: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([0]), content]));
}

/** A UTF8String. */
export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** The UTCTime that is so many milliseconds from now. */
export function utcTime(fromNowMs: number): Buffer {
  const digits = new Date(Date.now() + fromNowMs).toISOString().replaceAll(/[-:T]/g, '');
  return element(0x17, Buffer.from(`${digits.slice(2, 14)}Z`, 'ascii'));
}

/** One DER element: its tag, the length of its content in as few bytes as possible, the content. */
export function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}

/** DER in the armour of PEM. */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
