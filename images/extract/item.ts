/**
 * What can be extracted from a dump: the contents of files of any kind.
 *
 * @module
 */

import type { ByteSource, CoreExtent } from "../coredump/memory.ts";
import type { ItemKind } from "./kinds.ts";

/** A part of an item's contents. */
export interface Piece {
  /** In bytes. */
  readonly length: number;
  /** Where the bytes are; without it they are zero, or not known. */
  readonly source?: ByteSource;
  /** Where they begin there. */
  readonly offset?: number;
  /** Why they are not known. */
  readonly missing?: string;
}

/** Something that can be extracted. */
export interface Item {
  /** What kind of thing it is. */
  readonly kind: ItemKind;
  /** Path for it, below the directory of its kind; safe, and no other item's. */
  readonly path: string;
  /** The image that tells of it. */
  readonly image: string;
  /** Numbers by which the dump knows it. */
  readonly ids: Readonly<Record<string, number | string>>;
  /** Tasks that had it. */
  readonly pids: readonly number[];
  /** What it is called in the dump. */
  readonly name?: string;
  /** In bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode?: number;
  /** Where a symbolic link leads, which has no contents. */
  readonly link?: string;
  /** What it holds, in order; as long as {@link Item.size}, or shorter: zeros follow. */
  contents(): Iterable<Piece>;
}

/** Extents of memory or a file as pieces. */
export function* piecesOf(
  extents: Iterable<CoreExtent & { readonly why?: string }>,
): Generator<Piece> {
  for (const { length, ...extent } of extents) {
    if (length === 0) continue;
    if (extent.kind === "bytes") yield { length, source: extent.source, offset: extent.offset };
    else yield extent.kind === "zeros" ? { length } : { length, missing: extent.why ?? "lost" };
  }
}

/** The first `size` bytes of pieces. */
export function* limited(pieces: Iterable<Piece>, size: number): Generator<Piece> {
  let left = size;
  for (const piece of pieces) {
    if (left <= 0) return;
    yield piece.length <= left ? piece : { ...piece, length: left };
    left -= piece.length;
  }
}
