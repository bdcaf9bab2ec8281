/** Joins adjacent pieces of memory to runs. @module */

import type { ByteSource, CoreExtent as Bytes } from "../coredump/memory.ts";
import type { Space } from "./spaces.ts";

/** A space that maps a run, or a part of it. */
export interface Owner {
  readonly space: Space;
  /** Address of the run's first byte. */
  readonly address: bigint;
  /** The part, in bytes from the beginning of the run. */
  readonly from: number;
  readonly to: number;
}

/** A step of the walk. */
export type RunStep =
  /** A run begins; padding comes first. */
  | { readonly kind: "begin"; readonly owners: readonly Owner[]; readonly pad: number }
  /** The run continues; without a source, the bytes are zero. */
  | {
    readonly kind: "bytes";
    readonly length: number;
    readonly source: ByteSource | undefined;
    /** Offset in the source, in bytes. */
    readonly offset: number;
    /** Whether this and all further bytes are padding. */
    readonly isPad: boolean;
  }
  | { readonly kind: "end" };

/** The reason why bytes are unknown. */
export type Absence =
  /** They are in a mapped file. */
  | "file"
  /** They were to be fetched later from the machine of the dump. */
  | "lazy"
  /** The dump or a parent should contain them. */
  | "lost"
  /** A restore creates them. */
  | "kernel";

/** A part of an area. */
export type AreaPart = Bytes & {
  /** Whether other areas map it too, so that it is walked separately. */
  readonly isShared?: boolean;
  /** The reason, if the bytes are unknown. */
  readonly why?: Absence;
};

/** A piece and its address. */
export interface PlacedPiece {
  readonly address: bigint;
  readonly piece: AreaPart;
}

/** Makes runs from pieces in ascending order. */
export class Runs {
  #isOpen = false;
  /** The last piece, if it was not part of a run. */
  #before: AreaPart | undefined;

  /**
   * @param pad most bytes of a neighbour that pad a run
   * @param ownersAt the owners of a run that begins at an address
   */
  constructor(
    readonly pad: number,
    readonly ownersAt: (address: bigint) => readonly Owner[],
  ) {}

  *steps(
    pieces: Iterable<PlacedPiece>,
    isWanted: () => boolean,
  ): Generator<RunStep> {
    /** Address after the last piece. */
    let end: bigint | undefined;
    for (const { address, piece } of pieces) {
      if (piece.length === 0) continue;
      if (end !== address) {
        if (this.#close()) yield END;
        this.#before = undefined;
      }
      end = address + BigInt(piece.length);
      if (piece.kind === "bytes" && !piece.isShared) {
        if (!this.#isOpen) {
          if (!isWanted()) return;
          for (const step of this.#open(address)) yield step;
        }
        yield stepOf(piece, false);
        continue;
      }
      // Matches across the border of two pieces that are walked separately are found here.
      const before = this.#before;
      const isBetween = before !== undefined && before.kind !== "absent" &&
        (before.isShared || piece.isShared);
      if (piece.kind !== "absent" && this.pad > 0) {
        if (!this.#isOpen && isBetween) { for (const step of this.#open(address)) yield step; }
        if (this.#isOpen) yield stepOf(headOf(piece, this.pad), true);
      }
      if (this.#close()) yield END;
      this.#before = piece;
    }
    if (this.#close()) yield END;
  }

  /** Begins a run with its padding. */
  #open(address: bigint): RunStep[] {
    const before = this.#before;
    const tail = before === undefined || before.kind === "absent" || this.pad === 0
      ? undefined
      : tailOf(before, this.pad);
    const pad = tail?.length ?? 0;
    const begin: RunStep = { kind: "begin", owners: this.ownersAt(address - BigInt(pad)), pad };
    this.#isOpen = true;
    this.#before = undefined;
    return tail === undefined ? [begin] : [begin, stepOf(tail, false)];
  }

  /** Ends the run, if any. */
  #close(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }
}

const END: RunStep = { kind: "end" };

function stepOf(piece: AreaPart, isPad: boolean): RunStep {
  const { length } = piece;
  if (piece.kind !== "bytes") return { kind: "bytes", length, source: undefined, offset: 0, isPad };
  return { kind: "bytes", length, source: piece.source, offset: piece.offset, isPad };
}

function headOf(piece: AreaPart, length: number): AreaPart {
  return piece.length <= length ? piece : { ...piece, length };
}

function tailOf(piece: AreaPart, length: number): AreaPart {
  if (piece.length <= length) return piece;
  if (piece.kind !== "bytes") return { ...piece, length };
  return { ...piece, offset: piece.offset + piece.length - length, length };
}
