/**
 * Memory areas as what they are made of, as far as a core file has them.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import type { Extent as DumpExtent, Span } from "../dump/extent.ts";
import { hasStatus, lengthOf, mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { dataError } from "../errors.ts";
import { VMA } from "../kernel/memory.ts";
import { roundUp } from "./elf/bytes.ts";
import { type AreaFacts, isDontDump, shareOf } from "./filter.ts";
import type { ByteSource, Contents, CoreExtent } from "./memory.ts";
import type { CoreArea } from "./segments.ts";

/** Why pages are not in the dump: in a missing parent dump, or to be fetched later. */
export type AbsentPages = "parent" | "lazy";

/** Where the bytes of areas are. */
export interface AreaSources {
  /** In bytes. */
  readonly pageSize: number;
  /** What the dump says that an area, or a part of it, is made of. */
  readonly extentsOf: (vma: VmaEntry, part?: Span) => Iterable<DumpExtent>;
  /** Whether the dump has pages of an area, be it in a parent dump. */
  readonly hasPages: (vma: VmaEntry) => boolean;
  /** Told of every run of bytes of an image of the dump. */
  readonly onImage: (extent: DumpExtent) => void;
  /** The bytes of an image of the dump. */
  readonly imageOf: (extent: DumpExtent & { readonly kind: "image" }) => ByteSource;
  /** The file that a file-backed area maps. */
  readonly fileOf: (vma: VmaEntry) => BackingFile | undefined;
  /** Why bytes that ought to be in the dump are not. */
  readonly lossOf: (vma: VmaEntry) => Error;
  /** Told of bytes that are left out because they are not in the dump. */
  readonly onAbsent: (why: AbsentPages, bytes: number) => void;
}

/** A file that an area maps. */
export interface BackingFile {
  /** Whether it still had a name, or ever had one. */
  readonly isNamed: boolean;
  /** Whether somebody may execute it. */
  readonly isExecutable: boolean;
  /** Looks up what it holds; undefined when that is not at hand. */
  readonly contents: () => Contents | undefined;
}

/**
 * An area with all that is known of it, or with what a kernel would write.
 *
 * @param filter bits of the kernel's `coredump_filter`; undefined for all that is known
 * @throws {CritError} `data` when its bounds are no page bounds or its pages are lost
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

/** Memory that the process never touched is zeros that need not be said. */
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

/** Whether a page may begin there. Bigints are avoided: there may be many areas. */
function isPage(place: bigint, pageSize: number): boolean {
  const number = Number(place);
  if (Number.isSafeInteger(number)) return number % pageSize === 0;
  return place % BigInt(pageSize) === 0n;
}

/** What an area is made of, with the bytes of the file that it maps put in. */
function* splice(
  vma: VmaEntry,
  found: Iterable<DumpExtent>,
  file: BackingFile | undefined,
  { imageOf, lossOf, onAbsent, onImage, pageSize }: AreaSources,
): Generator<CoreExtent> {
  // What may be huge and should not be written has but the pages that are there.
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

/** Pages of a file: its last one is filled up with zeros, and beyond it there is nothing. */
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
