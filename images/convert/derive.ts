/** Converts a dump in memory. @module */

import { joinBytes } from "../bytes/bytes.ts";
import { type DerivedImage, heldImage } from "../dump/derived.ts";
import { CritError } from "../errors.ts";
import type { ConversionOutput, ImageOutput } from "./output.ts";

/** Largest converted image in memory, in bytes. */
const LARGEST = 1 << 30;

/** Holds the images that a conversion changes or creates. */
export class HeldProducts implements ConversionOutput {
  readonly changed = new Map<string, DerivedImage>();
  readonly #kept = new Set<string>();

  keep(name: string): void {
    this.#kept.add(name);
  }

  create(name: string): ImageOutput {
    const pieces: Uint8Array[] = [];
    let size = 0;
    const add = (bytes: () => Uint8Array, length: number) => {
      size += length;
      if (size > LARGEST) {
        const reason = `it becomes larger than ${LARGEST} bytes, too large to hold in memory`;
        throw new CritError("unsupported", reason, { image: name });
      }
      pieces.push(bytes());
    };
    return {
      write: (bytes) => add(() => bytes.slice(), bytes.length),
      skip: (length) => add(() => new Uint8Array(length), length),
      end: () => this.changed.set(name, heldImage(name, joinBytes(pieces))),
    };
  }

  /** The files of a dump that are not part of the converted one. */
  goneOf(names: Iterable<string>): Set<string> {
    return new Set([...names].filter((name) => !this.#kept.has(name) && !this.changed.has(name)));
  }
}
