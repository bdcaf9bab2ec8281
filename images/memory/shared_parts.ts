/**
 * Which parts of what several areas map are walked, and who has them.
 *
 * @module
 */

import type { Extent } from "../dump/extent.ts";
import type { Owner } from "./runs.ts";
import { type ChosenArea, extentsIn, type Space } from "./spaces.ts";

/** A part of what several areas map in somebody's memory; places are bytes from its beginning. */
export interface SharedPart {
  readonly space: Space;
  readonly address: bigint;
  readonly from: number;
  readonly to: number;
}

/** Marks the gaps of an area's own pages as a place in what it maps. */
export function sharedGap({ vma }: ChosenArea): (span: { from: number; to: number }) => Extent[] {
  return ({ from, to }) => {
    const offset = Number(vma.pgoff) + from;
    return [{ kind: "file", id: Number(vma.shmid), offset, at: 0, length: to - from }];
  };
}

/** The parts of what an area maps that it has no pages of its own for. */
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

/** Parts in ascending order, those that overlap or touch as one. */
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

/** Who has a run that begins at a place and ends before another. */
export function ownersAt(parts: readonly SharedPart[], place: number, end: number): Owner[] {
  return parts.filter(({ from, to }) => to > place && from < end).map((part) => ({
    space: part.space,
    address: part.address + BigInt(place - part.from),
    from: part.from - place,
    to: part.to - place,
  }));
}
