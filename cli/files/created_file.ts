/** A file that waits in a spool until its archive is written. @module */

import type { Output } from "./output.ts";
import type { Spool } from "./spool.ts";

/** Zeros that are given at a time. */
const CHUNK = 1 << 18;

/** A part of a created file: bytes in the spool, or zeros. */
interface Part {
  /** In the spool; undefined for zeros. */
  readonly at: number | undefined;
  length: number;
}

/** A file that was created. */
export class CreatedFile implements Output {
  readonly parts: Part[] = [];
  size = 0;
  /** Whether all was written that was to be. */
  isWhole = false;

  constructor(readonly spool: Spool) {}

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const at = this.spool.write(bytes);
    const last = this.parts.at(-1);
    if (last?.at !== undefined && last.at + last.length === at) last.length += bytes.length;
    else this.parts.push({ at, length: bytes.length });
    this.size += bytes.length;
  }

  writeBehind(bytes: Uint8Array): Promise<void> {
    return Promise.resolve(this.write(bytes));
  }

  skip(length: number): void {
    if (length === 0) return;
    const last = this.parts.at(-1);
    if (last !== undefined && last.at === undefined) last.length += length;
    else this.parts.push({ at: undefined, length });
    this.size += length;
  }

  seal(): void {}

  commit(): void {
    this.isWhole = true;
  }

  [Symbol.dispose](): void {}

  /** The file's bytes. */
  *chunks(): Generator<Uint8Array> {
    for (const { at, length } of this.parts) {
      if (at !== undefined) yield* this.spool.chunks(at, length);
      else yield* zeros(length);
    }
  }
}

function* zeros(length: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK, length));
  for (let left = length; left > 0; left -= buffer.length) yield buffer.subarray(0, left);
}
