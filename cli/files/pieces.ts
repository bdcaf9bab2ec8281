/**
 * Contents of archives that are written, in pieces.
 *
 * @module
 */

import type { Bytes } from "../../images/archive/bytes.ts";
import type { SparseSegment } from "../../images/archive/tar_reader.ts";
import type { ImageFile } from "../../images/dump/source.ts";
import { dataError } from "../../images/errors.ts";
import type { Found } from "./found.ts";
import type { Tree } from "./tree.ts";

/** When a file was changed, in seconds since 1970; 0 if it is not on the disk. */
export function modifiedOf(path: string | undefined): number {
  const time = path === undefined ? undefined : Deno.statSync(path).mtime?.getTime();
  return Math.max(0, Math.floor((time ?? 0) / 1000));
}

/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

/** Bytes of a range. @throws {CritError} `data` if they end before it does */
export function* range(bytes: Bytes, from: number, to: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK, to - from));
  for (let at = from; at < to;) {
    const count = bytes.read(at, buffer.subarray(0, to - at));
    if (count === 0) throw dataError("the archive is cut short");
    yield buffer.subarray(0, count);
    at += count;
  }
}

/** Whether a file has nothing but zeros where a map says that there are holes. */
export function isZeroOutside(file: ImageFile, segments: readonly SparseSegment[]): boolean {
  const buffer = new Uint8Array(CHUNK);
  let end = 0;
  for (const { at, length } of [...segments, { at: file.size, length: 0 }]) {
    while (end < at) {
      end = Math.max(end, file.dataFrom?.(end) ?? end);
      if (end >= at) break;
      const count = file.read(end, buffer.subarray(0, at - end));
      if (count === 0 || buffer.subarray(0, count).some((byte) => byte !== 0)) return false;
      end += count;
    }
    end = at + length;
  }
  return true;
}

/** The bytes of a file of a tree. @throws {CritError} `data` if it has become shorter */
export function* contentsOf(tree: Tree, file: Found): Generator<Uint8Array> {
  using input = tree.open(file);
  const buffer = new Uint8Array(CHUNK);
  for (let left = file.size; left > 0;) {
    const count = input.readSync(buffer.subarray(0, left));
    if (count === null) throw dataError("it has become shorter", { image: file.place });
    yield buffer.subarray(0, count);
    left -= count;
  }
}

/** Pieces that keep their bytes. */
export function* kept(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield chunk.slice();
}
