import { accept, refuse, type Result } from '../../result.ts';
import type { FlagProblem } from './finding.ts';
import { type GivenFlags, lastValue, type PeerSpec } from './flag.ts';
import { readFlags, writeFlag } from './read-flags.ts';

/** The command line of a program that was found, read. */
export interface Command {
  readonly peer: PeerSpec;
  readonly given: GivenFlags;
}

/** Reads the command line of a program, if there is one. */
export function readCommand(
  peer: PeerSpec,
  args: readonly string[] | undefined,
): Result<Command | undefined, FlagProblem> {
  if (args === undefined) return accept(undefined);
  const given = readFlags(peer, args);
  return given.ok ? accept({ peer, given: given.value }) : given;
}

/** A flag of a command that was given: how it is written, and its value. */
export interface GivenFlag {
  readonly subject: string;
  readonly value: string;
}

/** Finds a flag that was given and changes something. */
export function flagOf(command: Command | undefined, name: string): GivenFlag | undefined {
  const value = command && lastValue(command.given, name);
  return command === undefined || value === undefined
    ? undefined
    : { subject: writeFlag(command.peer, name), value };
}

/** Whether a switch is on. */
export function isOn(command: Command | undefined, name: string): boolean {
  return flagOf(command, name)?.value === 'true';
}

/** All values of a flag. */
export function valuesOf(command: Command | undefined, name: string): readonly string[] {
  return command?.given.get(name) ?? [];
}

/** Refuses a flag by name, without its value. */
export function refuseFlag(subject: string, message: string): Result<never, FlagProblem> {
  return refuse({ subject, message });
}
