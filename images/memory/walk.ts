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
import type { Dump } from "../dump/dump.ts";
import type { Extent } from "../dump/extent.ts";
import type { Task } from "../dump/task.ts";
import { mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { CritError } from "../errors.ts";
import { type AreaPart, type PlacedPiece, Runs, type RunStep } from "./runs.ts";
import { ownersAt, partsOf, sharedGap, together } from "./shared_parts.ts";
import { type ChosenArea, extentsIn, type Space } from "./spaces.ts";

/** Bytes of a neighbour that pad a run if nothing else is asked for. */
const USUAL_PAD = 4096;

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
  *steps(wants: (space: Space) => boolean = () => true): Generator<RunStep> {
    for (const space of this.spaces) {
      if (!wants(space)) continue;
      yield* new Runs(this.#pad, (address) => [{ space, address, from: 0, to: Infinity }])
        .steps(this.pieces(space), () => wants(space));
      for (const area of space.areas) yield* this.#sharedSteps(this.#keyOf(area), wants);
    }
  }

  /** What an area maps that others may map, too; undefined for private memory. */
  #keyOf({ vma }: ChosenArea): string | undefined {
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
    area: ChosenArea,
    extent: Extent,
    isShared: boolean,
  ): Generator<AreaPart> {
    if (isShared && extent.kind === "file") {
      for (const piece of this.#bytesOfShared(space, area, extent.offset, extent.length)) {
        yield { ...piece, isShared: true };
      }
    } else yield* this.#bytesOf(space, area, extent, this.#missing);
  }

  /** The bytes of an extent, with those that are missing counted. */
  *#bytesOf(
    { memory }: Space,
    { vma }: ChosenArea,
    extent: Extent,
    missing: { file: number; lazy: number; lost: number },
  ): Generator<AreaPart> {
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
    area: ChosenArea,
    offset: number,
    length: number,
    missing: { file: number; lazy: number; lost: number } = { file: 0, lazy: 0, lost: 0 },
  ): Generator<AreaPart> {
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
  *#sharedSteps(key: string | undefined, wants: (space: Space) => boolean): Generator<RunStep> {
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
  readonly area: ChosenArea;
}

function* placed(
  pieces: Iterable<AreaPart>,
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
