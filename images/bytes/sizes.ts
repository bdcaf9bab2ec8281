/**
 * Sizes and numbers of things for people.
 *
 * @module
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** `1.5 MiB`: a number of bytes in binary units, to three or four digits. */
export function binarySize(bytes: number | bigint): string {
  let amount = Number(bytes);
  let unit = 0;
  // 1023.95 KiB would print as 1024.0 KiB.
  while (unit < UNITS.length - 1 && Math.abs(amount) >= (unit === 0 ? 1024 : 1023.95)) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** `1 image`, `2 images`, `3 entries`. */
export function countOf(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
