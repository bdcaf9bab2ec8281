/**
 * An old dump in its newest form, as the place to serve from.
 *
 * @module
 */

import { convertDump } from "../convert/convert.ts";
import type { Product, Products } from "../convert/products.ts";
import { Report } from "../convert/report.ts";
import { Dump } from "../dump/dump.ts";
import { dataError } from "../errors.ts";
import { parseTarget } from "../releases/releases.ts";
import { Spool, SpooledImage } from "./spool.ts";
import type { DumpSource, SeekableDumpSource, SourceFile } from "./store.ts";
import type { SystemCalls } from "./system.ts";

/**
 * Serves a dump brought into the newest form. Images that change are converted before CRIU asks and
 * wait in a file without a name; the others, pages among them, come from where they are.
 */
export class ConvertedSource implements DumpSource {
  private constructor(readonly source: DumpSource, readonly products: SpooledProducts) {}

  /**
   * Converts a dump.
   *
   * @param source stays the caller's if this fails, is closed with this otherwise
   * @param descriptor an empty file to be read and written; closed with this, also if this fails
   * @param onImage told after each image; a promise that it returns is waited for
   * @throws {CritError} `data` when an image is damaged, or the newest form cannot say something
   */
  static async convert(
    system: SystemCalls,
    source: SeekableDumpSource,
    descriptor: number,
    onImage: () => Promise<void> | undefined,
  ): Promise<ConvertedSource> {
    const products = new SpooledProducts(new Spool(system, descriptor));
    const report = new Report();
    try {
      // The dump's images close with the source.
      const dump = new Dump(source.images);
      for (const _turn of convertDump(dump, parseTarget(), products, report)) {
        const turn = onImage();
        if (turn !== undefined) await turn;
      }
      const [loss] = report.refusals;
      if (loss !== undefined) {
        const { image, entry, field, what } = loss;
        throw dataError(`its newest form would lose ${what}`, { image, entry, field });
      }
      return new ConvertedSource(source, products);
    } catch (error) {
      products.spool.close();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.products.made.keys(), ...this.products.kept];
  }

  open(name: string): ReturnType<DumpSource["open"]> {
    const made = this.products.made.get(name);
    if (made !== undefined) return new SpooledFile(made);
    return this.products.kept.has(name) ? this.source.open(name) : undefined;
  }

  close(): void {
    this.products.spool.close();
    this.source.close();
  }
}

/** Takes converted images into a spool. */
class SpooledProducts implements Products {
  readonly made = new Map<string, SpooledImage>();
  readonly kept = new Set<string>();

  constructor(readonly spool: Spool) {}

  keep(name: string): void {
    this.kept.add(name);
  }

  create(name: string): Product {
    const image = new SpooledImage(this.spool, name);
    return {
      write: (bytes) => image.write(bytes),
      skip: (length) => {
        for (let left = length; left > 0; left -= ZEROS.length) {
          image.write(ZEROS.subarray(0, left));
        }
      },
      end: () => this.made.set(name, image),
    };
  }
}

const ZEROS = new Uint8Array(1 << 16);

/** A converted image. */
class SpooledFile implements SourceFile {
  readonly size: number;
  readonly #pieces: Generator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();

  constructor(image: SpooledImage) {
    this.size = image.size;
    this.#pieces = image.read();
  }

  readInto(buffer: Uint8Array): number {
    if (this.#piece.length === 0) this.#piece = this.#pieces.next().value ?? this.#piece;
    const piece = this.#piece.subarray(0, buffer.length);
    buffer.set(piece);
    this.#piece = this.#piece.subarray(piece.length);
    return piece.length;
  }

  close(): void {
    this.#pieces.return(undefined);
  }
}
