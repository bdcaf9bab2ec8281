/**
 * A dump's memory as runs of bytes that follow each other, each told once with all who have it.
 *
 * Memory that several areas map, shared or of a file, is a run of its own; it is walked where it is
 * first met. What the dump knows to be zero because nobody ever touched it is in no run, but a few
 * of those zeros are, and likewise a few bytes of a neighbour that is walked elsewhere: they pad a
 * run so that what crosses its border can be found.
 *
 * @module
 */

import { architectureOf } from "../coredump/arch/mod.ts";
import { filePages } from "../coredump/areas.ts";
import { ImageBytes } from "../coredump/image_bytes.ts";
import { MappedContents } from "../coredump/mapped_contents.ts";
import type { MissingFile, OpenMapped } from "../coredump/mapped_files.ts";
import type { ByteSource, CoreExtent as Bytes } from "../coredump/memory.ts";
import type { Dump } from "../dump/dump.ts";
import type { Extent } from "../dump/extent.ts";
import type { Task } from "../dump/task.ts";
import { mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { CritError } from "../errors.ts";
import { type Area, extentsIn, type Space } from "./spaces.ts";

/** Bytes of a neighbour that pad a run if nothing else is asked for. */
const USUAL_PAD = 4096;

/** Somebody who has a run, or a part of it, in memory. */
export interface Owner {
  readonly space: Space;
  /** Address of the run's first byte. */
  readonly address: bigint;
  /** The part, in bytes from the run's beginning. */
  readonly from: number;
  readonly to: number;
}

/** A step of the walk. */
export type Step =
  /** A run begins; the bytes that pad it come first. */
  | { readonly kind: "begin"; readonly owners: readonly Owner[]; readonly pad: number }
  /** The run goes on; without a source its bytes are zero. */
  | {
    readonly kind: "bytes";
    readonly length: number;
    readonly source: ByteSource | undefined;
    /** Where they begin in the source, in bytes. */
    readonly offset: number;
    /** Whether these and those after them only pad the run. */
    readonly isPad: boolean;
  }
  | { readonly kind: "end" };

/** Bytes that the dump does not have, by where they ought to be. */
export interface Missing {
  /** In mapped files. */
  readonly file: number;
  /** On the machine of the dump, to be fetched later. */
  readonly lazy: number;
  /** In the dump or a parent of it. */
  readonly lost: number;
}

/** How memory is walked. */
export interface WalkOptions {
  /** Opens mapped files; without it their pages are missing. */
  readonly openMapped?: OpenMapped;
  /** Bytes of a neighbour that pad a run; {@link USUAL_PAD} when left out. */
  readonly pad?: number;
}

/** A part of what several areas map in somebody's memory; places are bytes from its beginning. */
interface SharedPart {
  readonly space: Space;
  readonly address: bigint;
  readonly from: number;
  readonly to: number;
}

/** Why the bytes of a piece are not known. */
export type Absence =
  /** They are those of a mapped file. */
  | "file"
  /** They were to be fetched from the machine of the dump. */
  | "lazy"
  /** They ought to be in the dump or in a parent of it. */
  | "lost"
  /** Whoever restores makes them. */
  | "kernel";

/** A part of an area. */
export type Piece = Bytes & {
  /** Whether other areas map it, too, and it is walked apart therefore. */
  readonly isShared?: boolean;
  /** Of what is absent. */
  readonly why?: Absence;
};

/** A piece, and where it is. */
export interface PlacedPiece {
  readonly address: bigint;
  readonly piece: Piece;
}

/** Walks the memory of a dump. */
export class Walk implements Disposable {
  readonly #images = new ImageBytes();
  readonly #backings: MappedContents | undefined;
  readonly #missing = { file: 0, lazy: 0, lost: 0 };
  readonly #shared: ReadonlyMap<string, readonly Member[]>;
  readonly #done = new Set<string>();
  readonly #pad: number;

  constructor(
    readonly dump: Dump,
    readonly spaces: readonly Space[],
    { openMapped, pad = USUAL_PAD }: WalkOptions = {},
  ) {
    this.#pad = pad;
    const order = openMapped === undefined ? undefined : orderOf(spaces);
    this.#backings = order && new MappedContents(dump, this.#images, order, openMapped);
    this.#shared = this.#membersOfShared();
  }

  /** Bytes that the walk has met so far and that the dump does not have. */
  get missing(): Missing {
    return this.#missing;
  }

  /** Mapped files that are not there or are not what they were. */
  get missingFiles(): readonly MissingFile[] {
    return this.#backings?.missing ?? [];
  }

  /** Closes the mapped file that is open, if any. */
  [Symbol.dispose](): void {
    this.#backings?.[Symbol.dispose]();
  }

  /**
   * The walk; a run ends before the next one begins.
   *
   * @param wants whether the runs of a space are still to be told; asked at the beginning of each
   */
  *steps(wants: (space: Space) => boolean = () => true): Generator<Step> {
    for (const space of this.spaces) {
      if (!wants(space)) continue;
      yield* new Runs(this.#pad, (address) => [{ space, address, from: 0, to: Infinity }])
        .steps(this.pieces(space), () => wants(space));
      for (const area of space.areas) yield* this.#sharedSteps(this.#keyOf(area), wants);
    }
  }

  /** What an area maps that others may map, too; undefined for private memory. */
  #keyOf({ vma }: Area): string | undefined {
    if (mapsSharedMemory(vma)) {
      // A memfd may be opened more than once, and each area has the id of what it was mapped from.
      const id = this.dump.sharedMemory.idOf(vma);
      return id === undefined ? `lost ${vma.shmid}` : `shared ${id}`;
    }
    return mapsFile(vma) ? `file ${vma.shmid}` : undefined;
  }

  /** Groups the areas that map the same; what one area alone maps is walked with its space. */
  #membersOfShared(): Map<string, readonly Member[]> {
    const members = this.spaces.flatMap((space) => space.areas.map((area) => ({ space, area })));
    const groups = Map.groupBy(members, ({ area }) => this.#keyOf(area) ?? "");
    groups.delete("");
    return new Map([...groups].filter(([key, { length }]) => {
      return length > 1 && (this.#backings !== undefined || !key.startsWith("file"));
    }));
  }

  /** What the areas of a space are made of, in ascending order. */
  *pieces(space: Space): Generator<PlacedPiece> {
    for (const area of space.areas) {
      const isShared = this.#shared.has(this.#keyOf(area) ?? "");
      let address = area.vma.start + BigInt(area.from);
      for (const extent of extentsIn(space, area, isShared ? sharedGap(area) : undefined)) {
        if (extent.kind === "image") {
          // Most are such; there may be millions.
          const { length, offset } = extent;
          const source = this.#images.of(extent.dump, extent.name);
          yield { address, piece: { kind: "bytes", length, source, offset } };
          address += BigInt(length);
          continue;
        }
        if (extent.kind === "zeros") {
          yield { address, piece: extent };
          address += BigInt(extent.length);
          continue;
        }
        for (const piece of this.#piecesOfExtent(space, area, extent, isShared)) {
          yield { address, piece };
          address += BigInt(piece.length);
        }
      }
    }
  }

  *#piecesOfExtent(
    space: Space,
    area: Area,
    extent: Extent,
    isShared: boolean,
  ): Generator<Piece> {
    if (isShared && extent.kind === "file") {
      for (const piece of this.#bytesOfShared(space, area, extent.offset, extent.length)) {
        yield { ...piece, isShared: true };
      }
    } else yield* this.#bytesOf(space, area, extent, this.#missing);
  }

  /** The bytes of an extent, with those that are missing counted. */
  *#bytesOf(
    { memory }: Space,
    { vma }: Area,
    extent: Extent,
    missing: { file: number; lazy: number; lost: number },
  ): Generator<Piece> {
    const { kind, length } = extent;
    if (kind === "image") {
      const source = this.#images.of(extent.dump, extent.name);
      yield { kind: "bytes", length, source, offset: extent.offset };
    } else if (kind === "zeros") yield { kind, length };
    else if (kind === "file") {
      const contents = this.#contentsOf(() => this.#backings?.fileOf(vma)?.contents());
      for (const page of filePages(contents, extent.offset, length, memory.pageSize)) {
        if (page.length === 0) continue;
        if (page.kind === "absent") missing.file += page.length;
        yield page.kind === "absent" ? { ...page, why: "file" } : page;
      }
    } else {
      if (kind !== "kernel") missing[kind] += length;
      yield { kind: "absent", length, why: kind };
    }
  }

  /** Contents of a file; none when the dump is too damaged to tell which it is. */
  #contentsOf<T>(find: () => T | undefined): T | undefined {
    try {
      return find();
    } catch (error) {
      if (error instanceof CritError && error.kind === "data") return undefined;
      throw error;
    }
  }

  /** A part of what several areas map. */
  *#bytesOfShared(
    space: Space,
    area: Area,
    offset: number,
    length: number,
    missing: { file: number; lazy: number; lost: number } = { file: 0, lazy: 0, lost: 0 },
  ): Generator<Piece> {
    if (mapsFile(area.vma)) {
      const extent: Extent = { kind: "file", id: 0, offset, at: 0, length };
      yield* this.#bytesOf(space, area, extent, missing);
      return;
    }
    const { sharedMemory } = this.dump;
    const id = sharedMemory.idOf(area.vma);
    const span = { from: offset, to: offset + length };
    const extents: Iterable<Extent> = id === undefined
      ? [{ kind: "lost", at: 0, length }]
      : sharedMemory.extents(id, span, space.memory.pageSize);
    for (const extent of extents) yield* this.#bytesOf(space, area, extent, missing);
  }

  /** Walks what several areas map, unless that is done. */
  *#sharedSteps(key: string | undefined, wants: (space: Space) => boolean): Generator<Step> {
    const members = key === undefined ? undefined : this.#shared.get(key);
    if (members === undefined || this.#done.has(key!)) return;
    this.#done.add(key!);
    const parts = members.flatMap(({ space, area }) => [...partsOf(space, area)])
      .sort((a, b) => a.from - b.from);
    const { space, area } = members[0]!;
    const isWanted = () => members.some((member) => wants(member.space));
    for (const { from, to } of together(parts)) {
      const owners = (place: bigint) => ownersAt(parts, Number(place), to);
      const pieces = this.#bytesOfShared(space, area, from, to - from, this.#missing);
      yield* new Runs(this.#pad, owners).steps(placed(pieces, BigInt(from)), isWanted);
    }
  }
}

/** An area of a space. */
interface Member {
  readonly space: Space;
  readonly area: Area;
}

/** Marks the gaps of an area's own pages as a place in what it maps. */
function sharedGap({ vma }: Area): (span: { from: number; to: number }) => Extent[] {
  return ({ from, to }) => {
    const offset = Number(vma.pgoff) + from;
    return [{ kind: "file", id: Number(vma.shmid), offset, at: 0, length: to - from }];
  };
}

/** The parts of what an area maps that it has no pages of its own for. */
function* partsOf(space: Space, area: Area): Generator<SharedPart> {
  let address = area.vma.start + BigInt(area.from);
  for (const extent of extentsIn(space, area, sharedGap(area))) {
    const { kind, length } = extent;
    if (kind === "file") {
      yield { space, address, from: extent.offset, to: extent.offset + length };
    }
    address += BigInt(length);
  }
}

/** Parts in ascending order, those that overlap or touch as one. */
function* together(parts: readonly SharedPart[]): Generator<{ from: number; to: number }> {
  let current: { from: number; to: number } | undefined;
  for (const { from, to } of parts) {
    if (current !== undefined && from <= current.to) {
      current = { from: current.from, to: Math.max(current.to, to) };
      continue;
    }
    if (current !== undefined) yield current;
    current = { from, to };
  }
  if (current !== undefined) yield current;
}

/** Who has a run that begins at a place and ends before another. */
function ownersAt(parts: readonly SharedPart[], place: number, end: number): Owner[] {
  return parts.filter(({ from, to }) => to > place && from < end).map((part) => ({
    space: part.space,
    address: part.address + BigInt(place - part.from),
    from: part.from - place,
    to: part.to - place,
  }));
}

function* placed(
  pieces: Iterable<Piece>,
  from: bigint,
): Generator<PlacedPiece> {
  let address = from;
  for (const piece of pieces) {
    yield { address, piece };
    address += BigInt(piece.length);
  }
}

/** Byte order of the machine of a dump; undefined when it has no task that tells. */
function orderOf(spaces: readonly Space[]): "little" | "big" | undefined {
  const core = spaces.flatMap(({ tasks }) => tasks).map(({ core }: Task) => core)
    .find((core) => core !== undefined);
  return core && architectureOf(core).order;
}

/** Makes runs from pieces in ascending order. */
class Runs {
  #isOpen = false;
  /** The last piece, if it was not in a run. */
  #before: Piece | undefined;

  /**
   * @param pad most bytes of a neighbour that pad a run
   * @param ownersAt who has a run that begins at an address
   */
  constructor(
    readonly pad: number,
    readonly ownersAt: (address: bigint) => readonly Owner[],
  ) {}

  *steps(
    pieces: Iterable<PlacedPiece>,
    isWanted: () => boolean,
  ): Generator<Step> {
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
      // Of two that are walked elsewhere, what crosses the border between them is looked for here.
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

  /** Begins a run with what pads it. */
  #open(address: bigint): Step[] {
    const before = this.#before;
    const tail = before === undefined || before.kind === "absent" || this.pad === 0
      ? undefined
      : tailOf(before, this.pad);
    const pad = tail?.length ?? 0;
    const begin: Step = { kind: "begin", owners: this.ownersAt(address - BigInt(pad)), pad };
    this.#isOpen = true;
    this.#before = undefined;
    return tail === undefined ? [begin] : [begin, stepOf(tail, false)];
  }

  /** Ends the run, if there is one. */
  #close(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }
}

const END: Step = { kind: "end" };

function stepOf(piece: Piece, isPad: boolean): Step {
  const { length } = piece;
  if (piece.kind !== "bytes") return { kind: "bytes", length, source: undefined, offset: 0, isPad };
  return { kind: "bytes", length, source: piece.source, offset: piece.offset, isPad };
}

function headOf(piece: Piece, length: number): Piece {
  return piece.length <= length ? piece : { ...piece, length };
}

function tailOf(piece: Piece, length: number): Piece {
  if (piece.length <= length) return piece;
  if (piece.kind !== "bytes") return { ...piece, length };
  return { ...piece, offset: piece.offset + piece.length - length, length };
}
