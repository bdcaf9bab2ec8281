/**
 * Deleted files, memfds, shared memory and mapped files.
 *
 * @module
 */

import type { IpcShmEntry, VmaEntry } from "../../proto/types.ts";
import { ghostOf, Ghosts } from "../coredump/ghosts.ts";
import { ImageBytes } from "../coredump/image_bytes.ts";
import { segmentImages } from "../coredump/mapping_names.ts";
import type { CoreExtent as Bytes } from "../coredump/memory.ts";
import { type Descriptor, descriptorsOf, type FileKey, fileKey } from "../dump/descriptors.ts";
import type { Dump } from "../dump/dump.ts";
import type { Extent } from "../dump/extent.ts";
import { ghostEntries } from "../dump/ghost_entries.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import type { Task } from "../dump/task.ts";
import { hasStatus, lengthOf, mapsFile } from "../dump/vma.ts";
import { VMA } from "../kernel/memory.ts";
import { type Item, limited, type Piece, piecesOf } from "./item.ts";
import { numbered } from "./names.ts";

/** Name of memfds that are anonymous shared memory. */
const ANONYMOUS = "/dev/zero";

/** Indexes of a dump for extracting files. */
export class ExtractContext {
  readonly images = new ImageBytes();
  readonly ghosts: Ghosts;
  readonly tasks: readonly Task[];
  readonly #descriptors: ReadonlyMap<FileKey | string, readonly Descriptor[]>;
  /** Tasks by the file or memory that they map: a file key, or `shared 5`. */
  readonly #mappers = new Map<FileKey | string, Set<number>>();

  constructor(readonly dump: Dump) {
    this.ghosts = new Ghosts(dump, this.images);
    this.tasks = dump.tasks.filter(({ isDead }) => !isDead);
    this.#descriptors = descriptorsOf(this.tasks);
    for (const { pid, memory } of this.tasks) {
      for (const vma of memory.areas) {
        const key = this.keyOf(vma);
        if (key === undefined) continue;
        const known = this.#mappers.get(key);
        if (known === undefined) this.#mappers.set(key, new Set([pid]));
        else known.add(pid);
      }
    }
  }

  /** Key of the mapping of an area. */
  keyOf(vma: VmaEntry): FileKey | string | undefined {
    if (mapsFile(vma)) return fileKey("REG", Number(vma.shmid));
    if (!hasStatus(vma, VMA.ANON_SHARED | VMA.SYSVIPC | VMA.MEMFD)) return undefined;
    const id = this.dump.sharedMemory.idOf(vma);
    return id === undefined ? undefined : `shared ${id}`;
  }

  /** Tasks that have a file open or map it. */
  pidsOf(...keys: Array<FileKey | string>): number[] {
    const pids = new Set<number>();
    for (const key of keys) {
      for (const { pid } of this.#descriptors.get(key) ?? []) pids.add(pid);
      for (const pid of this.#mappers.get(key) ?? []) pids.add(pid);
    }
    return [...pids].sort((a, b) => a - b);
  }

  /** Extents of a dump as bytes. */
  *bytesOf(extents: Iterable<Extent>): Generator<Bytes & { readonly why?: string }> {
    for (const extent of extents) {
      const { kind, length } = extent;
      if (kind === "image") {
        const source = this.images.of(extent.dump, extent.name);
        yield { kind: "bytes", length, source, offset: extent.offset };
      } else if (kind === "zeros") yield { kind, length };
      else yield { kind: "absent", length, why: kind };
    }
  }

  /** Page size of the dump's machine, in bytes. */
  get pageSize(): number {
    return this.tasks[0]?.memory.pageSize ?? 4096;
  }

  /** The first `size` bytes of shared memory. */
  *sharedPieces(id: number, size: number): Generator<Piece> {
    const to = Math.ceil(size / this.pageSize) * this.pageSize;
    const extents = this.dump.sharedMemory.extents(id, { from: 0, to }, this.pageSize);
    yield* limited(piecesOf(this.bytesOf(extents)), size);
  }
}

/** Deleted files, whose contents are in the dump. */
export function* ghostItems(files: ExtractContext): Generator<Item> {
  const { dump, ghosts } = files;
  const remaps = dump.optionalEntries("remap-fpath.img", "remap_file_path_entry");
  const byGhost = Map.groupBy(remaps, ghostOf);
  for (const { name: image, type } of dump.dumpFiles) {
    const number = /^ghost-file-([\da-f]+)\.img$/.exec(image)?.[1];
    if (number === undefined || type?.head?.entry !== "ghost_file_entry") continue;
    const id = parseInt(number, 16);
    const { head: ghost } = ghostEntries(dump.image(image).entries);
    // Only regular files have contents.
    if (ghost === undefined || (ghost.mode & 0o170000) !== 0o100000) continue;
    const originals = (byGhost.get(id) ?? []).map(({ orig_id }) => orig_id);
    const name = originals.map((file) => dump.files.get("REG", file)?.reg?.name)
      .find((name) => name !== undefined);
    const contents = ghosts.contentsOf(id).slice(0, Infinity);
    yield {
      kind: "ghost",
      path: numbered(id, name),
      image,
      ids: { ghost: id, ...(originals[0] === undefined ? {} : { file: originals[0] }) },
      pids: files.pidsOf(...originals.map((file) => fileKey("REG", file))),
      name,
      size: contents.reduce((sum, { length }) => sum + length, 0),
      mode: ghost.mode & 0o7777,
      contents: () => piecesOf(contents),
    };
  }
}

/** Memfds; anonymous shared memory has its own kind. */
export function* memfdItems(files: ExtractContext): Generator<Item> {
  const { sharedMemory } = files.dump;
  const byInode = Map.groupBy(
    files.dump.files.ofType("MEMFD").values(),
    ({ memfd }) => BigInt(memfd?.inode_id ?? -1),
  );
  for (const { inode_id, shmid, name, mode, size } of sharedMemory.memfdInodes.values()) {
    const isAnonymous = name === ANONYMOUS;
    const open = byInode.get(inode_id) ?? [];
    yield {
      kind: isAnonymous ? "shared" : "memfd",
      path: isAnonymous ? `anonymous-${shmid}` : numbered(`${inode_id}`, name),
      image: "memfd.img",
      ids: { inode: `${inode_id}`, shmid },
      pids: files.pidsOf(`shared ${shmid}`, ...open.map(({ id }) => fileKey("MEMFD", id))),
      name,
      size: Number(size),
      mode: mode === undefined ? undefined : mode & 0o7777,
      contents: () => files.sharedPieces(shmid, Number(size)),
    };
  }
}

/** System V segments, and anonymous shared memory of older dumps. */
export function* sharedItems(files: ExtractContext): Generator<Item> {
  const { dump } = files;
  const segments = new Set<number>();
  for (const image of segmentImages(dump)) {
    for (const entry of dump.entries(image, "ipc_shm_entry")) {
      segments.add(entry.desc.id);
      yield segmentItem(files, image, entry);
    }
  }
  const ends = new Map<number, number>();
  for (const vma of files.tasks.flatMap(({ memory }) => memory.areas)) {
    if (!hasStatus(vma, VMA.ANON_SHARED) || hasStatus(vma, VMA.MEMFD | VMA.SYSVIPC)) continue;
    const id = Number(vma.shmid);
    ends.set(id, Math.max(ends.get(id) ?? 0, Number(vma.pgoff) + lengthOf(vma)));
  }
  for (const [id, size] of ends) {
    yield {
      kind: "shared",
      path: `anonymous-${id}`,
      image: sharedPageMapName(id),
      ids: { shmid: id },
      pids: files.pidsOf(`shared ${id}`),
      size,
      contents: () => files.sharedPieces(id, size),
    };
  }
}

function segmentItem(files: ExtractContext, image: string, { desc, size }: IpcShmEntry): Item {
  return {
    kind: "shared",
    path: `sysv-${desc.id}`,
    image,
    ids: { shmid: desc.id, key: `0x${(desc.key >>> 0).toString(16)}` },
    pids: files.pidsOf(`shared ${desc.id}`),
    size: Number(size),
    mode: desc.mode & 0o7777,
    contents: () => files.sharedPieces(desc.id, Number(size)),
  };
}
