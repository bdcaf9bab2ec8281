/** Serves an old dump in its newest form. @module */

import { convertDump } from "../convert/convert.ts";
import type { ConversionOutput, ImageOutput } from "../convert/output.ts";
import { ConversionReport } from "../convert/report.ts";
import { Dump } from "../dump/dump.ts";
import type { ImageFile, ImageSource, Stored } from "../dump/source.ts";
import { CritError, dataError } from "../errors.ts";
import { parseTarget } from "../releases/releases.ts";
import { readFully, type SystemCalls, writeFully } from "./system.ts";

/**
 * Serves a dump converted to the newest form. Changed images are converted before CRIU asks for
 * them and wait in an unlinked file; all others, including pages, come from the original dump.
 */
export class ConvertedSource implements ImageSource {
  readonly files: ReadonlyMap<string, number>;

  private constructor(readonly source: ImageSource, readonly products: SpooledProducts) {
    const kept = [...products.kept].map((name) => [name, source.files.get(name)!] as const);
    const made = [...products.made.values()].map(({ name, size }) => [name, size] as const);
    this.files = new Map([...kept, ...made]);
  }

  /**
   * Converts a dump.
   *
   * @param source closed with the result; remains the caller's if this fails
   * @param descriptor an empty file, readable and writable; closed with the result, and also if
   * this fails
   * @param onImage called after each image; a promise that it returns is awaited
   * @throws {CritError} `data` if an image is damaged, or the newest form cannot represent a value
   */
  static async convert(
    system: SystemCalls,
    source: ImageSource,
    descriptor: number,
    onImage: () => Promise<void> | undefined,
  ): Promise<ConvertedSource> {
    const products = new SpooledProducts(new Spool(system, descriptor));
    const report = new ConversionReport();
    try {
      // The images of the dump are closed with the source.
      const dump = new Dump(source);
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

  get path(): string {
    return this.source.path;
  }

  get identity(): string {
    return this.source.identity;
  }

  get parentLink(): string | undefined {
    return this.source.parentLink;
  }

  open(name: string): ImageFile {
    const made = this.products.made.get(name);
    if (made !== undefined) return made;
    if (this.products.kept.has(name)) return this.source.open(name);
    throw new CritError("file", "it is not there", { image: name });
  }

  openParent(): ImageSource {
    return this.source.openParent();
  }

  [Symbol.dispose](): void {
    this.products.spool.close();
    this.source[Symbol.dispose]();
  }
}

/** Writes converted images to a spool. */
class SpooledProducts implements ConversionOutput {
  readonly made = new Map<string, SpooledImage>();
  readonly kept = new Set<string>();

  constructor(readonly spool: Spool) {}

  keep(name: string): void {
    this.kept.add(name);
  }

  create(name: string): ImageOutput {
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

/** An unlinked file to which images are appended. */
class Spool {
  #end = 0;

  /** @param descriptor an empty file, readable and writable; closed with the spool */
  constructor(readonly system: SystemCalls, readonly descriptor: number) {}

  /** Appends bytes; returns their offset. */
  append(bytes: Uint8Array, what: string): number {
    writeFully(this.system, this.descriptor, bytes, what);
    const begin = this.#end;
    this.#end += bytes.length;
    return begin;
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/** A run of an image's bytes in the spool. */
interface Run {
  /** Offsets of the run in the image and in the spool, in bytes. */
  readonly at: number;
  readonly offset: number;
  length: number;
}

/** An image in the spool. */
class SpooledImage implements ImageFile {
  readonly #runs: Run[] = [];
  #size = 0;

  constructor(readonly spool: Spool, readonly name: string) {}

  get size(): number {
    return this.#size;
  }

  get stored(): Stored | undefined {
    const [run, ...others] = this.#runs;
    if (run === undefined || others.length > 0) return undefined;
    return { descriptor: this.spool.descriptor, offset: run.offset };
  }

  write(bytes: Uint8Array): void {
    const offset = this.spool.append(bytes, this.name);
    const last = this.#runs.at(-1);
    if (last !== undefined && last.offset + last.length === offset) last.length += bytes.length;
    else this.#runs.push({ at: this.#size, offset, length: bytes.length });
    this.#size += bytes.length;
  }

  read(offset: number, into: Uint8Array): number {
    const { system, descriptor } = this.spool;
    let filled = 0;
    for (const run of this.#runs) {
      const skipped = offset + filled - run.at;
      if (skipped < 0 || skipped >= run.length) continue;
      const piece = into.subarray(filled, filled + run.length - skipped);
      filled += readFully(system, descriptor, run.offset + skipped, piece, this.name);
      if (filled === into.length) break;
    }
    return filled;
  }

  [Symbol.dispose](): void {}
}
