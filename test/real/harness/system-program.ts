import { onPath } from './installed-part.ts';
import { PartUnavailable } from './part-unavailable.ts';

/** A part that is no Go module, so that it cannot be built: the system's own is taken. */
export type SystemProgram = keyof typeof PROGRAMS;

// The package of Debian, and the names under which systems install the program.
const PROGRAMS = {
  chromium: { package: 'chromium', names: ['chromium', 'chromium-browser', 'google-chrome'] },
  memcached: { package: 'memcached', names: ['memcached'] },
  openssl: { package: 'openssl', names: ['openssl'] },
} as const;

/** Whether a part is one of the system's programs. */
export function isSystemProgram(part: string): part is SystemProgram {
  return Object.hasOwn(PROGRAMS, part);
}

/**
 * Finds a program of the system.
 *
 * @throws {PartUnavailable} If there is none on PATH.
 */
export async function systemProgram(part: SystemProgram): Promise<string> {
  for (const name of PROGRAMS[part].names) {
    const program = await onPath(name);
    if (program !== undefined) return program;
  }
  throw new PartUnavailable({
    part,
    reason: 'it is not on PATH',
    hint: `install it, on Debian by: apt-get install ${PROGRAMS[part].package}`,
  });
}
