/**
 * The contents of file-backed memory areas: files, ghost files, and memory that appears as a file.
 *
 * @module
 */

import type { RegFileEntry, VmaEntry } from "../../proto/types.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import type { TaskDump } from "../dump/task.ts";
import { mapsFile } from "../dump/vma.ts";
import { dataError } from "../errors.ts";
import type { BackingFile } from "./areas.ts";
import { Ghosts } from "./ghosts.ts";
import type { ImageBytes } from "./image_bytes.ts";
import { MappedFiles, type MissingFile, type OpenMapped } from "./mapped_files.ts";
import { MappingNames } from "./mapping_names.ts";
import type { Mapping } from "./notes.ts";

const FILES = "files.img";

/** The contents that the areas of a dump's tasks map. */
export class MappedContents implements Disposable {
  readonly #dump: TaskDump;
  readonly #ghosts: Ghosts;
  readonly #mapped: MappedFiles | undefined;
  readonly #names: MappingNames;

  /**
   * @param order byte order of the machine of the dump
   * @param open opens a file that is not in the dump; undefined to leave such files out
   */
  constructor(dump: TaskDump, images: ImageBytes, order: ByteOrder, open?: OpenMapped) {
    this.#dump = dump;
    this.#ghosts = new Ghosts(dump, images);
    this.#mapped = open && new MappedFiles(open, order);
    this.#names = new MappingNames(dump, {
      entryOf: (vma) => this.#entryOf(vma),
      isDeleted: (id) => this.#ghosts.remapOf(id) !== undefined,
    });
  }

  /** Requested files that are missing or have changed. */
  get missing(): readonly MissingFile[] {
    return this.#mapped?.missing ?? [];
  }

  /**
   * The file that an area maps; undefined if it maps none.
   *
   * @throws {CritError} `data` if the dump has no entry for it
   */
  fileOf(vma: VmaEntry): BackingFile | undefined {
    if (!mapsFile(vma)) return undefined;
    const file = this.#entryOf(vma);
    const isExecutable = ((file.mode ?? 0) & 0o111) !== 0;
    const remap = this.#ghosts.remapOf(file.id);
    if (remap?.kind === "ghost") {
      return { isNamed: false, isExecutable, contents: () => remap.contents };
    }
    const name = remap?.file.name ?? file.name;
    const contents = () => this.#mapped?.find({ ...file, name });
    return { isNamed: true, isExecutable, contents };
  }

  /** The areas that map a named file. */
  mappingsOf(vmas: readonly VmaEntry[]): Mapping[] {
    const mappings: Mapping[] = [];
    for (const vma of vmas) {
      const name = this.#names.nameOf(vma);
      if (name === undefined) continue;
      mappings.push({ start: vma.start, end: vma.end, offset: vma.pgoff, name });
    }
    return mappings;
  }

  /** Closes the open file, if any. */
  [Symbol.dispose](): void {
    this.#mapped?.[Symbol.dispose]();
  }

  #entryOf({ shmid }: VmaEntry): RegFileEntry {
    const file = this.#dump.files.get("REG", Number(shmid))?.reg;
    if (file !== undefined) return file;
    const isThere = ["files.img", "reg-files.img"].some((name) => this.#dump.has(name));
    if (!isThere) throw dataError("the image is missing", { image: FILES });
    throw dataError(`there is no regular file ${shmid}, which a memory area maps`, {
      image: FILES,
    });
  }
}
