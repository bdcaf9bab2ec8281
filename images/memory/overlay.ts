/** Files with replaced or added bytes, without rewriting them. @module */

import { firstIndex } from "../bytes/binary_search.ts";
import type { DerivedImage } from "../dump/derived.ts";
import type { ImageFile, ImageSource } from "../dump/source.ts";
import { CritError } from "../errors.ts";

/** A part of a file: new bytes, or a part of the original file. */
export type OverlayPart =
  | { readonly bytes: Uint8Array }
  /** Both in bytes. */
  | { readonly from: number; readonly length: number };

/** The parts of a file in order. */
export type Overlay = readonly OverlayPart[];

function lengthOf(segment: OverlayPart): number {
  return "bytes" in segment ? segment.bytes.length : segment.length;
}

/** Size of a file in bytes. */
function sizeOf(overlay: Overlay): number {
  return overlay.reduce((sum, segment) => sum + lengthOf(segment), 0);
}

/** A file with an overlay. */
class OverlaidFile implements ImageFile {
  readonly size: number;
  readonly #ends: Float64Array;

  constructor(
    readonly name: string,
    readonly original: ImageFile | undefined,
    readonly overlay: Overlay,
  ) {
    let end = 0;
    this.#ends = Float64Array.from(overlay, (segment) => end += lengthOf(segment));
    this.size = end;
  }

  read(offset: number, into: Uint8Array): number {
    let done = 0;
    for (let i = this.#segmentAt(offset); i < this.overlay.length && done < into.length; i++) {
      const segment = this.overlay[i]!;
      const skipped = offset + done - (i === 0 ? 0 : this.#ends[i - 1]!);
      const room = into.subarray(done, done + lengthOf(segment) - skipped);
      if ("bytes" in segment) room.set(segment.bytes.subarray(skipped, skipped + room.length));
      else if (this.original?.read(segment.from + skipped, room) !== room.length) return done;
      done += room.length;
    }
    return done;
  }

  [Symbol.dispose](): void {
    this.original?.[Symbol.dispose]();
  }

  #segmentAt(offset: number): number {
    return firstIndex(this.overlay.length, (index) => this.#ends[index]! > offset);
  }
}

/** Images with overlays, as replacements of a dump's images. */
export function overlaidImages(
  source: ImageSource,
  overlays: ReadonlyMap<string, Overlay>,
): Map<string, DerivedImage> {
  return new Map([...overlays].map(([name, overlay]) => {
    const open = () => openOverlaid(source, name, overlay);
    return [name, { size: sizeOf(overlay), open }];
  }));
}

/**
 * Opens a file with an overlay.
 *
 * @throws {CritError} `file` if the original file cannot be opened
 */
export function openOverlaid(source: ImageSource, name: string, overlay: Overlay): ImageFile {
  const needsOriginal = overlay.some((segment) => !("bytes" in segment));
  if (needsOriginal && !source.files.has(name)) {
    throw new CritError("file", "it is not there", { image: name });
  }
  return new OverlaidFile(name, needsOriginal ? source.open(name) : undefined, overlay);
}
