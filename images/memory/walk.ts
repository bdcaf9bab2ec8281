/**
 * A dump's memory as runs of adjacent bytes, each reported once with all of its owners.
 *
 * Memory that several areas map, shared or of a file, is a separate run; it is walked where it is
 * first met. Memory that was never touched, and is therefore zero, is in no run. Runs are padded
 * with a few such zeros, or a few bytes of a neighbour that is walked separately, so that matches
 * across the border of a run can be found.
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

/** Default of {@link WalkOptions.pad}. */
const USUAL_PAD = 4096;

/** Bytes that the dump does not have, by place. */
export interface Missing {
  /** In mapped files. */
  readonly file: number;
  /** On the machine of the dump, to be fetched later. */
  readonly lazy: number;
  /** In the dump or a parent of it. */
  readonly lost: number;
}

/** Options of a walk. */
export interface WalkOptions {
  /** Opens mapped files; without it, their pages are missing. */
  readonly openMapped?: OpenMapped;
  /** Bytes of a neighbour that pad a run; {@link USUAL_PAD} unless given. */
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

  /** Missing bytes that the walk has met so far. */
  get missing(): Missing {
    return this.#missing;
  }

  /** Mapped files that are missing or have changed. */
  get missingFiles(): readonly MissingFile[] {
    return this.#backings?.missing ?? [];
  }

  /** Closes the open mapped file, if any. */
  [Symbol.dispose](): void {
    this.#backings?.[Symbol.dispose]();
  }

  /**
   * Walks the memory; a run ends before the next one begins.
   *
   * @param wants whether runs of a space are still wanted; called at the beginning of each
   */
  *steps(wants: (space: Space) => boolean = () => true): Generator<RunStep> {
    for (const space of this.spaces) {
      if (!wants(space)) continue;
      yield* new Runs(this.#pad, (address) => [{ space, address, from: 0, to: Infinity }])
        .steps(this.pieces(space), () => wants(space));
      for (const area of space.areas) yield* this.#sharedSteps(this.#keyOf(area), wants);
    }
  }

  /** Key of a mapping that other areas may share; undefined for private memory. */
  #keyOf({ vma }: ChosenArea): string | undefined {
    if (mapsSharedMemory(vma)) {
      // A memfd may be opened several times; each area has the id of the open file that it maps.
      const id = this.dump.sharedMemory.idOf(vma);
      return id === undefined ? `lost ${vma.shmid}` : `shared ${id}`;
    }
    return mapsFile(vma) ? `file ${vma.shmid}` : undefined;
  }

  /**
   * Groups the areas of each shared mapping; a mapping of a single area is walked with its space.
   */
  #membersOfShared(): Map<string, readonly Member[]> {
    const members = this.spaces.flatMap((space) => space.areas.map((area) => ({ space, area })));
    const groups = Map.groupBy(members, ({ area }) => this.#keyOf(area) ?? "");
    groups.delete("");
    return new Map([...groups].filter(([key, { length }]) => {
      return length > 1 && (this.#backings !== undefined || !key.startsWith("file"));
    }));
  }

  /** The pieces of the areas of a space, in ascending order. */
  *pieces(space: Space): Generator<PlacedPiece> {
    for (const area of space.areas) {
      const isShared = this.#shared.has(this.#keyOf(area) ?? "");
      let address = area.vma.start + BigInt(area.from);
      for (const extent of extentsIn(space, area, isShared ? sharedGap(area) : undefined)) {
        if (extent.kind === "image") {
          // Most pieces are like this; there may be millions.
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

  /** The bytes of an extent; counts missing ones. */
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

  /** Contents of a file; undefined if the dump is too damaged to identify it. */
  #contentsOf<T>(find: () => T | undefined): T | undefined {
    try {
      return find();
    } catch (error) {
      if (error instanceof CritError && error.kind === "data") return undefined;
      throw error;
    }
  }

  /** A part of a shared mapping. */
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

  /** Walks a shared mapping, unless it has been walked. */
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

/** Byte order of the machine of a dump; undefined if no task shows it. */
function orderOf(spaces: readonly Space[]): "little" | "big" | undefined {
  const core = spaces.flatMap(({ tasks }) => tasks).map(({ core }: Task) => core)
    .find((core) => core !== undefined);
  return core && architectureOf(core).order;
}
