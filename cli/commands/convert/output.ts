/**
 * Where `crit convert` writes: a directory or an image that is complete or not there at all.
 *
 * @module
 */

import { writeAll } from "../../../images/bytes/io.ts";
import type { Product, Products } from "../../../images/convert/products.ts";
import { DirectorySource } from "../../../images/dump/directory.ts";
import type { ImageSource } from "../../../images/dump/source.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { openOutput } from "../../files/output.ts";
import { removeOnSignal } from "../../terminal/interrupt.ts";

/** Products that take their place when they are whole; without that they leave no trace. */
export interface Finished extends Products, Disposable {
  /** Says that all is written, and puts it in its place. */
  commit(): void;
}

const nothing: Product = { write: () => {}, skip: () => {}, end: () => {} };

/** For a dry run. */
export const noProducts: Finished = {
  keep: () => {},
  create: () => nothing,
  commit: () => {},
  [Symbol.dispose]: () => {},
};

/** Bytes that are copied at a time. */
const CHUNK = 1 << 20;

/** A dump in a new directory. It is made beside its place, as `.NAME.crit-PID`, and renamed. */
export class DirectoryProducts implements Finished {
  readonly #target: string;
  #temporary: string | undefined;
  #forget = () => {};

  /**
   * @param source the dump that is converted, for files that stay as they are
   * @param copies whether they are copied even where they could be linked
   * @throws {CritError} `file` when there is something at the path already
   */
  constructor(path: string, readonly source: ImageSource, readonly copies: boolean) {
    this.#target = path.replace(/(?<=.)\/+$/, "");
    requireFree(this.#target);
  }

  keep(name: string): void {
    const path = `${this.#directory()}/${name}`;
    if (!(this.source instanceof DirectorySource)) return this.#copy(name);
    const original = Deno.realPathSync(`${this.source.path}/${name}`);
    if (!this.copies && link(original, path)) return;
    Deno.copyFileSync(original, path);
  }

  create(name: string): Product {
    // An archive may call its files anything.
    if (/\/|^\.{0,2}$/.test(name)) throw dataError("it cannot be a file's name", { image: name });
    const path = `${this.#directory()}/${name}`;
    const file = Deno.openSync(path, { write: true, createNew: true });
    let endsInHole = false;
    return {
      write: (bytes) => {
        writeAll(file, bytes);
        endsInHole = false;
      },
      skip: (length) => {
        if (length === 0) return;
        file.seekSync(length, Deno.SeekMode.Current);
        endsInHole = true;
      },
      end: () => {
        if (endsInHole) file.truncateSync(file.seekSync(0, Deno.SeekMode.Current));
        file.close();
      },
    };
  }

  commit(): void {
    const directory = this.#directory();
    const { parentLink } = this.source;
    if (parentLink !== undefined) Deno.symlinkSync(parentLink, `${directory}/parent`);
    Deno.renameSync(directory, this.#target);
    this.#temporary = undefined;
  }

  [Symbol.dispose](): void {
    if (this.#temporary !== undefined) Deno.removeSync(this.#temporary, { recursive: true });
    this.#temporary = undefined;
    this.#forget();
  }

  #copy(name: string): void {
    using file = this.source.open(name);
    const product = this.create(name);
    const chunk = new Uint8Array(CHUNK);
    for (let at = 0; at < file.size;) {
      const count = file.read(at, chunk);
      if (count === 0) break;
      product.write(chunk.subarray(0, count));
      at += count;
    }
    product.end();
  }

  /** Makes the directory when the first file comes. */
  #directory(): string {
    if (this.#temporary !== undefined) return this.#temporary;
    const slash = this.#target.lastIndexOf("/") + 1;
    const name = this.#target.slice(slash).slice(0, 55);
    for (let attempt = 0;; attempt++) {
      const again = attempt === 0 ? "" : `-${attempt}`;
      const path = `${this.#target.slice(0, slash)}.${name}.crit-${Deno.pid}${again}`;
      try {
        Deno.mkdirSync(path);
      } catch (error) {
        // Left by a crash of an earlier process with this number.
        if (error instanceof Deno.errors.AlreadyExists && attempt < 100) continue;
        throw error;
      }
      this.#forget = removeOnSignal(path);
      return this.#temporary = path;
    }
  }
}

/** @throws {CritError} `file` unless there is nothing at a path, or an empty directory */
function requireFree(path: string): void {
  try {
    const info = Deno.lstatSync(path);
    if (info.isDirectory && [...Deno.readDirSync(path)].length === 0) return;
    const reason = info.isDirectory ? "the directory is not empty" : "it exists already";
    throw new CritError("file", reason, { image: path }, "OUT must be new");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Gives a file a second name; false where the file system cannot. */
function link(original: string, path: string): boolean {
  try {
    Deno.linkSync(original, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}

/** A single image. */
export class ImageProducts implements Finished {
  readonly #output;
  #isWritten = false;

  /** @param image name of the image that is converted */
  constructor(readonly path: string, readonly source: ImageSource, readonly image: string) {
    this.#output = openOutput(path);
  }

  keep(name: string): void {
    const product = this.create(name);
    using file = this.source.open(name);
    const chunk = new Uint8Array(CHUNK);
    for (let at = 0; at < file.size;) {
      const count = file.read(at, chunk);
      if (count === 0) break;
      product.write(chunk.subarray(0, count));
      at += count;
    }
    product.end();
  }

  create(name: string): Product {
    if (name !== this.image) {
      const reason = `a part of it belongs into ${name}`;
      throw new CritError("unsupported", reason, { image: this.image }, "convert the whole dump");
    }
    this.#isWritten = true;
    return {
      write: (bytes) => this.#output.write(bytes),
      skip: (length) => this.#output.skip(length),
      end: () => {},
    };
  }

  commit(): void {
    if (!this.#isWritten) throw dataError("nothing is left of it", { image: this.image });
    this.#output.commit();
  }

  [Symbol.dispose](): void {
    this.#output[Symbol.dispose]();
  }
}
