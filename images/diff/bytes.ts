/**
 * Comparison of bytes, in memory and in files.
 *
 * @module
 */

import type { ImageFile } from "../dump/source.ts";

/** Bytes that are read at a time. */
const CHUNK = 1 << 20;

/** Bytes in a file, too many to be held. */
export class FileBytes {
  /**
   * @param offset where they begin in the file
   * @param length how many they are
   */
  /** A part of a file; offset and length are in bytes. */
  constructor(readonly file: ImageFile, readonly offset: number, readonly length: number) {}
}

/** Bytes, wherever they are. */
export type SomeBytes = Uint8Array | FileBytes;

/**
 * Where two runs of bytes differ first: the shorter one's length when it begins the longer one;
 * undefined when they are equal.
 *
 * @throws {CritError} `file` when a file cannot be read
 */
export function firstDifference(a: SomeBytes, b: SomeBytes): number | undefined {
  const common = Math.min(a.length, b.length);
  const at = a instanceof Uint8Array && b instanceof Uint8Array
    ? mismatch(a, b, 0, common)
    : mismatchInFiles(a, b, common);
  return at < common ? at : a.length === b.length ? undefined : common;
}

/** All bytes of a file. */
export function wholeFile(file: ImageFile): FileBytes {
  return new FileBytes(file, 0, file.size);
}

function mismatchInFiles(a: SomeBytes, b: SomeBytes, length: number): number {
  const room = Math.min(CHUNK, length);
  const chunks = [new Uint8Array(room), new Uint8Array(room)] as const;
  for (let done = 0; done < length;) {
    const pieceA = pieceOf(a, done, chunks[0]);
    const pieceB = pieceOf(b, done, chunks[1]);
    // A file that shrank while it is read.
    const count = Math.min(pieceA.length, pieceB.length, length - done);
    const at = mismatch(pieceA, pieceB, 0, count);
    if (at < count || count === 0) return done + at;
    done += count;
  }
  return length;
}

function pieceOf(bytes: SomeBytes, from: number, into: Uint8Array): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes.subarray(from, from + into.length);
  const wanted = into.subarray(0, bytes.length - from);
  return wanted.subarray(0, bytes.file.read(bytes.offset + from, wanted));
}

/** First place in a range where two arrays differ; `to` when they do not. */
export function mismatch(a: Uint8Array, b: Uint8Array, from: number, to: number): number {
  let pos = from;
  if (to - from >= 64 && (a.byteOffset + from) % 4 === 0 && (b.byteOffset + from) % 4 === 0) {
    const count = to - from >> 2;
    const wordsA = new Int32Array(a.buffer, a.byteOffset + from, count);
    const wordsB = new Int32Array(b.buffer, b.byteOffset + from, count);
    let i = 0;
    while (i < count && wordsA[i] === wordsB[i]) i++;
    pos = from + i * 4;
  }
  while (pos < to && a[pos] === b[pos]) pos++;
  return pos;
}
