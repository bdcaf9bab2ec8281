/**
 * Where `crit convert` writes: a directory or an image that is complete or not there at all.
 *
 * @module
 */

import { below } from "../../../images/bytes/paths.ts";
import type { ConversionOutput, ImageOutput } from "../../../images/convert/output.ts";
import type { ImageSource } from "../../../images/dump/source.ts";
import { dataError, OutputError } from "../../../images/errors.ts";
import { copyBytes } from "../../files/copy.ts";
import { type NewDump, newDump } from "../../files/new_archive.ts";
import { openOutput, type Output } from "../../files/output.ts";
import { asInput, placeIn, type Tree } from "../../files/tree.ts";
import { deferSignals, letSignalsIn } from "../../terminal/interrupt.ts";

/** ConversionOutput that take their place when they are whole; without that they leave no trace. */
export interface Finished extends ConversionOutput, Disposable {
  /** Says that all is written, and puts it in its place. */
  commit(): Promise<void>;
}

const nothing: ImageOutput = { write: () => {}, skip: () => {}, end: () => {} };

/** For a dry run. */
export const noProducts: Finished = {
  keep: () => {},
  create: () => nothing,
  commit: () => Promise.resolve(),
  [Symbol.dispose]: () => {},
};

function productOf(output: Output): ImageOutput {
  return {
    write: (bytes) => output.write(bytes),
    skip: (length) => output.skip(length),
    end: () => output.commit(),
  };
}

/** A dump in a new directory, with all that is beside it. */
export class DumpProducts implements Finished {
  readonly #directory: NewDump;
  readonly #kept = new Set<string>();
  readonly #open = new Set<Output>();

  /**
   * @param tree what the dump is in
   * @param source the dump that is converted
   * @param copies whether files that stay as they are are copied even if they could be linked
   * @throws {CritError} `file` when there is something at the path already
   */
  constructor(path: string, readonly tree: Tree, readonly source: ImageSource, copies: boolean) {
    this.#directory = newDump(path, tree, { links: !copies });
  }

  keep(name: string): void {
    this.#kept.add(name);
  }

  create(name: string): ImageOutput {
    this.#kept.add(name);
    const output = this.#directory.create(this.#placeOf(name));
    this.#open.add(output);
    const product = productOf(output);
    return {
      ...product,
      end: () => {
        product.end();
        this.#open.delete(output);
      },
    };
  }

  async commit(): Promise<void> {
    for (const name of this.source.files.keys()) {
      if (!this.#kept.has(name)) this.#directory.omit(this.#placeOf(name));
    }
    await this.#directory.commit();
  }

  [Symbol.dispose](): void {
    for (const output of this.#open) output[Symbol.dispose]();
    this.#directory[Symbol.dispose]();
  }

  #placeOf(name: string): string {
    return below(placeIn(this.tree, this.source), name);
  }
}

/** A single image. */
export class ImageProducts implements Finished {
  readonly #output: Output;
  readonly #signals = deferSignals();
  #kept: string | undefined;
  #isWritten = false;

  /**
   * @param image name of the image that is converted
   * @param mode its permission bits
   */
  constructor(
    readonly path: string,
    readonly source: ImageSource,
    readonly image: string,
    mode: number,
  ) {
    this.#output = openOutput(path, mode);
  }

  keep(name: string): void {
    this.#kept = name;
    this.create(name);
  }

  create(name: string): ImageOutput {
    if (name !== this.image) {
      const reason = `a part of it belongs into ${name}`;
      const place = { image: this.image };
      throw new OutputError("unsupported", reason, place, "convert the whole dump");
    }
    this.#isWritten = true;
    return { ...productOf(this.#output), end: () => {} };
  }

  async commit(): Promise<void> {
    if (!this.#isWritten) throw dataError("nothing is left of it", { image: this.image });
    if (this.#kept !== undefined) {
      using input = asInput(this.source.open(this.#kept));
      await copyBytes(input, this.#output);
    }
    await letSignalsIn();
    this.#output.commit();
  }

  [Symbol.dispose](): void {
    this.#output[Symbol.dispose]();
    this.#signals[Symbol.dispose]();
  }
}
