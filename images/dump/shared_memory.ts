/**
 * Memory that tasks share: anonymous shared memory, System V segments and memfds.
 *
 * Each has a page map of its own, pagemap-shmem-%u.img, addressed from 0.
 *
 * @module
 */

import type { MemfdInodeEntry, VmaEntry } from "../../proto/types.ts";
import { VMA } from "../kernel/memory.ts";
import { type Extent, extentsOf, type Span } from "./extent.ts";
import type { FileTable } from "./file_table.ts";
import type { DumpImages } from "./images.ts";
import { hasStatus } from "./vma.ts";

/** A System V segment whose bytes are in the image of segments itself, as before CRIU 3.0. */
interface InlineSegment {
  readonly image: string;
  /** Where its bytes begin in the image. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** The shared memory of a dump. */
export class SharedMemory {
  #inodes: ReadonlyMap<bigint, MemfdInodeEntry> | undefined;
  #segments: ReadonlyMap<number, InlineSegment> | undefined;

  /** Reads the memory that areas of `dump` share; `files` finds its memfds. */
  constructor(readonly dump: DumpImages, readonly files: FileTable) {}

  /** Inodes of memfds, by `inode_id`. */
  get memfdInodes(): ReadonlyMap<bigint, MemfdInodeEntry> {
    return this.#inodes ??= new Map(
      this.dump.optionalEntries("memfd.img", "memfd_inode_entry")
        .map((inode) => [inode.inode_id, inode]),
    );
  }

  /** The inode of the memfd whose file has this id. */
  memfdInode(fileId: number): MemfdInodeEntry | undefined {
    const file = this.files.get("MEMFD", fileId)?.memfd;
    return file === undefined ? undefined : this.memfdInodes.get(BigInt(file.inode_id));
  }

  /**
   * Number of the pagemap-shmem-%u.img with the memory that an area maps; undefined if the area's
   * memfd is not in the dump.
   */
  idOf(vma: VmaEntry): number | undefined {
    if (!hasStatus(vma, VMA.MEMFD)) return Number(vma.shmid);
    return this.memfdInode(Number(vma.shmid))?.shmid;
  }

  /**
   * The extents of a span of shared memory, by offsets from its beginning.
   *
   * @param pageSize in bytes
   */
  extents(id: number, span: Span, pageSize: number): Iterable<Extent> {
    const name = sharedPageMapName(id);
    const segment = this.dump.has(name) ? undefined : this.#inlineSegments.get(id);
    if (segment !== undefined) return inlineExtents(this.dump, segment, span);
    const kind = this.dump.has(name) ? "zeros" : "lost";
    return extentsOf(
      { dump: this.dump, name, pageSize },
      span,
      ({ from, to }) => [{ kind, at: 0, length: to - from }],
    );
  }

  get #inlineSegments(): ReadonlyMap<number, InlineSegment> {
    return this.#segments ??= new Map(inlineSegments(this.dump));
  }
}

/** File name of a page map of shared memory. */
export function sharedPageMapName(id: number): string {
  return `pagemap-shmem-${id}.img`;
}

function* inlineSegments(dump: DumpImages): Generator<[id: number, segment: InlineSegment]> {
  const images = dump.dumpFiles.ofTypes(({ entry }) => entry === "ipc_shm_entry");
  for (const { name } of images) {
    const entries = dump.entries(name, "ipc_shm_entry");
    const { offsets, extraSizes, size, error } = dump.image(name);
    for (const [index, entry] of entries.entries()) {
      const length = extraSizes[index]!;
      if (entry.in_pagemaps || length === 0) continue;
      const isLast = index === entries.length - 1;
      // The last whole entry of a damaged image ends somewhere before the image does.
      if (isLast && error !== undefined) continue;
      const end = isLast ? size : offsets[index + 1]!;
      yield [entry.desc.id, { image: name, offset: end - length, length }];
    }
  }
}

function inlineExtents(dump: DumpImages, segment: InlineSegment, { from, to }: Span): Extent[] {
  const there = Math.min(to, segment.length) - from;
  const offset = segment.offset + from;
  const name = segment.image;
  if (there <= 0) return [{ kind: "zeros", at: 0, length: to - from }];
  const bytes: Extent = { kind: "image", dump, name, offset, at: 0, length: there };
  if (there === to - from) return [bytes];
  return [bytes, { kind: "zeros", at: there, length: to - from - there }];
}
