/** Mapped files without a name: their contents are in the dump, or under another name. @module */

import type { RegFileEntry, RemapFilePathEntry } from "../../proto/types.ts";
import { ghostEntries } from "../dump/ghost_entries.ts";
import type { TaskDump } from "../dump/task.ts";
import { dataError } from "../errors.ts";
import type { ImageBytes } from "./image_bytes.ts";
import { Contents, type CoreExtent } from "./memory.ts";

/** The fate of a file's name. */
export type Remap =
  /** The file has no name; the dump has its contents. */
  | { readonly kind: "ghost"; readonly contents: Contents }
  /** CRIU gave the file another name. */
  | { readonly kind: "link"; readonly file: RegFileEntry };

/** Before CRIU 1.4, this bit of `remap_id` marked a ghost file. */
const OLD_GHOST = 0x80000000;

/** Number of the ghost file that a remap leads to; undefined if it leads to none. */
export function ghostOf({ remap_id, remap_type }: RemapFilePathEntry): number | undefined {
  if (remap_type === "GHOST") return remap_id;
  return remap_type === undefined && remap_id >= OLD_GHOST ? remap_id - OLD_GHOST : undefined;
}

/** The fates of names of a dump's files. */
export class Ghosts {
  readonly #dump: TaskDump;
  readonly #images: ImageBytes;
  readonly #entries: ReadonlyMap<number, RemapFilePathEntry>;
  readonly #contents = new Map<number, Contents>();

  /** @param images the bytes of ghost files */
  constructor(dump: TaskDump, images: ImageBytes) {
    const entries = dump.optionalEntries("remap-fpath.img", "remap_file_path_entry");
    this.#dump = dump;
    this.#images = images;
    this.#entries = new Map(entries.map((entry) => [entry.orig_id, entry]));
  }

  /**
   * The fate of the name of the REG file with this id; undefined if it still has its name.
   *
   * @throws {CritError} `data` if the image of its contents is missing or damaged
   */
  remapOf(id: number): Remap | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { remap_id, remap_type } = entry;
    const ghost = ghostOf(entry);
    if (ghost !== undefined) return { kind: "ghost", contents: this.contentsOf(ghost) };
    if (remap_type === "PROCFS") return undefined;
    const file = this.#dump.files.get("REG", remap_id)?.reg;
    return file && { kind: "link", file };
  }

  /**
   * The contents of a ghost file.
   *
   * @throws {CritError} `data` if its image is missing or damaged
   */
  contentsOf(number: number): Contents {
    let contents = this.#contents.get(number);
    if (contents === undefined) {
      contents = new Contents(this.#extents(`ghost-file-${number.toString(16)}.img`));
      this.#contents.set(number, contents);
    }
    return contents;
  }

  /** The extents of a ghost file: all bytes after its entry, or chunks with holes between them. */
  #extents(name: string): CoreExtent[] {
    const { error, type, entries, size, offsets, extraSizes } = this.#dump.image(name);
    if (error !== undefined) throw error;
    const { head: ghost, chunks } = ghostEntries(entries);
    if (ghost === undefined || type?.head?.entry !== "ghost_file_entry") {
      throw dataError("it has no entry of a ghost file", { image: name });
    }
    const source = this.#images.of(this.#dump, name);
    const bytesOf = (entry: number): CoreExtent => {
      const length = extraSizes[entry]!;
      const end = offsets[entry + 1] ?? size;
      return { kind: "bytes", length, source, offset: end - length };
    };
    if (!ghost.chunks) return [bytesOf(0)];
    const extents: CoreExtent[] = [];
    let at = 0;
    for (const [index, chunk] of chunks.entries()) {
      const hole = Number(chunk.off) - at;
      if (hole < 0) throw dataError("the chunks overlap", { image: name, entry: index + 1 });
      const bytes = bytesOf(index + 1);
      extents.push({ kind: "zeros", length: hole }, bytes);
      at += hole + bytes.length;
    }
    const rest = Math.max(0, Number(ghost.size ?? 0n) - at);
    return [...extents, { kind: "zeros", length: rest }];
  }
}
