import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';

const QUANTITY = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

const SIZES: Readonly<Record<string, (amount: number) => Size>> = {
  Ki: (amount) => Size.kibibytes(amount),
  Mi: (amount) => Size.mebibytes(amount),
  Gi: (amount) => Size.gibibytes(amount),
};

/** Whether Kubernetes reads a text as a quantity of something, from 0 on. */
export function isQuantity(text: string): boolean {
  return QUANTITY.test(text);
}

/** Reads an amount of CPU above 0: cores, such as `1` or `0.5`, or thousandths of one, such as `500m`. */
export function parseCpu(text: string): Cpu | undefined {
  const [, amount, unit] = /^(\d+(?=m?$)|\d+\.\d{1,3}(?=$))(m?)$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) return undefined;
  return Cpu.millis(unit === 'm' ? Number(amount) : Math.round(Number(amount) * 1_000));
}

/** Reads an amount of memory above 0, in whole `Ki`, `Mi` or `Gi`. */
export function parseMemory(text: string): Size | undefined {
  const [, amount, unit = ''] = /^(\d+)([KMG]i)$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) return undefined;
  return SIZES[unit]?.(Number(amount));
}
