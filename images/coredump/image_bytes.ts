/**
 * The bytes of a dump's files.
 *
 * @module
 */

import type { DumpImages } from "../dump/images.ts";
import { dataError } from "../errors.ts";
import type { ByteSource } from "./memory.ts";

/** Caches one source for each file, so that sources of the same file are the same object. */
export class ImageBytes {
  readonly #sources = new Map<DumpImages, Map<string, ByteSource>>();

  /** The bytes of the file `name` in a dump. */
  of(dump: DumpImages, name: string): ByteSource {
    let sources = this.#sources.get(dump);
    if (sources === undefined) this.#sources.set(dump, sources = new Map());
    let source = sources.get(name);
    if (source === undefined) sources.set(name, source = sourceOf(dump, name));
    return source;
  }
}

function sourceOf(dump: DumpImages, name: string): ByteSource {
  return {
    read(offset, into) {
      const count = dump.read(name, offset, into);
      if (count === into.length) return;
      throw dataError(`it ends after ${offset + count} bytes`, { image: name });
    },
  };
}
