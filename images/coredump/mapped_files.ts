/**
 * Mapped files: those of their pages that a process had not changed are not in its dump.
 *
 * @module
 */

import type { RegFileEntry } from "../../proto/types.ts";
import { CritError } from "../errors.ts";
import { buildIdOf } from "./build_id.ts";
import { type ByteOrder, ByteWriter } from "./bytes.ts";
import type { ByteSource } from "./memory.ts";

/** A file that is open for reading. */
export interface OpenFile extends ByteSource, Disposable {
  /** In bytes. */
  readonly size: number;
}

/** Opens a regular file by its path in the dumped process; undefined when there is none. */
export type OpenMapped = (path: string) => OpenFile | undefined;

/** A mapped file whose pages a core file has to do without. */
export interface MissingFile {
  readonly name: string;
  /** Why, as a phrase that follows the name: `is not there`. */
  readonly reason: string;
}

/** A mapped file's bytes. */
export interface MappedFile extends ByteSource {
  /** In bytes. */
  readonly size: number;
}

/** The mapped files of a process. At most one is open at a time. */
export class MappedFiles implements Disposable {
  readonly #open: OpenMapped;
  readonly #order: ByteOrder;
  readonly #found = new Map<number, MappedFile | undefined>();
  readonly #missing = new Map<string, MissingFile>();
  #current: { readonly name: string; readonly file: OpenFile } | undefined;

  /** @param order byte order of the machine that the dump was made on */
  constructor(open: OpenMapped, order: ByteOrder) {
    this.#open = open;
    this.#order = order;
  }

  /** The files that were asked for and are not there or are not what was mapped. */
  get missing(): readonly MissingFile[] {
    return [...this.#missing.values()];
  }

  /** A file's bytes; undefined when it is missing. */
  find(entry: RegFileEntry): MappedFile | undefined {
    if (!this.#found.has(entry.id)) this.#found.set(entry.id, this.#check(entry));
    return this.#found.get(entry.id);
  }

  /** Closes what is open; a file that is read later is opened again. */
  [Symbol.dispose](): void {
    this.#current?.file[Symbol.dispose]();
    this.#current = undefined;
  }

  #check(entry: RegFileEntry): MappedFile | undefined {
    const { name } = entry;
    const file = this.#opened(name);
    const reason = reasonAgainst(file, entry, this.#order);
    if (file === undefined || reason !== undefined) {
      this.#missing.set(name, { name, reason: reason ?? NOT_THERE });
      return undefined;
    }
    return { size: file.size, read: (offset, into) => this.#again(name).read(offset, into) };
  }

  #opened(name: string): OpenFile | undefined {
    if (this.#current?.name === name) return this.#current.file;
    this[Symbol.dispose]();
    const file = this.#open(name);
    if (file !== undefined) this.#current = { name, file };
    return file;
  }

  #again(name: string): OpenFile {
    const file = this.#opened(name);
    if (file === undefined) throw new CritError("file", "it is gone", { image: name });
    return file;
  }
}

const NOT_THERE = "is not there";

/** Why a file is not the one that `entry` tells of; undefined when it is. */
function reasonAgainst(
  file: OpenFile | undefined,
  entry: RegFileEntry,
  order: ByteOrder,
): string | undefined {
  if (file === undefined) return NOT_THERE;
  const { size, build_id } = entry;
  if (size === undefined) return "has no size in the dump to compare with";
  if (BigInt(file.size) !== size) return `has ${file.size} bytes, not ${size} as when dumped`;
  if (build_id === undefined || build_id.length === 0) return undefined;
  // CRIU reads the id as 32-bit words of the machine; the last one may be padded.
  const words = new ByteWriter(4 * build_id.length, order);
  words.all(4, build_id);
  const found = buildIdOf(file, file.size);
  const isSame = found !== undefined && found.length > words.bytes.length - 4 &&
    found.every((byte, i) => byte === words.bytes[i]);
  return isSame ? undefined : "has another build id than when dumped";
}
