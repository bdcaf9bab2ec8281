/** The parts of shared mappings that are walked, and their owners. @module */

import type { Extent } from "../dump/extent.ts";
import type { Owner } from "./runs.ts";
import { type ChosenArea, extentsIn, type Space } from "./spaces.ts";

/** A part of a shared mapping in a space; offsets are bytes from the beginning of the mapping. */
export interface SharedPart {
  readonly space: Space;
  readonly address: bigint;
  readonly from: number;
  readonly to: number;
}

/** Marks gaps in an area's own pages as offsets in its mapping. */
export function sharedGap({ vma }: ChosenArea): (span: { from: number; to: number }) => Extent[] {
  return ({ from, to }) => {
    const offset = Number(vma.pgoff) + from;
    return [{ kind: "file", id: Number(vma.shmid), offset, at: 0, length: to - from }];
  };
}

/** The parts of an area's mapping for which the area has no pages. */
export function* partsOf(space: Space, area: ChosenArea): Generator<SharedPart> {
  let address = area.vma.start + BigInt(area.from);
  for (const extent of extentsIn(space, area, sharedGap(area))) {
    const { kind, length } = extent;
    if (kind === "file") {
      yield { space, address, from: extent.offset, to: extent.offset + length };
    }
    address += BigInt(length);
  }
}

/** Joins sorted parts that overlap or are adjacent. */
export function* together(parts: readonly SharedPart[]): Generator<{ from: number; to: number }> {
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

/** The owners of a run that begins at one offset and ends before another. */
export function ownersAt(parts: readonly SharedPart[], place: number, end: number): Owner[] {
  return parts.filter(({ from, to }) => to > place && from < end).map((part) => ({
    space: part.space,
    address: part.address + BigInt(place - part.from),
    from: part.from - place,
    to: part.to - place,
  }));
}
