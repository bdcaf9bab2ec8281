/**
 * Room for large reads and writes.
 *
 * @module
 */

/** Size of a WebAssembly page in bytes. */
const UNIT = 1 << 16;

/**
 * Zeroed bytes for large reads and writes, which begin at a memory page where that can be had.
 *
 * Processors copy between such bytes and a file's pages up to half again as fast as where one
 * begins between the other's cache lines, as allocators let large buffers begin. Of what
 * JavaScript can allocate only WebAssembly's memory promises it.
 *
 * @param size in bytes
 */
export function alignedBytes(size: number): Uint8Array<ArrayBuffer> {
  try {
    const units = Math.ceil(size / UNIT);
    const { buffer } = new WebAssembly.Memory({ initial: units, maximum: units });
    return new Uint8Array(buffer as ArrayBuffer, 0, size);
  } catch {
    // There is no WebAssembly without a just-in-time compiler, nor with a limit of address space.
    return new Uint8Array(size);
  }
}
