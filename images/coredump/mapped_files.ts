/** Mapped files, whose unchanged pages are not in the dump. @module */

import type { RegFileEntry } from "../../proto/types.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { buildIdOf, bytesOfWords, isSameBuild } from "../dump/build_id.ts";
import type { ImageFile } from "../dump/source.ts";
import { CritError } from "../errors.ts";
import { type ByteSource, Contents } from "./memory.ts";

/** Opens a regular file by its path in the dumped process; undefined if it does not exist. */
export type OpenMapped = (path: string) => ImageFile | undefined;

/** A mapped file whose pages are left out of a core file. */
export interface MissingFile {
  /** Its path in the dumped process. */
  readonly name: string;
  /** The reason, as a phrase that follows the name: `is not there`. */
  readonly reason: string;
}

/** The mapped files of a process. At most one is open at a time. */
export class MappedFiles implements Disposable {
  readonly #open: OpenMapped;
  readonly #order: ByteOrder;
  readonly #found = new Map<number, Contents | undefined>();
  readonly #missing = new Map<string, MissingFile>();
  #current: { readonly name: string; readonly file: ImageFile } | undefined;

  /** @param order byte order of the machine of the dump */
  constructor(open: OpenMapped, order: ByteOrder) {
    this.#open = open;
    this.#order = order;
  }

  /** Requested files that are missing or have changed. */
  get missing(): readonly MissingFile[] {
    return [...this.#missing.values()];
  }

  /** The contents of a file; undefined if it is missing. */
  find(entry: RegFileEntry): Contents | undefined {
    if (!this.#found.has(entry.id)) this.#found.set(entry.id, this.#check(entry));
    return this.#found.get(entry.id);
  }

  /** Closes the open file; it is opened again when it is read. */
  [Symbol.dispose](): void {
    this.#current?.file[Symbol.dispose]();
    this.#current = undefined;
  }

  #check(entry: RegFileEntry): Contents | undefined {
    const { name } = entry;
    const file = this.#opened(name);
    const reason = reasonAgainst(file, entry, this.#order);
    if (file === undefined || reason !== undefined) {
      this.#missing.set(name, { name, reason: reason ?? NOT_THERE });
      return undefined;
    }
    const source: ByteSource = { read: (offset, into) => this.#read(name, offset, into) };
    return new Contents([{ kind: "bytes", length: file.size, source, offset: 0 }]);
  }

  #opened(name: string): ImageFile | undefined {
    if (this.#current?.name === name) return this.#current.file;
    this[Symbol.dispose]();
    const file = this.#open(name);
    if (file !== undefined) this.#current = { name, file };
    return file;
  }

  #read(name: string, offset: number, into: Uint8Array): void {
    const file = this.#opened(name);
    if (file === undefined) throw new CritError("file", "it is gone", { image: name });
    if (file.read(offset, into) === into.length) return;
    throw new CritError("file", "it was cut short in the meantime", { image: name });
  }
}

const NOT_THERE = "is not there";

/** The reason why a file is not the one in `entry`; undefined if it is. */
function reasonAgainst(
  file: ImageFile | undefined,
  entry: RegFileEntry,
  order: ByteOrder,
): string | undefined {
  if (file === undefined) return NOT_THERE;
  const { size, build_id } = entry;
  if (size === undefined) return "has no size in the dump to compare with";
  if (BigInt(file.size) !== size) return `has ${file.size} bytes, not ${size} as when dumped`;
  if (build_id === undefined || build_id.length === 0) return undefined;
  const found = buildIdOf(file);
  const isSame = found !== undefined && isSameBuild(found, bytesOfWords(build_id, order));
  return isSame ? undefined : "has another build id than when dumped";
}
