/** The contents of memory areas in a core file. @module */

import type { VmaEntry } from "../../proto/types.ts";
import type { Extent as DumpExtent, Span } from "../dump/extent.ts";
import { hasStatus, lengthOf, mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { dataError } from "../errors.ts";
import { VMA } from "../kernel/memory.ts";
import { roundUp } from "./elf/bytes.ts";
import { type AreaFacts, isDontDump, shareOf } from "./filter.ts";
import type { ByteSource, Contents, CoreExtent } from "./memory.ts";
import type { CoreArea } from "./segments.ts";

/**
 * The reason why pages are not in the dump: they are in a missing parent dump, or were to be
 * fetched later.
 */
export type AbsentPages = "parent" | "lazy";

/** Sources of the bytes of areas. */
export interface AreaSources {
  /** In bytes. */
  readonly pageSize: number;
  /** Returns the extents of an area, or of a part of it, in the dump. */
  readonly extentsOf: (vma: VmaEntry, part?: Span) => Iterable<DumpExtent>;
  /** Whether the dump or a parent dump has pages of an area. */
  readonly hasPages: (vma: VmaEntry) => boolean;
  /** Called for every run of bytes of an image of the dump. */
  readonly onImage: (extent: DumpExtent) => void;
  /** The bytes of an image of the dump. */
  readonly imageOf: (extent: DumpExtent & { readonly kind: "image" }) => ByteSource;
  /** The file that a file-backed area maps. */
  readonly fileOf: (vma: VmaEntry) => BackingFile | undefined;
  /** The error for bytes that are missing from the dump. */
  readonly lossOf: (vma: VmaEntry) => Error;
  /** Called with the number of bytes that are left out because they are not in the dump. */
  readonly onAbsent: (why: AbsentPages, bytes: number) => void;
}

/** A file that an area maps. */
export interface BackingFile {
  /** Whether it still had a name; false for a deleted file whose contents are in the dump. */
  readonly isNamed: boolean;
  /** Whether it is executable for anyone. */
  readonly isExecutable: boolean;
  /** Returns its contents; undefined if they are not available. */
  readonly contents: () => Contents | undefined;
}

/**
 * The part of an area for the core file: everything known, or the part that a kernel would write.
 *
 * @param filter bits of the kernel's `coredump_filter`; undefined for all known memory
 * @throws {CritError} `data` if its bounds are not page bounds or its pages are lost
 */
export function areaOf(vma: VmaEntry, sources: AreaSources, filter?: number): CoreArea {
  const { pageSize } = sources;
  checkBounds(vma, pageSize);
  const file = sources.fileOf(vma);
  const area = { start: Number(vma.start), length: lengthOf(vma), protection: vma.prot };
  const facts: AreaFacts = {
    isWritten: () => sources.hasPages(vma),
    isNamed: file?.isNamed ?? false,
  };
  const share = filter === undefined ? knownShare(vma, facts) : shareOf(vma, facts, filter);
  if (share === "nothing") return { ...area, extents: [] };
  if (share === "whole") {
    return { ...area, extents: splice(vma, sources.extentsOf(vma), file, sources) };
  }
  const begin = sources.extentsOf(vma, { from: 0, to: pageSize });
  const first = [...splice(vma, begin, file, sources)];
  const isElf = file?.isExecutable || beginsElf(first);
  return { ...area, extents: isElf ? first : [] };
}

/** Untouched anonymous memory is all zeros and is omitted. */
function knownShare(vma: VmaEntry, { isWritten }: AreaFacts): "whole" | "nothing" {
  return hasStatus(vma, VMA.ANON_PRIVATE) && !isWritten() ? "nothing" : "whole";
}

function checkBounds(vma: VmaEntry, pageSize: number): void {
  const { start, end, pgoff } = vma;
  const mapsAtPage = !mapsFile(vma) && !mapsSharedMemory(vma) || isPage(pgoff, pageSize);
  if (end > start && isPage(start, pageSize) && isPage(end, pageSize) && mapsAtPage) return;
  const place = `0x${start.toString(16)}-0x${end.toString(16)}`;
  throw dataError(`the memory area ${place} is not made of pages of ${pageSize} bytes`);
}

/** Whether an address is a page bound. Avoids bigints, because there may be many areas. */
function isPage(place: bigint, pageSize: number): boolean {
  const number = Number(place);
  if (Number.isSafeInteger(number)) return number % pageSize === 0;
  return place % BigInt(pageSize) === 0n;
}

/** The extents of an area, including the bytes of the file that it maps. */
function* splice(
  vma: VmaEntry,
  found: Iterable<DumpExtent>,
  file: BackingFile | undefined,
  { imageOf, lossOf, onAbsent, onImage, pageSize }: AreaSources,
): Generator<CoreExtent> {
  // An area that may be huge and is not to be written has only the pages of the dump.
  const untouched = isDontDump(vma) ? "absent" : "zeros";
  for (const extent of found) {
    const { kind, length } = extent;
    if (kind === "image") {
      onImage(extent);
      yield { kind: "bytes", length, source: imageOf(extent), offset: extent.offset };
    } else if (kind === "file") {
      yield* filePages(file?.contents(), extent.offset, length, pageSize);
    } else if (kind === "lost") {
      if (!extent.needsParent) throw lossOf(vma);
      onAbsent("parent", length);
      yield { kind: "absent", length };
    } else {
      if (kind === "lazy") onAbsent("lazy", length);
      yield { kind: kind === "zeros" ? untouched : "absent", length };
    }
  }
}

/** The pages of a file: the last one is padded with zeros; there is nothing beyond it. */
export function filePages(
  contents: Contents | undefined,
  offset: number,
  length: number,
  pageSize: number,
): CoreExtent[] {
  const found = contents?.slice(offset, offset + length) ?? [];
  const there = found.reduce((sum, extent) => sum + extent.length, 0);
  const rest = roundUp(there, pageSize) - there;
  return [
    ...found,
    { kind: "zeros", length: rest },
    { kind: "absent", length: length - there - rest },
  ];
}

function beginsElf([first]: readonly CoreExtent[]): boolean {
  if (first?.kind !== "bytes" || first.length < 4) return false;
  const magic = new Uint8Array(4);
  first.source.read(first.offset, magic);
  return new DataView(magic.buffer).getUint32(0) === 0x7f454c46;
}
