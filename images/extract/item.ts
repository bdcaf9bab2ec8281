/** Items that can be extracted from a dump: the contents of files of any kind. @module */

import type { ByteSource, CoreExtent } from "../coredump/memory.ts";
import type { ItemKind } from "./kinds.ts";

/** A part of an item's contents. */
export interface Piece {
  /** In bytes. */
  readonly length: number;
  /** Source of the bytes; without it, they are zero or unknown. */
  readonly source?: ByteSource;
  /** Offset in the source, in bytes. */
  readonly offset?: number;
  /** The reason why they are unknown. */
  readonly missing?: string;
}

/** An item that can be extracted. */
export interface Item {
  /** Kind of item. */
  readonly kind: ItemKind;
  /** Path below the directory of its kind; safe and unique. */
  readonly path: string;
  /** The image that describes it. */
  readonly image: string;
  /** Its numbers in the dump. */
  readonly ids: Readonly<Record<string, number | string>>;
  /** Tasks that had it. */
  readonly pids: readonly number[];
  /** Its name in the dump. */
  readonly name?: string;
  /** In bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode?: number;
  /** Target of a symbolic link, which has no contents. */
  readonly link?: string;
  /** The contents in order, of {@link Item.size} bytes or fewer: zeros follow. */
  contents(): Iterable<Piece>;
}

/** Makes pieces of extents of memory or a file. */
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
