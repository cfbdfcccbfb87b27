import { SynthError } from '../synth-error.ts';
import { hasFlag, THANOS_COMMANDS, THANOS_FLAGS, type ThanosComponent } from './flags.ts';
import { NEWEST_THANOS, type ThanosVersion } from './version.ts';

/**
 * The arguments of one Thanos component, in the order they were given.
 *
 * A flag that the version does not know, a deprecated or otherwise refused one, one of the
 * wrong kind and a repeat of one that takes a single value all throw: each of them would otherwise
 * show as a pod that does not start.
 */
export class ThanosArgs {
  readonly #component: ThanosComponent;
  readonly #subject: string;
  readonly #version: ThanosVersion;
  readonly #args: string[] = [];
  readonly #seen = new Set<string>();
  readonly #reserved = new Set<string>();

  /**
   * @param component - The Thanos component, whose command is what the arguments begin with.
   * @param subject - The construct that the arguments belong to, for messages.
   * @param version - The version that must know every flag. The newest by default.
   */
  constructor(component: ThanosComponent, subject: string, version: ThanosVersion = NEWEST_THANOS) {
    this.#component = component;
    this.#subject = subject;
    this.#version = version;
  }

  /** Adds `--flag=value`. */
  value(flag: string, value: string | number): this {
    this.#check(flag, 'value');
    this.#args.push(`--${flag}=${value}`);
    return this;
  }

  /** Adds `--flag=value`, or nothing where the value is `undefined`; no one else may then set it. */
  optional(flag: string, value: string | number | undefined): this {
    return value === undefined ? this.reserve(flag) : this.value(flag, value);
  }

  /**
   * Keeps flags for the properties that set them, whether these do so or not. Written by hand they would
   * pass by what the construct checks.
   */
  reserve(...flags: readonly string[]): this {
    for (const flag of flags) this.#reserved.add(flag);
    return this;
  }

  /** Adds `--flag`, which switches something on. */
  enable(flag: string): this {
    this.#check(flag, 'switch');
    this.#args.push(`--${flag}`);
    return this;
  }

  /** Adds `--no-flag`, which switches something off that is on by itself. */
  disable(flag: string): this {
    this.#check(flag, 'switch');
    this.#args.push(`--no-${flag}`);
    return this;
  }

  /** Adds `--flag` where the version has it. For what an older version does not have to switch. */
  enableIfKnown(flag: string): this {
    return hasFlag(this.#component, flag, this.#version) ? this.enable(flag) : this;
  }

  /** Adds `--flag=value` once for each value. */
  each(flag: string, values: readonly string[]): this {
    for (const value of values) this.value(flag, value);
    return this;
  }

  /**
   * Adds arguments that were written by hand, each as `--flag=value`, `--flag` or `--no-flag`.
   *
   * One that repeats a flag which is already set throws, even with an equal value, and so does one that
   * a property could set: there must be one place that decides it.
   */
  extra(args: readonly string[]): this {
    for (const arg of args) this.#addWritten(arg);
    return this;
  }

  /** The whole argument list, the command first. */
  toArray(): string[] {
    return [...THANOS_COMMANDS[this.#component], ...this.#args];
  }

  #addWritten(arg: string): void {
    const written = /^--(?<flag>[a-z][a-z0-9._-]*)(?:=(?<value>.*))?$/s.exec(arg)?.groups;
    const flag = written?.['flag'];
    if (flag === undefined) {
      throw new SynthError(
        `${this.#subject} extraArgs`,
        `${JSON.stringify(arg)} is not one argument of the form --flag or --flag=value`,
        'write each argument as one such text',
      );
    }
    const value = written?.['value'];
    const off = value === undefined && flag.startsWith('no-') ? flag.slice('no-'.length) : flag;
    if (this.#reserved.has(off)) {
      this.#refuse(off, 'has a property', 'use the property of the construct that sets it');
    }
    if (value !== undefined) {
      this.value(flag, value);
      return;
    }
    this.#check(off, 'switch');
    this.#args.push(arg);
  }

  #check(flag: string, kind: 'value' | 'switch'): void {
    const table = THANOS_FLAGS[this.#component];
    const instead = table.refused[flag];
    if (instead !== undefined) this.#refuse(flag, 'is deprecated or unsafe', instead);
    const values = [...table.values, ...(table.hidden ?? [])];
    const known = kind === 'value' ? values : table.switches;
    if (!known.includes(flag) || !hasFlag(this.#component, flag, this.#version))
      this.#refuse(flag, ...this.#whyUnknown(flag, kind));
    if (this.#seen.has(flag) && !table.repeatable.includes(flag)) {
      this.#refuse(flag, 'is set already', 'use the property of the construct that sets it');
    }
    this.#seen.add(flag);
  }

  #whyUnknown(flag: string, kind: 'value' | 'switch'): [reason: string, remedy: string] {
    const table = THANOS_FLAGS[this.#component];
    if (kind === 'value' && table.switches.includes(flag)) {
      return ['takes no value', `write --${flag} or --no-${flag}`];
    }
    if (kind === 'switch' && table.values.includes(flag)) {
      return ['needs a value', `write --${flag}=VALUE`];
    }
    const first = table.since[flag];
    return [
      `is not known to thanos ${this.#component} in version ${this.#version}`,
      first !== undefined
        ? `it came with version ${first}`
        : 'see lib/thanos/flags.ts for those that are',
    ];
  }

  #refuse(flag: string, reason: string, remedy: string): never {
    throw new SynthError(`${this.#subject} --${flag}`, reason, remedy);
  }
}
