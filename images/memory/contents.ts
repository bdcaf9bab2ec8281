/** The bytes of a range of memory, and the gaps in it. @module */

import type { OpenMapped } from "../coredump/mapped_files.ts";
import type { ByteSource } from "../coredump/memory.ts";
import type { Dump } from "../dump/dump.ts";
import { firstRangeAfter } from "../dump/page_map.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import { mapsSharedMemory } from "../dump/vma.ts";
import { PAGES } from "../kernel/memory.ts";
import type { AddressRange } from "./choice.ts";
import type { Absence } from "./runs.ts";
import { areaAt, type Space } from "./spaces.ts";
import { Walk } from "./walk.ts";

/** A run of memory of one kind. */
export interface Stretch {
  /** Of its first byte. */
  readonly address: bigint;
  /** In bytes. */
  readonly length: bigint;
  /** The source of the bytes; undefined if they are zero or unknown. */
  readonly source?: ByteSource;
  /** Offset in the source, in bytes. */
  readonly offset: number;
  /** The reason why the bytes are unknown; `zero`: never written; `unmapped`: no memory. */
  readonly absence?: Absence | "parent" | "zero" | "unmapped";
}

/**
 * The contents of the selected areas of a space, in ascending order; gaps between them are
 * `unmapped`.
 *
 * @param openMapped opens mapped files; without it, their pages are unknown
 */
export function* stretchesOf(
  dump: Dump,
  space: Space,
  openMapped?: OpenMapped,
): Generator<Stretch> {
  using walk = new Walk(dump, [space], { openMapped });
  let end: bigint | undefined;
  for (const { address, piece } of walk.pieces(space)) {
    if (end !== undefined && end < address) {
      yield { address: end, length: address - end, offset: 0, absence: "unmapped" };
    }
    end = address + BigInt(piece.length);
    const place = { address, length: BigInt(piece.length) };
    if (piece.kind === "bytes") yield { ...place, source: piece.source, offset: piece.offset };
    else if (piece.kind === "zeros") yield { ...place, offset: 0, absence: "zero" };
    else {
      const why = piece.why ?? "lost";
      const isParents = why === "lost" && wantsParent(dump, space, address);
      yield { ...place, offset: 0, absence: isParents ? "parent" : why };
    }
  }
}

/** Adds `unmapped` stretches at both ends of a range. */
export function* filled(
  stretches: Iterable<Stretch>,
  { from, to }: AddressRange,
): Generator<Stretch> {
  let end = from;
  const gap = (address: bigint, length: bigint): Stretch => {
    return { address, length, offset: 0, absence: "unmapped" };
  };
  for (const stretch of stretches) {
    if (stretch.address > end) yield gap(end, stretch.address - end);
    yield stretch;
    end = stretch.address + stretch.length;
  }
  if (end < to) yield gap(end, to - end);
}

/** Whether the page map leaves a page to a parent dump. */
function wantsParent(dump: Dump, space: Space, address: bigint): boolean {
  const area = areaAt(space, address);
  if (area === undefined) return false;
  const { memory } = space;
  const { vma } = area;
  const maps = [{ name: memory.task.pageMapName, place: address }];
  if (mapsSharedMemory(vma)) {
    const id = dump.sharedMemory.idOf(vma);
    const name = id === undefined ? undefined : sharedPageMapName(id);
    if (name !== undefined && dump.has(name)) {
      maps.push({ name, place: vma.pgoff + address - vma.start });
    }
  }
  return maps.some(({ name, place }) => {
    const map = dump.pageMap(name);
    const at = Number(place - place % BigInt(memory.pageSize));
    const range = firstRangeAfter(map, at, memory.pageSize);
    return range < map.count && map.addresses[range]! <= at &&
      (map.flags[range]! & PAGES.PARENT) !== 0;
  });
}
