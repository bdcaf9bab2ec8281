/** Bytes under masks, as the kernel searches for them. @module */

import type { ByteSet } from "./byte_set.ts";
import type { Kernel } from "./kernel.ts";

/** Estimated frequency of each byte in memory. */
const FREQUENCIES: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0) return 1000;
  if (byte === 0xff) return 100;
  if (byte === 0x20) return 60;
  const letter = "etaoinsrhldcum/.0".indexOf(String.fromCharCode(byte));
  if (letter >= 0) return 50 - letter;
  if (byte < 0x10 || byte === 0x7f || byte === 0x55) return 30;
  return byte < 0x80 ? 20 : 8;
});

const ALL: number = FREQUENCIES.reduce((sum, frequency) => sum + frequency);

/** Estimated share of bytes in memory that have a value under a mask. */
function shareOf(value: number, mask: number): number {
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) if ((byte & mask) === value) sum += FREQUENCIES[byte]!;
  return sum / ALL;
}

/** Values and masks in the kernel's memory; the two rarest ones are compared first. */
export class MaskedBytes {
  /** Number of bytes. */
  readonly length: number;
  /** Address of the values. */
  readonly values: number;
  /** Address of the masks. */
  readonly masks: number;
  /** Index of the rarest byte. */
  readonly first: number;
  /** Index of the second rarest byte; the same if there is only one. */
  readonly second: number;
  /** Estimated share of offsets in memory at which both fit. */
  readonly share: number;

  constructor(values: Uint8Array, masks: Uint8Array, kernel: Kernel) {
    this.length = values.length;
    this.values = kernel.allocate(values.length);
    this.masks = kernel.allocate(masks.length);
    kernel.bytes.set(values, this.values);
    kernel.bytes.set(masks, this.masks);
    const byRarity = Array.from(values, (value, i) => ({ i, share: shareOf(value, masks[i]!) }))
      .sort((a, b) => a.share - b.share);
    const first = byRarity[0]!;
    const second = byRarity[Math.min(1, byRarity.length - 1)]!;
    this.first = first.i;
    this.second = second.i;
    this.share = first.share * (second === first ? 1 : second.share);
  }
}

/** The narrowest value and mask that fit all bytes of a set. */
export function maskOf(set: ByteSet): { value: number; mask: number } {
  const one = Math.max(set.indexOf(1), 0);
  const differences = set.reduce((bits, has, byte) => has === 1 ? bits | (byte ^ one) : bits, 0);
  const mask = ~differences & 0xff;
  return { value: one & mask, mask };
}
